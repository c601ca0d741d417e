// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.Deadline;

/**
 * The end of a channel that messages go into.
 *
 * <p>What is sent comes out at the other end once, in the order in which it was sent; of several
 * threads, each one's messages in its order. How a call can end without having sent is told by the
 * type of the exception; {@link #trySend} says with {@code false} that there is no room. After a
 * timeout, an interrupt or a {@link BadMessageException} the message was not sent, and the channel
 * works on.
 *
 * <p>Thread-safe, for platform and virtual threads. A call that waits is registered with {@link
 * dev.interleave.diagnose.Waits} under the name of the end, or of the channel; with it waits nobody
 * else. {@code null} is refused. What a thread did before it sent happens before what a thread of
 * the same JVM does that has received the message.
 *
 * @param <T> the messages
 */
public interface Sender<T> extends AutoCloseable {
  /** The name in errors and reports. */
  String name();

  /** As {@link #send(Object, Deadline)}, and waits for room for as long as it takes. */
  default void send(T message) throws ChannelException, InterruptedException {
    send(message, Deadline.none());
  }

  /**
   * Sends a message, and waits for room until the deadline.
   *
   * @throws ChannelTimeoutException if there was no room until then
   * @throws ChannelClosedException if this end, or its sending half, is or gets closed
   * @throws BrokenChannelException if the other end receives no more
   * @throws ChannelFailedException if the other end is gone
   * @throws BadMessageException if the message is too long, or no message for this channel
   * @throws InterruptedException if the thread is interrupted while it waits, or before
   */
  void send(T message, Deadline deadline) throws ChannelException, InterruptedException;

  /**
   * Sends a message if there is room.
   *
   * @return whether it was sent
   * @throws ChannelException as {@link #send(Object, Deadline)}, but for the time
   */
  boolean trySend(T message) throws ChannelException;

  /**
   * Sends no more. The other end receives what was sent, and then the end of it. Who waits to send
   * gets a {@link ChannelClosedException}. Of an {@link Endpoint}, closes both halves. Idempotent.
   */
  @Override
  void close();

  /** Whether nothing can be done at this end any more. */
  boolean isClosed();

  /** What has gone through this end. */
  ChannelStats stats();
}
