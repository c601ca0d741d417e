// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static java.lang.invoke.MethodType.methodType;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** A method of an object that is served. */
final class ServerMethod {
  final String service;
  final MethodShape shape;
  private final MethodHandle handle;
  private final @Nullable Semaphore limit;

  ServerMethod(
      String service,
      MethodShape shape,
      Object target,
      @Nullable Integer limit,
      List<MethodHandles.Lookup> lookups) {
    this.service = service;
    this.shape = shape;
    this.limit = limit == null ? null : new Semaphore(limit);
    Method method = shape.method();
    handle =
        unreflect(method, lookups)
            .bindTo(target)
            .asSpreader(Object[].class, method.getParameterCount())
            .asType(methodType(Object.class, Object[].class));
  }

  /** Nothing is opened: public is what everybody may call, the rest a lookup has to reach. */
  private static MethodHandle unreflect(Method method, List<MethodHandles.Lookup> lookups) {
    for (MethodHandles.Lookup lookup : lookups) {
      try {
        return lookup.unreflect(method);
      } catch (IllegalAccessException e) {
        // the next one may
      }
    }
    throw new IllegalArgumentException(
        method.getDeclaringClass().getName()
            + " is not accessible; make it public in an exported package, or give the builder the"
            + " MethodHandles.lookup() of a class that can access it");
  }

  /** Whether another request may wait or run. */
  boolean enter() {
    return limit == null || limit.tryAcquire();
  }

  void leave() {
    if (limit != null) {
      limit.release();
    }
  }

  @Nullable Object invoke(@Nullable Object[] arguments) throws Throwable {
    return (Object) handle.invokeExact(arguments);
  }

  /** {@code Calculator.add(II)}. */
  @Override
  public String toString() {
    return service + '.' + shape.signature();
  }
}
