// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import static dev.interleave.context.Users.ANN;
import static dev.interleave.context.Users.BOB;
import static dev.interleave.context.Users.USER;
import static dev.interleave.context.Users.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@SuppressWarnings("FutureReturnValueIgnored") // of stages that only note who ran
@Timeout(value = 90, threadMode = ThreadMode.SAME_THREAD)
class ContextFutureTest {
  private static final ExecutorService POOL = Executors.newFixedThreadPool(2);

  @AfterEach
  @Timeout(value = 90, threadMode = ThreadMode.SAME_THREAD) // the thread of the test
  void nothingIsLeft() throws Exception {
    assertThat(Context.CURRENT.get()).isNull();
    assertThat(POOL.submit(() -> Context.CURRENT.get() == null).get()).isTrue();
  }

  @AfterAll
  static void end() {
    POOL.close();
  }

  /** The methods of a stage that take a function: all of them, also those of a later JDK. */
  static Stream<Method> stageMethods() {
    return Arrays.stream(CompletionStage.class.getMethods())
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        .filter(method -> Arrays.stream(method.getParameterTypes()).anyMatch(FUNCTIONS::contains));
  }

  private static final List<Class<?>> FUNCTIONS =
      List.of(
          Runnable.class,
          Function.class,
          BiFunction.class,
          Consumer.class,
          BiConsumer.class,
          Supplier.class);

  /** A function of any shape that notes who runs it, and returns a stage where one is wanted. */
  private static Object function(Class<?> shape, boolean composing, List<String> ran) {
    return Proxy.newProxyInstance(
        ContextFutureTest.class.getClassLoader(),
        new Class<?>[] {shape},
        (proxy, method, args) -> {
          if (method.getDeclaringClass() == Object.class) {
            return "a function";
          }
          ran.add(user());
          Object result = composing ? CompletableFuture.completedFuture("result") : "result";
          return method.getReturnType() == void.class ? null : result;
        });
  }

  private static Object argument(Class<?> type, boolean composing, List<String> ran) {
    if (type == Executor.class) {
      return POOL;
    }
    if (type == CompletionStage.class) {
      return CompletableFuture.completedFuture("other");
    }
    return function(type, composing, ran);
  }

  @ParameterizedTest
  @MethodSource("stageMethods")
  void functionRunsInTheContextOfWhoAddsIt(Method method) throws Exception {
    boolean exceptional = method.getName().startsWith("exceptionally");
    boolean composing = method.getName().contains("ompose");
    for (boolean minimal : new boolean[] {false, true}) {
      List<String> ran = new ArrayList<>();
      ContextFuture<String> begin = BOB.supply(() -> new ContextFuture<String>(POOL));
      CompletionStage<String> stage = minimal ? begin.minimalCompletionStage() : begin;
      if (method.getName().contains("Either")) {
        // the other one must not be faster
        assertThat(begin.complete("value")).isTrue();
      }
      Object[] arguments =
          Arrays.stream(method.getParameterTypes())
              .map(type -> argument(type, composing, ran))
              .toArray();
      CompletionStage<?> end =
          (CompletionStage<?>)
              Objects.requireNonNull(ANN.call(() -> method.invoke(stage, arguments)));
      if (exceptional) {
        begin.completeExceptionally(new IllegalStateException("expected"));
      } else {
        BOB.run(() -> begin.complete("value"));
      }
      assertThat(end).isInstanceOf(ContextFuture.class);
      CompletionStage<?> next = BOB.call(() -> end.thenRun(() -> ran.add(user())));
      next.toCompletableFuture().get(1, TimeUnit.DAYS);
      assertThat(ran).as(method.toString()).containsExactly("ann", "bob");
      assertThat(Context.CURRENT.get()).isNull();
    }
  }

  @Test
  void chainStaysInTheContext() {
    List<String> ran = new ArrayList<>();
    ContextFuture<String> end =
        ANN.supply(() ->
            ContextFuture.supplyAsync(Users::user, POOL)
                .thenApply(x -> x + user())
                .thenApplyAsync(x -> x + user())
                .thenCompose(x -> ContextFuture.supplyAsync(() -> x + user()))
                .handle((x, failure) -> x + user())
                .whenComplete((x, failure) -> ran.add(user())));
    assertThat(end.join()).isEqualTo("annannannannann");
    assertThat(ran).containsExactly("ann");
  }

  @Test
  void functionAddedOutsideOfAnyContextHasNone() {
    ContextFuture<String> future = ANN.supply(() -> ContextFuture.supplyAsync(() -> user(), POOL));
    assertThat(future.thenApply(x -> x + "," + user()).join()).isEqualTo("ann,nobody");
    assertThatExceptionOfType(CompletionException.class)
        .isThrownBy(() -> future.thenApply(x -> USER.get()).join())
        .withCauseInstanceOf(ContextUnsetException.class);
  }

  @Test
  void beginnings() throws Exception {
    ANN.call(() -> {
      assertThat(ContextFuture.supplyAsync(() -> user()).get()).isEqualTo("ann");
      List<String> ran = new ArrayList<>();
      ContextFuture.runAsync(() -> ran.add(user())).get();
      ContextFuture.runAsync(() -> ran.add(user()), POOL).get();
      ContextFuture.completedFuture("x").thenAccept(x -> ran.add(user())).get();
      ContextFuture.of(CompletableFuture.completedFuture("x"))
          .thenAcceptAsync(x -> ran.add(user()), POOL)
          .get();
      ContextFuture.allOf(CompletableFuture.completedFuture("x"))
          .thenRunAsync(() -> ran.add(user()), POOL)
          .get();
      ContextFuture.anyOf(CompletableFuture.completedFuture("x"))
          .thenRunAsync(() -> ran.add(user()), POOL)
          .get();
      ContextFuture.<String>failedFuture(new IllegalStateException("expected"))
          .exceptionally(failure -> ran.add(user()) ? String.valueOf(failure.getMessage()) : "")
          .thenAccept(ran::add)
          .get();
      assertThat(ran).containsExactly("ann", "ann", "ann", "ann", "ann", "ann", "ann", "expected");
      return "";
    });
  }

  /** Those of {@code CompletableFuture}, which this class would inherit, know of no context. */
  @Test
  void completedStagesTakeItAlong() throws Exception {
    ANN.call(() -> {
      assertThat(
              ContextFuture.completedStage("x")
                  .thenApplyAsync(x -> x + user(), POOL)
                  .toCompletableFuture()
                  .get())
          .isEqualTo("xann");
      assertThat(
              ContextFuture.<String>failedStage(new IllegalStateException("expected"))
                  .exceptionallyAsync(failure -> user(), POOL)
                  .toCompletableFuture()
                  .get())
          .isEqualTo("ann");
      return "";
    });
  }

  @Test
  void failureOfAStageIsThatOfItsFuture() {
    CompletableFuture<String> stage = new CompletableFuture<>();
    ContextFuture<String> future = ContextFuture.of(stage);
    stage.completeExceptionally(new IllegalStateException("expected"));
    assertThatExceptionOfType(CompletionException.class)
        .isThrownBy(future::join)
        .withRootCauseInstanceOf(IllegalStateException.class);
  }

  @Test
  void executorIsThatOfAllStages() {
    ContextFuture<String> future = new ContextFuture<>(POOL);
    assertThat(future.thenApply(x -> x).copy().defaultExecutor()).isSameAs(POOL);
    assertThat(new ContextFuture<>().defaultExecutor())
        .isSameAs(new CompletableFuture<>().defaultExecutor());
    assertThat(future.orTimeout(1, TimeUnit.DAYS)).isSameAs(future);
    assertThat(future.completeOnTimeout("late", 1, TimeUnit.DAYS)).isSameAs(future);
    assertThat(future.toCompletableFuture()).isSameAs(future);
    assertThat(future.completeAsync(() -> "done").join()).isEqualTo("done");
  }

  /** It can be built upon and nothing else, and what is built carries the context as well. */
  @Test
  void minimalStageIsMinimal() throws Exception {
    ContextFuture<String> future = new ContextFuture<>();
    CompletionStage<String> stage = future.minimalCompletionStage();
    CompletableFuture<String> view = (CompletableFuture<String>) stage;
    for (Method method : CompletableFuture.class.getMethods()) {
      boolean mayBeCalled =
          method.getDeclaringClass() == Object.class
              || Modifier.isStatic(method.getModifiers())
              || isStage(method)
              || List.of(
                      "toString",
                      "copy",
                      "minimalCompletionStage",
                      "newIncompleteFuture",
                      "defaultExecutor")
                  .contains(method.getName());
      if (!mayBeCalled) {
        Object[] arguments =
            Arrays.stream(method.getParameterTypes()).map(ContextFutureTest::any).toArray();
        assertThatExceptionOfType(ReflectiveOperationException.class)
            .as(method.toString())
            .isThrownBy(() -> method.invoke(view, arguments))
            .withCauseInstanceOf(UnsupportedOperationException.class);
      }
    }
    CompletableFuture<String> own = stage.toCompletableFuture();
    assertThat(own.complete("mine")).isTrue();
    assertThat(future).isNotDone();
    CompletableFuture<String> other = stage.toCompletableFuture();
    future.complete("value");
    assertThat(other.get()).isEqualTo("value");
    CompletionStage<String> failed =
        ContextFuture.<String>failedFuture(new IllegalStateException("expected"))
            .minimalCompletionStage();
    assertThatExceptionOfType(CompletionException.class)
        .isThrownBy(() -> failed.toCompletableFuture().join())
        .withCauseInstanceOf(IllegalStateException.class);
  }

  private static boolean isStage(Method method) {
    return Arrays.stream(CompletionStage.class.getMethods())
        .anyMatch(stage ->
            stage.getName().equals(method.getName())
                && Arrays.equals(stage.getParameterTypes(), method.getParameterTypes()));
  }

  @SuppressWarnings("NullAway") // any argument will do
  private static Object any(Class<?> type) {
    if (type == boolean.class) {
      return false;
    }
    if (type == long.class) {
      return 1L;
    }
    return type == TimeUnit.class ? TimeUnit.DAYS : null;
  }

  /** What happens at once and what happens later get the same. */
  @Test
  void functionIsHandedOffAlsoIfItRunsAtOnce() {
    ContextLocal<String> transaction =
        ContextLocal.<String>builder("transaction").notPropagated().build();
    Context.empty()
        .with(transaction, "tx")
        .with(USER, "ann")
        .run(() -> {
          List<Boolean> set = new ArrayList<>();
          ContextFuture.completedFuture("x").thenRun(() -> set.add(transaction.isSet())).join();
          assertThat(set).containsExactly(false);
          assertThat(transaction.get()).isEqualTo("tx");
        });
  }
}
