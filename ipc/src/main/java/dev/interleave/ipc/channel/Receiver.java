// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.Polled;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The end of a channel that messages come out of: the way to take all there will ever be is
 *
 * <pre>{@code
 * Order order;
 * while ((order = orders.receive()) != null) {
 *   handle(order);
 * }
 * }</pre>
 *
 * <p>A message, the end, a timeout, a close by this side and the loss of the other are five
 * different outcomes. Whatever arrived before the other end closed or was lost comes out first.
 *
 * <p>Thread-safe, for platform and virtual threads; of several threads, each message goes to one. A
 * call that waits is registered with {@link dev.interleave.diagnose.Waits} under the name of the
 * end, or of the channel. No argument may be {@code null}.
 *
 * @param <T> the messages
 */
public interface Receiver<T> extends AutoCloseable {
  /** The name in errors and reports. */
  String name();

  /** As {@link #receive(Deadline)}, and waits for as long as it takes. */
  default @Nullable T receive() throws ChannelException, InterruptedException {
    return receive(Deadline.none());
  }

  /**
   * Receives the next message, and waits for it until the deadline.
   *
   * @return the message; null if all has been received and no more will come
   * @throws ChannelTimeoutException if there was none until then
   * @throws ChannelClosedException if this end is or gets closed
   * @throws ChannelFailedException if the other end is gone, after all that had come
   * @throws BadMessageException if what came is no message of the type; it counts as received
   * @throws InterruptedException if the thread is interrupted while it waits, or before
   */
  @Nullable T receive(Deadline deadline) throws ChannelException, InterruptedException;

  /**
   * Receives a message if there is one.
   *
   * @param handler gets the message, in this call; what it throws is thrown, and the message counts
   *     as received
   * @throws ChannelException as {@link #receive(Deadline)}, but for the time
   */
  Polled tryReceive(Consumer<? super T> handler) throws ChannelException;

  /**
   * Receives no more: what has arrived is dropped and counted ({@link ChannelStats#discarded}), the
   * sender gets a {@link BrokenChannelException}, and who waits here a {@link
   * ChannelClosedException}. Of an {@link Endpoint}, closes both halves. Idempotent.
   */
  @Override
  void close();

  /** Whether nothing can be done at this end any more. */
  boolean isClosed();

  /** What has gone through this end. */
  ChannelStats stats();
}
