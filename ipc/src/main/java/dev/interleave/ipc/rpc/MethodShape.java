// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A remote method: what both sides make of the declaration in an interface.
 *
 * @param signature its name and the descriptors of its parameters, {@code add(II)}
 * @param async whether it returns a future of its result
 */
record MethodShape(
    Method method,
    String signature,
    boolean async,
    Coder<@Nullable Object[]> arguments,
    Coder<?> result) {

  /**
   * The remote methods of an interface: those that are abstract, but for those of {@code Object}.
   *
   * @throws IllegalArgumentException if it is no interface, or has none
   * @throws UnsupportedTypeException if the codec cannot handle a type of a method
   */
  static List<MethodShape> of(Class<?> type, Codec codec) {
    if (!type.isInterface() || type.isAnnotation()) {
      throw new IllegalArgumentException("not an interface: " + type.getName());
    }
    Map<String, MethodShape> shapes = new LinkedHashMap<>();
    Method[] methods = type.getMethods();
    Arrays.sort(methods, Comparator.comparing(MethodShape::signature));
    for (Method method : methods) {
      if (isRemote(method) && !shapes.containsKey(signature(method))) {
        shapes.put(signature(method), of(type, method, codec));
      }
    }
    if (shapes.isEmpty()) {
      throw new IllegalArgumentException("no method that could be called: " + type.getName());
    }
    return List.copyOf(shapes.values());
  }

  static boolean isRemote(Method method) {
    return Modifier.isAbstract(method.getModifiers()) && !isOfObject(method);
  }

  private static boolean isOfObject(Method method) {
    return switch (signature(method)) {
      case "equals(Ljava/lang/Object;)", "hashCode()", "toString()" -> true;
      default -> false;
    };
  }

  static String signature(Method method) {
    return signature(method.getName(), method.getParameterTypes());
  }

  static String signature(String name, Class<?>... parameters) {
    StringBuilder text = new StringBuilder(name).append('(');
    for (Class<?> parameter : parameters) {
      text.append(parameter.descriptorString());
    }
    return text.append(')').toString();
  }

  private static MethodShape of(Class<?> type, Method method, Codec codec) {
    String where = type.getSimpleName() + '.' + method.getName();
    try {
      boolean async = isFuture(method.getReturnType());
      Type result = async ? futureOf(method) : method.getGenericReturnType();
      Coder<@Nullable Object[]> arguments = codec.arguments(method.getGenericParameterTypes());
      return new MethodShape(method, signature(method), async, arguments, codec.coder(result));
    } catch (UnsupportedTypeException e) {
      throw e.within(e.isWithin() ? where + ", " : where);
    }
  }

  private static boolean isFuture(Class<?> type) {
    return type == CompletableFuture.class || type == CompletionStage.class;
  }

  private static Type futureOf(Method method) {
    if (method.getGenericReturnType() instanceof ParameterizedType future) {
      Type result = future.getActualTypeArguments()[0];
      return result == Void.class ? void.class : result;
    }
    throw new UnsupportedTypeException(
        "the result is a future without a type argument; say of what, as in"
            + " CompletableFuture<String>");
  }

  /** What a peer has to have as well. */
  Fingerprints fingerprints() {
    return new Fingerprints(arguments.fingerprint(), result.fingerprint());
  }

  /** The digests of the schemas of arguments and result. */
  record Fingerprints(int arguments, int result) {}

  /** The options that the annotations of the method, or of the interface, set. */
  CallOptions annotated(Class<?> type) {
    RpcOptions found = method.getAnnotation(RpcOptions.class);
    if (found == null) {
      found = type.getAnnotation(RpcOptions.class);
    }
    if (found == null) {
      return CallOptions.unset();
    }
    if (found.timeoutMillis() < 0) {
      throw new IllegalArgumentException(
          signature + ": timeoutMillis is negative: " + found.timeoutMillis());
    }
    return new CallOptions(
        found.timeoutMillis() == 0 ? null : Duration.ofMillis(found.timeoutMillis()),
        found.retrySafe(),
        found.priority(),
        null);
  }
}
