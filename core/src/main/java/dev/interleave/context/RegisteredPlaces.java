// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The thread-locals that are registered with Micrometer, as one place. Not by way of its snapshots:
 * those restore in the order of setting, and leave half of it set if an accessor fails.
 *
 * @param not the key that is left out
 */
record RegisteredPlaces(ContextRegistry registry, Object not)
    implements EnteredMirror<RegisteredValues> {

  /** A thread-local, whether it was set, and what it held before. */
  private record Entered(ThreadLocalAccessor<Object> place, boolean set, @Nullable Object before) {
    void restore() {
      if (before != null) {
        place.restore(before);
      } else if (set) {
        place.restore();
      } else if (place.getValue() != null) {
        place.setValue(); // somebody else has put something there, which ends here all the same
      }
    }
  }

  @SuppressWarnings("unchecked") // each is only given what it has returned
  private List<ThreadLocalAccessor<Object>> places() {
    List<ThreadLocalAccessor<Object>> places = new ArrayList<>();
    for (ThreadLocalAccessor<?> place : registry.getThreadLocalAccessors()) {
      if (!place.key().equals(not)) {
        places.add((ThreadLocalAccessor<Object>) place);
      }
    }
    return places;
  }

  RegisteredValues capture() {
    Map<Object, Object> values = new HashMap<>();
    for (ThreadLocalAccessor<Object> place : places()) {
      Object value = place.getValue();
      if (value != null) {
        values.put(place.key(), value);
      }
    }
    return new RegisteredValues(values);
  }

  @Override
  public Object enter(@Nullable RegisteredValues toShow) {
    List<Entered> done = new ArrayList<>();
    try {
      for (ThreadLocalAccessor<Object> place : places()) {
        Object value = toShow == null ? null : toShow.values().get(place.key());
        Object before = place.getValue();
        if (value != null) {
          place.setValue(value);
        } else if (before != null) {
          place.setValue();
        }
        // Where there is nothing to be cleared it is not: some accessors cannot.
        done.add(new Entered(place, value != null || before != null, before));
      }
    } catch (Throwable e) { // whatever it was, the context is not entered
      try {
        restore(done);
      } catch (RuntimeException | Error alsoFailed) {
        e.addSuppressed(alsoFailed);
      }
      throw e;
    }
    return done;
  }

  /** Restores all of them, whatever single ones do; then throws what the first one has thrown. */
  @Override
  @SuppressWarnings("unchecked") // it is what enter() returned
  public void restore(@Nullable Object entered) {
    List<Entered> done = entered == null ? List.of() : (List<Entered>) entered;
    Throwable failed = null;
    for (int i = done.size() - 1; i >= 0; i--) {
      try {
        done.get(i).restore();
      } catch (RuntimeException | Error e) { // the others have to be restored all the same
        if (failed == null) {
          failed = e;
        } else {
          failed.addSuppressed(e);
        }
      }
    }
    if (failed instanceof Error error) {
      throw error;
    }
    if (failed instanceof RuntimeException exception) {
      throw exception;
    }
  }
}
