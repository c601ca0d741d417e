// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** A switch that mirrors had to be told of: what they showed before, and what was current. */
final class MirroredSwitch {
  private final @Nullable Context before;
  private final List<Told> told = new ArrayList<>();

  /** What one place held before it was told. */
  private record Told(
      ContextLocal<?> local, ContextMirror<Object> mirror, @Nullable Object saved) {}

  private MirroredSwitch(@Nullable Context before) {
    this.before = before;
  }

  /** Tells the mirrors whose locals differ, then makes the context current; or does neither. */
  @SuppressWarnings("ReferenceEquality") // as in Context.with
  static MirroredSwitch enter(@Nullable Context before, @Nullable Context next) {
    MirroredSwitch made = new MirroredSwitch(before);
    Map<ContextLocal<?>, Object> shown = Mirrors.of(before);
    Map<ContextLocal<?>, Object> toShow = Mirrors.of(next);
    try {
      for (Map.Entry<ContextLocal<?>, Object> entry : toShow.entrySet()) {
        if (shown.get(entry.getKey()) != entry.getValue()) {
          made.tell(entry.getKey(), entry.getValue());
        }
      }
      for (ContextLocal<?> local : shown.keySet()) {
        if (!toShow.containsKey(local)) {
          made.tell(local, null);
        }
      }
      Context.CURRENT.set(next);
    } catch (Throwable e) { // whatever it was, the context is not entered
      made.restore();
      throw e;
    }
    return made;
  }

  private void tell(ContextLocal<?> local, @Nullable Object value) {
    for (ContextMirror<Object> mirror : local.mirrors()) {
      if (mirror instanceof EnteredMirror<Object> entered) {
        told.add(new Told(local, mirror, entered.enter(value)));
        continue;
      }
      told.add(new Told(local, mirror, mirror.save())); // before it may fail half-way
      mirror.show(value);
    }
  }

  /** Makes current what was so before, whatever the mirrors do. */
  void back() {
    Context.CURRENT.set(before);
    restore();
  }

  private void restore() {
    for (int i = told.size() - 1; i >= 0; i--) {
      Told place = told.get(i);
      try {
        place.mirror.restore(place.saved);
      } catch (RuntimeException | Error e) { // the other places have to be restored all the same
        LoggerFactory.getLogger(Context.class)
            .error(
                "A mirror of {} could not be restored, and may show what is not so",
                place.local.name(),
                e);
      }
    }
  }
}
