// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * {@code StructuredTaskScope} of JDK 25 through reflection: it is a preview there, and has another
 * shape or none in other releases.
 */
final class JdkScope implements TestedScope {
  private static final String NAME = "java.util.concurrent.StructuredTaskScope";

  private final Object scope;

  JdkScope(ScopePolicy policy, @Nullable Duration timeout) {
    Function<Object, Object> configure =
        configuration ->
            timeout == null
                ? configuration
                : required(call(configuration, type("$Configuration"), "withTimeout", timeout));
    Object joiner = call(null, type("$Joiner"), joiner(policy));
    this.scope = required(call(null, type(""), "open", joiner, configure));
  }

  /** Tells whether this JDK has it, in the shape of JDK 25. */
  static boolean isThere() {
    try {
      Class<?> joiner = type("$Joiner");
      for (ScopePolicy policy : ScopePolicy.values()) {
        joiner.getMethod(joiner(policy));
      }
      type("").getMethod("open", joiner, Function.class);
      return true;
    } catch (NoSuchMethodException | IllegalStateException e) {
      return false;
    }
  }

  /** Returns the class itself or one that lies in it. */
  static Class<?> type(String suffix) {
    try {
      return Class.forName(NAME + suffix);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String joiner(ScopePolicy policy) {
    return switch (policy) {
      case ALL_SUCCESSFUL -> "allSuccessfulOrThrow";
      case ANY_SUCCESSFUL -> "anySuccessfulResultOrThrow";
      case AWAIT_ALL -> "awaitAll";
    };
  }

  @Override
  @SuppressWarnings("NullAway") // that is one of the tests
  public <T extends @Nullable Object> TestedSubtask<T> fork(Callable<T> task) {
    return new Subtask<>(invoke(scope, method(type(""), "fork", Callable.class), task));
  }

  @Override
  public @Nullable Object join() {
    return call(scope, type(""), "join");
  }

  @Override
  public boolean isCancelled() {
    return (boolean) required(call(scope, type(""), "isCancelled"));
  }

  @Override
  public void close() {
    call(scope, type(""), "close");
  }

  private record Subtask<T extends @Nullable Object>(Object subtask) implements TestedSubtask<T> {
    @Override
    public State state() {
      return State.valueOf(required(call(subtask, type("$Subtask"), "state")).toString());
    }

    @Override
    @SuppressWarnings({"unchecked", "NullAway"}) // what the task returned
    public T get() {
      return (T) call(subtask, type("$Subtask"), "get");
    }

    @Override
    public Throwable exception() {
      return (Throwable) required(call(subtask, type("$Subtask"), "exception"));
    }
  }

  private static Object required(@Nullable Object value) {
    if (value == null) {
      throw new IllegalStateException("null");
    }
    return value;
  }

  private static Method method(Class<?> type, String name, Class<?>... parameters) {
    try {
      return type.getMethod(name, parameters);
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
  }

  private static @Nullable Object call(
      @Nullable Object target, Class<?> type, String name, @Nullable Object... arguments) {
    Method found =
        Arrays.stream(type.getMethods())
            .filter(method -> method.getName().equals(name))
            .filter(method -> method.getParameterCount() == arguments.length)
            .findFirst()
            .orElseThrow(() -> new IllegalStateException(name));
    return invoke(target, found, arguments);
  }

  private static @Nullable Object invoke(
      @Nullable Object target, Method method, @Nullable Object... arguments) {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw JdkScope.<RuntimeException>sneaky(e.getCause());
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Throws it as it is, an InterruptedException too. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <X extends Throwable> X sneaky(@Nullable Throwable thrown) throws X {
    throw (X) required(thrown);
  }
}
