// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The future of a call. To cancel it, or to complete it by hand, gives up the call. What depends on
 * it runs on the client's executor; or, if that takes no more, on a thread of its own: never on the
 * thread that reads, nor on the clock, unless there is no memory for a thread, as a future that
 * never completes would be worse.
 */
final class CallFuture extends CompletableFuture<@Nullable Object> {
  private final ClientLink link;
  private final Executor executor;
  private volatile @Nullable PendingCall call;
  private volatile @Nullable Future<?> alarm;

  CallFuture(ClientLink link, Executor executor) {
    this.link = link;
    this.executor = executor;
  }

  /** Before the call is sent. */
  void of(PendingCall call, @Nullable Future<?> alarm) {
    this.call = call;
    this.alarm = alarm;
    if (call.outcome() != null) {
      disarm();
    }
  }

  void settled(PendingCall settled, Outcome how) {
    disarm();
    if (isDone()) {
      return; // it was this future that gave the call up
    }
    if (isUsers(executor) && isTimeout(how)) {
      // By the clock, where not even the user's executor is called: it may run what it is given.
      surely(settled, how, () -> ClientThreads.execute(link.pending, () -> handOver(settled, how)));
    } else {
      handOver(settled, how);
    }
  }

  @SuppressWarnings("ReferenceEquality") // another one that equals it would be a user's
  private static boolean isUsers(Executor executor) {
    return executor != ClientThreads.COMPLETIONS;
  }

  private static boolean isTimeout(Outcome how) {
    return how instanceof Outcome.Failure failure && failure.kind() == Outcome.Kind.TIMED_OUT;
  }

  private void handOver(PendingCall settled, Outcome how) {
    try {
      executor.execute(() -> completeBy(settled, how));
    } catch (RejectedExecutionException e) { // no reason to lose the reply
      apart(settled, how);
    } catch (RuntimeException | Error e) { // nor is one that fails
      apart(settled, how);
      throw e;
    }
  }

  private void apart(PendingCall settled, Outcome how) {
    surely(settled, how, () -> ClientThreads.apart(link.pending, () -> completeBy(settled, how)));
  }

  /** If there is no memory for a thread, completes here. */
  private void surely(PendingCall settled, Outcome how, Runnable start) {
    try {
      start.run();
    } catch (RuntimeException | Error e) {
      completeBy(settled, how);
      throw e;
    }
  }

  private void completeBy(PendingCall settled, Outcome how) {
    Object value;
    try {
      value = how.get(settled);
    } catch (RuntimeException | Error e) { // an error of a constructor, say, is the result
      super.completeExceptionally(e);
      return;
    }
    super.complete(value);
  }

  /** Completes with an exception of a call that was not even begun. */
  void failed(RuntimeException e) {
    super.completeExceptionally(e);
  }

  private void disarm() {
    Future<?> armed = alarm;
    if (armed != null) {
      armed.cancel(false);
    }
  }

  private boolean giveUp(boolean completed) {
    PendingCall pending = call;
    if (completed && pending != null) {
      link.giveUp(
          pending, Outcome.Kind.CANCELLED, () -> new CancellationException("by its future"));
    }
    return completed;
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    return giveUp(super.cancel(mayInterruptIfRunning));
  }

  @Override
  public boolean complete(@Nullable Object value) {
    return giveUp(super.complete(value));
  }

  @Override
  public boolean completeExceptionally(Throwable error) {
    return giveUp(super.completeExceptionally(error));
  }
}
