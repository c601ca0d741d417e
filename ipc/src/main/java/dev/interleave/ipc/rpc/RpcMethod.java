// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Objects;

/**
 * A remote method, for who has no interface of it: its name and types, as the server's interface
 * declares them. Immutable; nothing may be {@code null}.
 *
 * @param result for a method that returns a future, what it completes with
 */
public record RpcMethod(String name, Type result, List<Type> parameters) {
  /** Copies the list. */
  public RpcMethod {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(result, "result");
    parameters = List.copyOf(parameters);
  }

  /** {@code of("add", long.class, long.class, long.class)}: the result comes first. */
  public static RpcMethod of(String name, Type result, Type... parameters) {
    return new RpcMethod(name, result, List.of(parameters));
  }

  /** With the erasures of the parameters. */
  String signature() {
    return MethodShape.signature(
        name, parameters.stream().map(RpcMethod::erasure).toArray(Class<?>[]::new));
  }

  private static Class<?> erasure(Type type) {
    return switch (type) {
      case Class<?> c -> c;
      case ParameterizedType p -> (Class<?>) p.getRawType();
      case GenericArrayType a -> erasure(a.getGenericComponentType()).arrayType();
      default ->
          throw new UnsupportedTypeException(
              type + " is not the type of a parameter; name a class");
    };
  }
}
