// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A {@link CompletableFuture} whose functions run in the context of those who add them, whichever
 * thread runs them: {@code f.thenApply(function)} runs the function in the context that was current
 * where {@code thenApply} was called.
 *
 * <pre>{@code
 * ContextFuture<Invoice> invoice =
 *     ContextFuture.supplyAsync(() -> load(id), executor)   // TENANT.get() is ours
 *         .thenApply(this::toInvoice)                       // and here
 *         .exceptionally(this::fallback);                   // and here
 * }</pre>
 *
 * <p>That is so for the stages that come out of it as well, and for theirs: each stage is a {@code
 * ContextFuture}. It is not the context in which the future was made or completed; who completes a
 * future, or adds to that of somebody else, does not act for them. A function that is added outside
 * of any context has none, and says so loudly.
 *
 * <p>What a function gets is {@link Context#handedOff()}, also if it happens to run at once, on the
 * thread that adds it: whether it does is a matter of chance.
 *
 * <p>All else is as in {@code CompletableFuture}: that a cancellation does not reach the function
 * that runs, too. Null results are allowed, as there; null functions and executors are not.
 * Thread-safe, and it does not wait for anything but what {@code CompletableFuture} waits for.
 *
 * @param <T> the result
 */
// Of nulls, CompletableFuture knows only by its words: results may be null.
@SuppressWarnings("NullAway")
public class ContextFuture<T> extends CompletableFuture<T> {
  private final @Nullable Executor executor;

  /** A future to be completed, whose asynchronous stages run in the usual executor. */
  public ContextFuture() {
    executor = null;
  }

  /**
   * A future to be completed.
   *
   * @param executor runs the asynchronous stages that name no executor, of this future and of those
   *     that come out of it
   */
  public ContextFuture(Executor executor) {
    this.executor = Objects.requireNonNull(executor, "executor");
  }

  private ContextFuture(ContextFuture<?> before) {
    executor = before.executor;
  }

  // ------------------------------------------------------------------ beginnings

  /** A future completed with what the supplier returns, in the usual executor. */
  public static <U> ContextFuture<U> supplyAsync(Supplier<U> supplier) {
    return new ContextFuture<U>().completeAsync(supplier);
  }

  /**
   * A future completed with what the supplier returns, in this executor and those of its stages.
   */
  public static <U> ContextFuture<U> supplyAsync(Supplier<U> supplier, Executor executor) {
    return new ContextFuture<U>(executor).completeAsync(supplier);
  }

  /** A future completed when the action has run in the usual executor. */
  public static ContextFuture<Void> runAsync(Runnable action) {
    return new ContextFuture<Void>().completeAsync(supplier(action));
  }

  /** A future completed when the action has run in this executor and those of its stages. */
  public static ContextFuture<Void> runAsync(Runnable action, Executor executor) {
    return new ContextFuture<Void>(executor).completeAsync(supplier(action));
  }

  private static Supplier<Void> supplier(Runnable action) {
    Objects.requireNonNull(action, "action");
    return () -> {
      action.run();
      return null;
    };
  }

  /** A future that is completed with this value, which may be null. */
  public static <U> ContextFuture<U> completedFuture(U value) {
    ContextFuture<U> future = new ContextFuture<>();
    future.complete(value);
    return future;
  }

  /** A future that has failed with this. */
  public static <U> ContextFuture<U> failedFuture(Throwable failure) {
    ContextFuture<U> future = new ContextFuture<>();
    future.completeExceptionally(failure);
    return future;
  }

  /** A stage that is completed with this value, which may be null. */
  public static <U> CompletionStage<U> completedStage(U value) {
    return completedFuture(value).minimalCompletionStage();
  }

  /** A stage that has failed with this. */
  public static <U> CompletionStage<U> failedStage(Throwable failure) {
    return ContextFuture.<U>failedFuture(failure).minimalCompletionStage();
  }

  /** A future that is completed as the stage is; neither completes the stage. */
  public static <U> ContextFuture<U> of(CompletionStage<U> stage) {
    ContextFuture<U> future = new ContextFuture<>();
    var unused = stage.whenComplete((value, failure) -> settle(future, value, failure));
    return future;
  }

  private static <U> void settle(ContextFuture<U> future, U value, @Nullable Throwable failure) {
    if (failure == null) {
      future.complete(value);
    } else {
      future.completeExceptionally(failure);
    }
  }

  /** A future that is completed when all of these are, as {@link CompletableFuture#allOf}. */
  public static ContextFuture<Void> allOf(CompletableFuture<?>... futures) {
    return of(CompletableFuture.allOf(futures));
  }

  /** A future that is completed when one of these is, as {@link CompletableFuture#anyOf}. */
  public static ContextFuture<Object> anyOf(CompletableFuture<?>... futures) {
    return of(CompletableFuture.anyOf(futures));
  }

  // ------------------------------------------------------------------ what stages are made of

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    return new ContextFuture<>(this);
  }

  @Override
  public Executor defaultExecutor() {
    return executor == null ? super.defaultExecutor() : executor;
  }

  /** The stages of this future are made by newIncompleteFuture(). */
  private static <U> ContextFuture<U> ours(CompletableFuture<U> stage) {
    return (ContextFuture<U>) stage;
  }

  private static Context context() {
    return Context.current();
  }

  @Override
  public ContextFuture<T> completeAsync(Supplier<? extends T> supplier, Executor executor) {
    super.completeAsync(context().wrap(supplier), executor);
    return this;
  }

  @Override
  public ContextFuture<T> completeAsync(Supplier<? extends T> supplier) {
    return completeAsync(supplier, defaultExecutor());
  }

  @Override
  public ContextFuture<T> orTimeout(long timeout, TimeUnit unit) {
    super.orTimeout(timeout, unit);
    return this;
  }

  @Override
  public ContextFuture<T> completeOnTimeout(T value, long timeout, TimeUnit unit) {
    super.completeOnTimeout(value, timeout, unit);
    return this;
  }

  @Override
  public ContextFuture<T> copy() {
    return ours(super.copy());
  }

  @Override
  public ContextFuture<T> toCompletableFuture() {
    return this;
  }

  @Override
  public CompletionStage<T> minimalCompletionStage() {
    ContextStage<T> stage = new ContextStage<>(this);
    var unused = super.whenComplete(stage::settle);
    return stage;
  }

  // ------------------------------------------------------------------ stages

  @Override
  public <U> ContextFuture<U> thenApply(Function<? super T, ? extends U> function) {
    return ours(super.thenApply(context().wrap(function)));
  }

  @Override
  public <U> ContextFuture<U> thenApplyAsync(Function<? super T, ? extends U> function) {
    return ours(super.thenApplyAsync(context().wrap(function)));
  }

  @Override
  public <U> ContextFuture<U> thenApplyAsync(
      Function<? super T, ? extends U> function, Executor executor) {
    return ours(super.thenApplyAsync(context().wrap(function), executor));
  }

  @Override
  public ContextFuture<Void> thenAccept(Consumer<? super T> action) {
    return ours(super.thenAccept(context().wrap(action)));
  }

  @Override
  public ContextFuture<Void> thenAcceptAsync(Consumer<? super T> action) {
    return ours(super.thenAcceptAsync(context().wrap(action)));
  }

  @Override
  public ContextFuture<Void> thenAcceptAsync(Consumer<? super T> action, Executor executor) {
    return ours(super.thenAcceptAsync(context().wrap(action), executor));
  }

  @Override
  public ContextFuture<Void> thenRun(Runnable action) {
    return ours(super.thenRun(context().wrap(action)));
  }

  @Override
  public ContextFuture<Void> thenRunAsync(Runnable action) {
    return ours(super.thenRunAsync(context().wrap(action)));
  }

  @Override
  public ContextFuture<Void> thenRunAsync(Runnable action, Executor executor) {
    return ours(super.thenRunAsync(context().wrap(action), executor));
  }

  @Override
  public <U, V> ContextFuture<V> thenCombine(
      CompletionStage<? extends U> other, BiFunction<? super T, ? super U, ? extends V> function) {
    return ours(super.thenCombine(other, context().wrap(function)));
  }

  @Override
  public <U, V> ContextFuture<V> thenCombineAsync(
      CompletionStage<? extends U> other, BiFunction<? super T, ? super U, ? extends V> function) {
    return ours(super.thenCombineAsync(other, context().wrap(function)));
  }

  @Override
  public <U, V> ContextFuture<V> thenCombineAsync(
      CompletionStage<? extends U> other,
      BiFunction<? super T, ? super U, ? extends V> function,
      Executor executor) {
    return ours(super.thenCombineAsync(other, context().wrap(function), executor));
  }

  @Override
  public <U> ContextFuture<Void> thenAcceptBoth(
      CompletionStage<? extends U> other, BiConsumer<? super T, ? super U> action) {
    return ours(super.thenAcceptBoth(other, context().wrap(action)));
  }

  @Override
  public <U> ContextFuture<Void> thenAcceptBothAsync(
      CompletionStage<? extends U> other, BiConsumer<? super T, ? super U> action) {
    return ours(super.thenAcceptBothAsync(other, context().wrap(action)));
  }

  @Override
  public <U> ContextFuture<Void> thenAcceptBothAsync(
      CompletionStage<? extends U> other,
      BiConsumer<? super T, ? super U> action,
      Executor executor) {
    return ours(super.thenAcceptBothAsync(other, context().wrap(action), executor));
  }

  @Override
  public ContextFuture<Void> runAfterBoth(CompletionStage<?> other, Runnable action) {
    return ours(super.runAfterBoth(other, context().wrap(action)));
  }

  @Override
  public ContextFuture<Void> runAfterBothAsync(CompletionStage<?> other, Runnable action) {
    return ours(super.runAfterBothAsync(other, context().wrap(action)));
  }

  @Override
  public ContextFuture<Void> runAfterBothAsync(
      CompletionStage<?> other, Runnable action, Executor executor) {
    return ours(super.runAfterBothAsync(other, context().wrap(action), executor));
  }

  @Override
  public <U> ContextFuture<U> applyToEither(
      CompletionStage<? extends T> other, Function<? super T, U> function) {
    return ours(super.applyToEither(other, context().wrap(function)));
  }

  @Override
  public <U> ContextFuture<U> applyToEitherAsync(
      CompletionStage<? extends T> other, Function<? super T, U> function) {
    return ours(super.applyToEitherAsync(other, context().wrap(function)));
  }

  @Override
  public <U> ContextFuture<U> applyToEitherAsync(
      CompletionStage<? extends T> other, Function<? super T, U> function, Executor executor) {
    return ours(super.applyToEitherAsync(other, context().wrap(function), executor));
  }

  @Override
  public ContextFuture<Void> acceptEither(
      CompletionStage<? extends T> other, Consumer<? super T> action) {
    return ours(super.acceptEither(other, context().wrap(action)));
  }

  @Override
  public ContextFuture<Void> acceptEitherAsync(
      CompletionStage<? extends T> other, Consumer<? super T> action) {
    return ours(super.acceptEitherAsync(other, context().wrap(action)));
  }

  @Override
  public ContextFuture<Void> acceptEitherAsync(
      CompletionStage<? extends T> other, Consumer<? super T> action, Executor executor) {
    return ours(super.acceptEitherAsync(other, context().wrap(action), executor));
  }

  @Override
  public ContextFuture<Void> runAfterEither(CompletionStage<?> other, Runnable action) {
    return ours(super.runAfterEither(other, context().wrap(action)));
  }

  @Override
  public ContextFuture<Void> runAfterEitherAsync(CompletionStage<?> other, Runnable action) {
    return ours(super.runAfterEitherAsync(other, context().wrap(action)));
  }

  @Override
  public ContextFuture<Void> runAfterEitherAsync(
      CompletionStage<?> other, Runnable action, Executor executor) {
    return ours(super.runAfterEitherAsync(other, context().wrap(action), executor));
  }

  @Override
  public <U> ContextFuture<U> thenCompose(
      Function<? super T, ? extends CompletionStage<U>> function) {
    return ours(super.thenCompose(context().wrap(function)));
  }

  @Override
  public <U> ContextFuture<U> thenComposeAsync(
      Function<? super T, ? extends CompletionStage<U>> function) {
    return ours(super.thenComposeAsync(context().wrap(function)));
  }

  @Override
  public <U> ContextFuture<U> thenComposeAsync(
      Function<? super T, ? extends CompletionStage<U>> function, Executor executor) {
    return ours(super.thenComposeAsync(context().wrap(function), executor));
  }

  @Override
  public ContextFuture<T> whenComplete(BiConsumer<? super T, ? super Throwable> action) {
    return ours(super.whenComplete(context().wrap(action)));
  }

  @Override
  public ContextFuture<T> whenCompleteAsync(BiConsumer<? super T, ? super Throwable> action) {
    return ours(super.whenCompleteAsync(context().wrap(action)));
  }

  @Override
  public ContextFuture<T> whenCompleteAsync(
      BiConsumer<? super T, ? super Throwable> action, Executor executor) {
    return ours(super.whenCompleteAsync(context().wrap(action), executor));
  }

  @Override
  public <U> ContextFuture<U> handle(BiFunction<? super T, Throwable, ? extends U> function) {
    return ours(super.handle(context().wrap(function)));
  }

  @Override
  public <U> ContextFuture<U> handleAsync(BiFunction<? super T, Throwable, ? extends U> function) {
    return ours(super.handleAsync(context().wrap(function)));
  }

  @Override
  public <U> ContextFuture<U> handleAsync(
      BiFunction<? super T, Throwable, ? extends U> function, Executor executor) {
    return ours(super.handleAsync(context().wrap(function), executor));
  }

  @Override
  public ContextFuture<T> exceptionally(Function<Throwable, ? extends T> function) {
    return ours(super.exceptionally(context().wrap(function)));
  }

  @Override
  public ContextFuture<T> exceptionallyAsync(Function<Throwable, ? extends T> function) {
    return ours(super.exceptionallyAsync(context().wrap(function)));
  }

  @Override
  public ContextFuture<T> exceptionallyAsync(
      Function<Throwable, ? extends T> function, Executor executor) {
    return ours(super.exceptionallyAsync(context().wrap(function), executor));
  }

  @Override
  public ContextFuture<T> exceptionallyCompose(
      Function<Throwable, ? extends CompletionStage<T>> function) {
    return ours(super.exceptionallyCompose(context().wrap(function)));
  }

  @Override
  public ContextFuture<T> exceptionallyComposeAsync(
      Function<Throwable, ? extends CompletionStage<T>> function) {
    return ours(super.exceptionallyComposeAsync(context().wrap(function)));
  }

  @Override
  public ContextFuture<T> exceptionallyComposeAsync(
      Function<Throwable, ? extends CompletionStage<T>> function, Executor executor) {
    return ours(super.exceptionallyComposeAsync(context().wrap(function), executor));
  }

  // ------------------------------------------------------------------ the minimal stage

  /** What {@link #minimalCompletionStage()} is: it can be built upon, and nothing else. */
  private static final class ContextStage<T> extends ContextFuture<T> {
    ContextStage(ContextFuture<?> before) {
      super(before);
    }

    void settle(T value, @Nullable Throwable failure) {
      if (failure == null) {
        super.complete(value);
      } else {
        super.completeExceptionally(
            failure instanceof CompletionException ? failure : new CompletionException(failure));
      }
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
      return new ContextStage<>(this);
    }

    @Override
    public ContextFuture<T> toCompletableFuture() {
      ContextFuture<T> future = new ContextFuture<>(this);
      var unused = whenComplete((value, failure) -> ContextFuture.settle(future, value, failure));
      return future;
    }

    private static UnsupportedOperationException refused() {
      return new UnsupportedOperationException("a minimal stage; see toCompletableFuture()");
    }

    @Override
    public T get() {
      throw refused();
    }

    @Override
    public T get(long timeout, TimeUnit unit) {
      throw refused();
    }

    @Override
    public T getNow(T valueIfAbsent) {
      throw refused();
    }

    @Override
    public T join() {
      throw refused();
    }

    @Override
    public T resultNow() {
      throw refused();
    }

    @Override
    public Throwable exceptionNow() {
      throw refused();
    }

    @Override
    public boolean complete(T value) {
      throw refused();
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
      throw refused();
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      throw refused();
    }

    @Override
    public void obtrudeValue(T value) {
      throw refused();
    }

    @Override
    public void obtrudeException(Throwable failure) {
      throw refused();
    }

    @Override
    public boolean isDone() {
      throw refused();
    }

    @Override
    public boolean isCancelled() {
      throw refused();
    }

    @Override
    public boolean isCompletedExceptionally() {
      throw refused();
    }

    @Override
    public State state() {
      throw refused();
    }

    @Override
    public int getNumberOfDependents() {
      throw refused();
    }

    @Override
    public ContextFuture<T> completeAsync(Supplier<? extends T> supplier, Executor executor) {
      throw refused();
    }

    @Override
    public ContextFuture<T> completeAsync(Supplier<? extends T> supplier) {
      throw refused();
    }

    @Override
    public ContextFuture<T> orTimeout(long timeout, TimeUnit unit) {
      throw refused();
    }

    @Override
    public ContextFuture<T> completeOnTimeout(T value, long timeout, TimeUnit unit) {
      throw refused();
    }
  }
}
