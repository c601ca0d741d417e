// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Makes calls of the methods of an interface. */
final class ServiceProxy implements InvocationHandler {
  private static final @Nullable Object[] NOTHING = {};

  private record Target(ClientMethod method, boolean async) {}

  private final RpcClient client;
  private final String name;
  private final CallOptions options;
  private final Map<String, Target> targets;

  /** The same, by the methods that were called: there are no more than the interface has. */
  private final Map<Method, Target> called = new ConcurrentHashMap<>();

  private ServiceProxy(
      RpcClient client, String name, CallOptions options, Map<String, Target> targets) {
    this.client = client;
    this.name = name;
    this.options = options;
    this.targets = targets;
  }

  static <T> T of(RpcClient client, String service, Class<T> type, CallOptions options) {
    Map<String, Target> targets = new HashMap<>();
    for (MethodShape shape : MethodShape.of(type, client.codec())) {
      ClientMethod method = client.method(service, shape, shape.annotated(type));
      targets.put(shape.signature(), new Target(method, shape.async()));
    }
    if (!Modifier.isPublic(type.getModifiers())) {
      for (Method method : type.getMethods()) {
        if (method.isDefault()) {
          throw new IllegalArgumentException(
              type.getName()
                  + " has to be public, since it has a default method: "
                  + method.getName());
        }
      }
    }
    String name = type.getSimpleName() + '[' + service + " on " + client.server() + ']';
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            new ServiceProxy(client, name, options, targets)));
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] given)
      throws Throwable {
    @Nullable Object[] arguments = given == null ? NOTHING : given;
    Target target = called.get(method);
    if (target == null) {
      if (method.getDeclaringClass() == Object.class || !MethodShape.isRemote(method)) {
        return local(proxy, method, arguments);
      }
      target = targets.get(MethodShape.signature(method));
      if (target == null) {
        throw new AssertionError("an abstract method that is not remote: " + method);
      }
      called.put(method, target);
    }
    if (target.async) {
      return client.callAsync(target.method, options, client::mapped, arguments);
    }
    try {
      return client.call(target.method, options, arguments);
    } catch (CallCancelledException e) {
      if (declares(method, InterruptedException.class)
          && e.getCause() instanceof InterruptedException interrupt) {
        boolean unused = Thread.interrupted(); // the exception says it now
        throw interrupt;
      }
      throw e;
    } catch (RemoteException e) {
      throw mapped(method, e);
    }
  }

  private Throwable mapped(Method method, RemoteException e) {
    Throwable mapped = client.mapped(e);
    return mapped instanceof RuntimeException || declares(method, mapped.getClass()) ? mapped : e;
  }

  private static boolean declares(Method method, Class<?> exception) {
    return List.of(method.getExceptionTypes()).stream()
        .anyMatch(t -> t.isAssignableFrom(exception));
  }

  @SuppressWarnings("ReferenceEquality") // a proxy equals itself only
  private @Nullable Object local(Object proxy, Method method, @Nullable Object[] arguments)
      throws Throwable {
    if (method.isDefault()) {
      return InvocationHandler.invokeDefault(proxy, method, arguments);
    }
    return switch (method.getName()) {
      case "equals" -> proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(proxy);
      default -> name;
    };
  }
}
