// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.Deadline;
import dev.interleave.buffer.BoundedBuffer;
import dev.interleave.buffer.BufferClosedException;
import dev.interleave.ipc.transport.Polled;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A bounded one-way passage for messages inside a process, with an end to send and an end to
 * receive, which are always the same two objects.
 *
 * <pre>{@code
 * Channel<Order> orders = Channel.create("orders", 100);
 *
 * // the one side                                  // the other
 * try (Sender<Order> out = orders.sender()) {      Receiver<Order> in = orders.receiver();
 *   out.send(order);                               while ((order = in.receive()) != null) {
 * }                                                  handle(order);
 *                                                  }
 * }</pre>
 *
 * <p>The sender closes when it is done: what it sent comes out, and then the end. The receiver
 * closes when it wants no more: what is inside is dropped and counted, and the sender is told, by a
 * {@link BrokenChannelException}. Each send takes effect before a close of either end, or throws:
 * no message is accepted and then lost uncounted.
 *
 * <p>The messages themselves are handed over, not copies: who sends a message that can change has
 * given it away. The passage is a {@link BoundedBuffer}, whose progress and memory effects hold
 * here; calls that may wait throw {@link InterruptedException} also if they would not have had to.
 *
 * <p>Thread-safe. No method accepts {@code null}.
 *
 * @param <T> the messages
 */
public final class Channel<T> {
  private final String name;
  private final BoundedBuffer<T> buffer;
  private final In in = new In();
  private final Out out = new Out();
  private final LongAdder received = new LongAdder();
  private final LongAdder discarded = new LongAdder();

  /** Set before the buffer is closed: who finds it closed sees by whom. */
  private volatile boolean senderClosed;

  private volatile boolean receiverClosed;

  private Channel(String name, int capacity) {
    this.name = Objects.requireNonNull(name, "name");
    buffer = BoundedBuffer.<T>builder(capacity).name(name).build();
  }

  /**
   * A channel.
   *
   * @param name in errors and reports; not blank
   * @param capacity how many messages it may hold, at least 1
   * @throws IllegalArgumentException if an argument is wrong; the message names all of them
   */
  public static <T> Channel<T> create(String name, int capacity) {
    return new Channel<>(name, capacity);
  }

  /** The name given to {@link #create}. */
  public String name() {
    return name;
  }

  /** The end that messages go into. */
  public Sender<T> sender() {
    return in;
  }

  /** The end that messages come out of. */
  public Receiver<T> receiver() {
    return out;
  }

  /** Whether the receiving end is closed, so that nothing can be sent. */
  boolean isBroken() {
    return receiverClosed;
  }

  private ChannelException refused(BufferClosedException e) {
    return senderClosed
        ? new ChannelClosedException(name + ": its sending end is closed", e)
        : new BrokenChannelException(name + ": its receiving end is closed", e);
  }

  private String state() {
    return name
        + ", "
        + buffer.size()
        + " of "
        + buffer.capacity()
        + (senderClosed ? ", ended" : "")
        + (receiverClosed ? ", receives no more" : "");
  }

  private final class In implements Sender<T> {
    @Override
    public String name() {
      return name;
    }

    @Override
    public void send(T message, Deadline deadline) throws ChannelException, InterruptedException {
      boolean accepted;
      try {
        accepted = buffer.offer(message, deadline);
      } catch (BufferClosedException e) {
        throw refused(e);
      }
      if (!accepted) {
        throw new ChannelTimeoutException(
            name + ": no room, nobody receives; capacity " + buffer.capacity(), null);
      }
    }

    @Override
    public boolean trySend(T message) throws ChannelException {
      try {
        return buffer.offer(message);
      } catch (BufferClosedException e) {
        throw refused(e);
      }
    }

    @Override
    public void close() {
      senderClosed = true;
      buffer.close();
    }

    @Override
    public boolean isClosed() {
      return senderClosed || receiverClosed;
    }

    @Override
    public ChannelStats stats() {
      return new ChannelStats(buffer.stats().puts(), 0, 0, 0);
    }

    /** For messages: the name, how full it is, and which end is closed. */
    @Override
    public String toString() {
      return "sender of " + state();
    }
  }

  private final class Out implements Receiver<T> {
    @Override
    public String name() {
      return name;
    }

    @Override
    public @Nullable T receive(Deadline deadline) throws ChannelException, InterruptedException {
      checkOpen(null);
      T message;
      try {
        message = buffer.poll(deadline);
      } catch (BufferClosedException e) {
        checkOpen(e);
        return null;
      }
      if (message == null) {
        throw new ChannelTimeoutException(name + ": nothing to receive", null);
      }
      received.increment();
      return message;
    }

    @Override
    public Polled tryReceive(Consumer<? super T> handler) throws ChannelException {
      Objects.requireNonNull(handler, "handler");
      checkOpen(null);
      boolean last = buffer.isClosed(); // read first: then nothing comes behind what is found
      T message = buffer.poll();
      if (message == null) {
        checkOpen(null);
        return last ? Polled.END : Polled.NOTHING;
      }
      received.increment();
      handler.accept(message);
      return Polled.FRAME;
    }

    private void checkOpen(@Nullable Throwable cause) throws ChannelClosedException {
      if (receiverClosed) {
        throw new ChannelClosedException(name + ": its receiving end is closed", cause);
      }
    }

    @Override
    public void close() {
      receiverClosed = true;
      discarded.add(buffer.closeNow().size());
    }

    @Override
    public boolean isClosed() {
      return receiverClosed;
    }

    @Override
    public ChannelStats stats() {
      return new ChannelStats(0, received.sum(), discarded.sum(), buffer.size());
    }

    /** For messages: the name, how full it is, and which end is closed. */
    @Override
    public String toString() {
      return "receiver of " + state();
    }
  }

  /** For messages: the name, how full it is, and which end is closed. */
  @Override
  public String toString() {
    return "Channel[" + state() + "]";
  }
}
