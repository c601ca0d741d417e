// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a call ended, or that it has not. A timeout is no kind of its own: it is what the method
 * returns or throws then.
 *
 * <p>Outcomes are immutable, as far as the values in them are.
 */
public sealed interface Outcome {

  /**
   * It returned a value.
   *
   * @param value the value; not changed by anyone from then on
   */
  record Returned(@Nullable Object value) implements Outcome {
    @Override
    public String toString() {
      return "-> " + Values.show(value);
    }
  }

  /** It returned, and its method returns nothing. */
  record Done() implements Outcome {
    @Override
    public String toString() {
      return "";
    }
  }

  /**
   * It threw.
   *
   * @param types the names of the thrown class and of its superclasses, without those that say
   *     nothing, such as {@code RuntimeException}; at least one
   */
  record Threw(List<String> types) implements Outcome {
    private static final Set<Class<?>> GENERAL =
        Set.of(Object.class, Throwable.class, Exception.class, RuntimeException.class, Error.class);

    /**
     * Names the classes.
     *
     * @throws IllegalArgumentException if there are none
     */
    public Threw {
      types = List.copyOf(types);
      if (types.isEmpty()) {
        throw new IllegalArgumentException("types: []");
      }
    }

    static Threw of(Class<? extends Throwable> thrown) {
      List<String> types = new ArrayList<>();
      types.add(thrown.getName());
      for (Class<?> type = thrown.getSuperclass();
          type != null && !GENERAL.contains(type);
          type = type.getSuperclass()) {
        types.add(type.getName());
      }
      return new Threw(types);
    }

    /**
     * Tells whether it threw an exception of that type.
     *
     * @param type the class
     * @return whether it is among the {@link #types}
     */
    public boolean is(Class<? extends Throwable> type) {
      return types.contains(type.getName());
    }

    @Override
    public String toString() {
      String name = types.get(0);
      return "threw " + name.substring(Math.max(name.lastIndexOf('.'), name.lastIndexOf('$')) + 1);
    }
  }

  /** It has not ended: it may have taken effect or not. */
  record Pending() implements Outcome {
    @Override
    public String toString() {
      return "...";
    }
  }

  /**
   * Returns the outcome of a call that returned a value.
   *
   * @param value the value
   * @return the outcome
   */
  static Outcome returned(@Nullable Object value) {
    return new Returned(value);
  }

  /**
   * Returns the outcome of a call that returned nothing.
   *
   * @return the outcome
   */
  static Outcome done() {
    return new Done();
  }

  /**
   * Returns the outcome of a call that threw.
   *
   * @param thrown what it threw; only its class is kept
   * @return the outcome
   */
  static Outcome threw(Throwable thrown) {
    return Threw.of(requireNonNull(thrown, "thrown").getClass());
  }

  /**
   * Returns the outcome of a call that threw.
   *
   * @param type the class of what it threw
   * @return the outcome
   */
  static Outcome threw(Class<? extends Throwable> type) {
    return Threw.of(requireNonNull(type, "type"));
  }

  /**
   * Returns the outcome of a call that has not ended.
   *
   * @return the outcome
   */
  static Outcome pending() {
    return new Pending();
  }
}
