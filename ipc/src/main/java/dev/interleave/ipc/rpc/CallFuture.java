// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The future of a call. To cancel it, or to complete it by hand, gives up the call. What depends on
 * it runs on the client's executor; or, if that takes no more, on a thread of its own: never on the
 * thread that reads, nor on the clock, unless there is no memory for a thread, as a future that
 * never completes would be worse. What an executor throws stays here: who settles a call may be
 * reading for all others.
 */
final class CallFuture extends CompletableFuture<@Nullable Object> {
  private final ClientLink link;
  private final Executor executor;
  private final Function<RemoteException, Throwable> mapping;
  private volatile @Nullable PendingCall call;
  private volatile @Nullable Future<?> alarm;

  CallFuture(ClientLink link, Executor executor, Function<RemoteException, Throwable> mapping) {
    this.link = link;
    this.executor = executor;
    this.mapping = mapping;
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
    Completion completion = new Completion(settled, how);
    if (isUsers(executor) && isTimeout(how)) {
      // By the clock, where not even the user's executor is called: it may run what it is given.
      surely(completion, () -> ClientThreads.execute(link.pending, () -> handOver(completion)));
    } else {
      handOver(completion);
    }
  }

  @SuppressWarnings("ReferenceEquality") // another one that equals it would be a user's
  private static boolean isUsers(Executor executor) {
    return executor != ClientThreads.COMPLETIONS;
  }

  private static boolean isTimeout(Outcome how) {
    return how instanceof Outcome.Failure failure && failure.kind() == Outcome.Kind.TIMED_OUT;
  }

  private void handOver(Completion completion) {
    try {
      executor.execute(completion);
    } catch (RejectedExecutionException e) { // no reason to lose the reply
      apart(completion);
    } catch (Throwable e) { // nor is one that fails
      apart(completion);
      link.completionsFailed(e);
    }
  }

  private void apart(Completion completion) {
    surely(completion, () -> ClientThreads.apart(link.pending, completion));
  }

  /** If there is no memory for a thread, completes here. */
  private void surely(Completion completion, Runnable start) {
    try {
      start.run();
    } catch (RuntimeException | Error e) {
      completion.run();
      link.completionsFailed(e);
    }
  }

  /** Completes the future, once: an executor may take this, and throw nevertheless. */
  private final class Completion implements Runnable {
    private final PendingCall settled;
    private final Outcome how;
    private final AtomicBoolean begun = new AtomicBoolean();

    Completion(PendingCall settled, Outcome how) {
      this.settled = settled;
      this.how = how;
    }

    @Override
    public void run() {
      if (begun.compareAndSet(false, true)) { // what comes in can be decoded once only
        completeBy(settled, how);
      }
    }
  }

  private void completeBy(PendingCall settled, Outcome how) {
    Object value;
    try {
      value = how.get(settled);
    } catch (RemoteException e) {
      super.completeExceptionally(mapped(e));
      return;
    } catch (Throwable e) { // an error of a constructor, say, is the result
      super.completeExceptionally(e);
      return;
    }
    super.complete(value);
  }

  private Throwable mapped(RemoteException e) {
    try {
      return mapping.apply(e);
    } catch (Throwable failed) { // no reason to lose what the method threw
      if (!failed.equals(e)) { // it may be thrown as it is, and suppresses anything but itself
        e.addSuppressed(failed);
      }
      return e;
    }
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
