// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A type without variables and wildcards: a class and the types of its parameters, or an array's
 * class and the type of its elements. Two of them are the same type if they are equal.
 */
record Shape(Class<?> raw, List<Shape> arguments) {
  static Shape of(Class<?> raw, Shape... arguments) {
    return new Shape(raw, List.of(arguments));
  }

  /** As it would be written in a source: {@code Map<String, Order>[]}; nested classes by name. */
  @Override
  public String toString() {
    if (raw.isArray()) {
      return arguments.get(0) + "[]";
    }
    return arguments.isEmpty()
        ? raw.getSimpleName()
        : arguments.stream()
            .map(Shape::toString)
            .collect(Collectors.joining(", ", raw.getSimpleName() + '<', ">"));
  }
}
