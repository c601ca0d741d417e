// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An item on its way through a pipeline. It belongs to one thread at a time: the buffers between
 * them, and the gate in an ordered stage, hand it on.
 */
final class PipelineItem<I> {
  final long index;
  final I input;

  /** What the last stage made of it. */
  Object value;

  /** Of the first stage that failed. */
  private @Nullable StageException failure;

  private long ranNanos;

  /** In an ordered stage: opened when the work on it is done. */
  @Nullable PipelineGate done;

  /** Whether it is not to be passed on, as it was never accepted. */
  boolean withdrawn;

  /** Who works on it now. */
  volatile @Nullable Thread worker;

  PipelineItem(long index, I input) {
    this.index = index;
    this.input = input;
    value = input;
  }

  /** It enters an ordered stage. */
  void enter(String stage) {
    done = new PipelineGate(stage, 1, this::workers);
  }

  private List<Thread> workers() {
    Thread thread = worker;
    return thread == null ? List.of() : List.of(thread);
  }

  void ran(long nanos) {
    ranNanos += Math.max(0, nanos);
  }

  void fail(StageException with) {
    failure = with;
  }

  boolean hasFailed() {
    return failure != null;
  }

  <O> Outcome<I, O> outcome() {
    Duration took = Duration.ofNanos(ranNanos);
    if (failure != null) {
      return new Outcome.Failure<>(index, input, failure, took);
    }
    @SuppressWarnings("unchecked") // the stages were put together so
    O result = (O) value;
    return new Outcome.Success<>(index, input, result, took);
  }
}
