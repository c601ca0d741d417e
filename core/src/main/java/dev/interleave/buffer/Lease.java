// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * An item taken out of a buffer, and the promise to say when the work on it is done: that is {@link
 * #close()}, so that try-with-resources says it even if the work fails. {@link
 * BoundedBuffer#awaitIdle} waits until nothing is inside and no lease is open.
 *
 * <pre>{@code
 * try (Lease<Job> lease = jobs.lease()) {
 *   lease.item().run(); // may put more jobs
 * }
 * }</pre>
 *
 * <p>Thread-safe: a lease may be closed by another thread than the one that took it. What a thread
 * does before it closes the last lease happens before the return of the {@code awaitIdle} that saw
 * it. There is no {@code equals} by value.
 *
 * @param <E> the items
 */
public final class Lease<E> implements AutoCloseable {
  private static final VarHandle DONE;

  static {
    try {
      DONE = MethodHandles.lookup().findVarHandle(Lease.class, "done", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final E item;
  private final Store<E> store;

  @SuppressWarnings("UnusedVariable") // written through DONE
  private volatile boolean done;

  Lease(E item, Store<E> store) {
    this.item = item;
    this.store = store;
  }

  /** The item; also after {@link #close()}. */
  public E item() {
    return item;
  }

  /**
   * The work on the item is done.
   *
   * @throws IllegalStateException if it was said before: one item is one task, and what was counted
   *     twice would let {@code awaitIdle} return too early
   */
  @Override
  public void close() {
    if (!DONE.compareAndSet(this, false, true)) {
      throw new IllegalStateException(
          "The lease of an item of " + store.name() + " was closed before: " + item);
    }
    store.release();
  }

  /** For messages: the item, the buffer, and whether it is closed. */
  @Override
  public String toString() {
    return "Lease[" + item + " of " + store.name() + (done ? ", done]" : "]");
  }
}
