// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import java.util.concurrent.ForkJoinTask;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ForkJoinTask} that computes in the context that was current where it was made, on
 * whatever worker it runs: {@code RecursiveTask}, with a context.
 *
 * <pre>{@code
 * final class Sum extends ContextForkJoinTask<Long> {
 *   protected Long compute() {
 *     if (isSmall()) { return addUp(); }
 *     Sum left = leftHalf();            // made here, so in this context
 *     left.fork();
 *     return rightHalf().invoke() + left.join();
 *   }
 * }
 * }</pre>
 *
 * <p>It captures when it is made, because {@code fork()} cannot be overridden; what it captures is
 * {@link Context#handedOff()}. A worker that waits in {@code join()} runs other tasks meanwhile,
 * each in its own context. The streams of the JDK fork tasks of their own, which have no context:
 * wrap the functions that they are given.
 *
 * <p>As thread-safe as {@code ForkJoinTask}. Not meant to be serialized, as few of those are.
 *
 * @param <V> the result
 */
public abstract class ContextForkJoinTask<V extends @Nullable Object> extends ForkJoinTask<V> {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable Context context = Context.current().handedOff().installed();
  private transient @Nullable V result;

  /** Captures the current context. */
  protected ContextForkJoinTask() {}

  /** Computes the result, in the context. */
  protected abstract V compute();

  @Override
  @SuppressWarnings("NullAway") // null before it is computed, when nobody asks
  public final V getRawResult() {
    return result;
  }

  @Override
  protected final void setRawResult(V value) {
    result = value;
  }

  @Override
  protected final boolean exec() {
    Object before = Switch.enter(context);
    try {
      result = compute();
    } finally {
      Switch.leave(context, before, this);
    }
    return true;
  }
}
