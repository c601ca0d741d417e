// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static java.lang.invoke.MethodType.methodType;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;

/** What may be reached: what is public, and what the user's lookups reach. Nothing is opened. */
final class Access {
  private final List<MethodHandles.Lookup> lookups = new ArrayList<>();

  Access(List<MethodHandles.Lookup> given) {
    lookups.add(MethodHandles.publicLookup());
    lookups.addAll(given);
  }

  /** Refuses a class that none of the lookups reaches. */
  void require(Class<?> type) {
    for (MethodHandles.Lookup lookup : lookups) {
      try {
        lookup.accessClass(type);
        return;
      } catch (IllegalAccessException e) {
        // the next one may
      }
    }
    throw closed(type);
  }

  /** From {@code Object} to {@code Object}. */
  MethodHandle accessor(Method method) {
    for (MethodHandles.Lookup lookup : lookups) {
      try {
        return lookup.unreflect(method).asType(methodType(Object.class, Object.class));
      } catch (IllegalAccessException e) {
        // the next one may
      }
    }
    throw closed(method.getDeclaringClass());
  }

  /** From {@code Object[]} to {@code Object}. */
  MethodHandle constructor(Class<?> type, Class<?>... parameters) {
    for (MethodHandles.Lookup lookup : lookups) {
      try {
        return lookup
            .findConstructor(type, methodType(void.class, parameters))
            .asSpreader(Object[].class, parameters.length)
            .asType(methodType(Object.class, Object[].class));
      } catch (IllegalAccessException e) {
        // the next one may
      } catch (NoSuchMethodException e) {
        throw new AssertionError("a record without its canonical constructor: " + type, e);
      }
    }
    throw closed(type);
  }

  private static UnsupportedTypeException closed(Class<?> type) {
    return new UnsupportedTypeException(
        type.getName()
            + " is not accessible; make it public in an exported package, or give Codec.compact the"
            + " MethodHandles.lookup() of a class that can access it");
  }
}
