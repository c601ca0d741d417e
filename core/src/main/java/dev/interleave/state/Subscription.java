// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.state;

import dev.interleave.Guard;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * A listener, and how far it has been told.
 *
 * <p>Who announces a change while nobody tells, tells, or has the executor do it; who finds
 * somebody telling makes that one look at the state once more before it goes. So calls never
 * overlap, and the last version is never lost: the state had it before it was announced.
 *
 * @param <T> the value
 */
final class Subscription<T> implements Guard {
  private enum Phase {
    /** Nobody tells; the listener has been told all that was announced. */
    IDLE,
    /** Somebody tells, or is about to. */
    TELLING,
    /** The same, and there was another change since. */
    AGAIN
  }

  private final VersionedState<T> state;
  private final Executor executor;
  private final Consumer<? super Versioned<T>> listener;
  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.IDLE);

  /** The version told last. Only of who tells: handed on by {@code phase} and the executor. */
  private long told;

  private volatile boolean closed;

  Subscription(
      VersionedState<T> state,
      long after,
      Executor executor,
      Consumer<? super Versioned<T>> listener) {
    this.state = state;
    this.told = after;
    this.executor = executor;
    this.listener = listener;
  }

  /** The state has changed. Throws nothing. */
  void announce() {
    Phase before = phase.getAndUpdate(p -> p == Phase.IDLE ? Phase.TELLING : Phase.AGAIN);
    if (before == Phase.IDLE) {
      execute();
    }
  }

  private void execute() {
    do {
      phase.set(Phase.TELLING);
      try {
        executor.execute(this::tell);
        return;
      } catch (Throwable refused) {
        state.failed(refused);
      }
      // The next change tries again; so does this one, if there was a change meanwhile.
    } while (!phase.compareAndSet(Phase.TELLING, Phase.IDLE));
  }

  private void tell() {
    do {
      phase.set(Phase.TELLING);
      tellLatest();
    } while (!phase.compareAndSet(Phase.TELLING, Phase.IDLE));
  }

  private void tellLatest() {
    Versioned<T> latest = state.snapshot();
    if (closed || latest.version() <= told) {
      return;
    }
    told = latest.version();
    state.countCall();
    try {
      listener.accept(latest);
    } catch (Throwable error) { // whatever it is, it is neither the updater's nor other listeners'
      state.failed(error);
    }
  }

  /** Tells the listener no more. For any thread. */
  @Override
  public void close() {
    closed = true;
    state.remove(this);
  }
}
