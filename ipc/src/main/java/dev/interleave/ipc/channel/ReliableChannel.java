// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.Connection;
import dev.interleave.ipc.transport.Polled;
import dev.interleave.ipc.transport.TransportException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A channel over connections that may lose, damage, double, reorder and break: each frame comes out
 * at the other end exactly once and in order, as long as both ends live.
 *
 * <pre>{@code
 * // the one process
 * ReliableChannel orders = ReliableChannel.builder("orders", transport::connect).open(deadline);
 *
 * // the other
 * Listener listener = transport.listen();
 * ReliableChannel orders = ReliableChannel.builder("orders", listener::accept).open(deadline);
 * }</pre>
 *
 * <h2>Exactly once, in order</h2>
 *
 * <p>Frames have numbers and checksums (CRC32C). What is sent is kept until the other side has
 * acknowledged it, and repeated until then: when later transmissions have arrived and it has not,
 * or when the time for an answer is up, which is estimated from how long answers take, and doubled
 * with each attempt, with jitter. What came is held until its turn, and dropped if it had come
 * before. Acknowledged is what lies in the memory of the other process, not what somebody there has
 * received.
 *
 * <p>Each end has a random number for its life. If the process at the other side begins anew,
 * nobody knows what became of what was on its way; the channel fails, and says so, rather than to
 * lose or to double.
 *
 * <h2>When the connection is lost</h2>
 *
 * <p>Each side sends at least one frame per {@link Builder#heartbeat}. Who has heard nothing that
 * is right for {@link Builder#silence}, or finds the connection ended, asks the {@link Connector}
 * for another one: after a random time, up to a bound that doubles with each attempt ("full
 * jitter"). Then what is not acknowledged is sent again. Calls wait meanwhile, to their deadlines.
 * Who has heard nothing for {@link Builder#giveUpAfter} gives up: all calls fail with a {@link
 * ChannelFailedException}, receivers when they have what had come in order.
 *
 * <h2>Bounds</h2>
 *
 * <p>Each end keeps at most {@link Builder#window} frames to be sent and as many that came, each up
 * to {@link #maxFrame()} long. A sender waits for room at its own end; the other end sends no more
 * than there is room for here. There is no control of congestion: the window is the bound of what
 * is on its way, so choose a small one for a network that others use as well.
 *
 * <h2>The end</h2>
 *
 * <p>{@link #closeSend()} is delivered as surely as a message. {@link #close()} waits for all that
 * was sent to be acknowledged, and then for the other side to know that this one is closed, up to
 * {@link Builder#linger}; what is not acknowledged then is logged, and stays to be seen in {@link
 * ReliableStats#unacknowledged}. {@link #awaitAcknowledged} waits without closing.
 *
 * <p>Who closes takes in nothing that comes after that, and says so. Then the other side has what
 * is not acknowledged for undelivered, repeats it no more, and sends no more; what was sent to it
 * before still comes. So two ends that close at the same time do not wait for each other. (Of two
 * versions, where one does not know this, both wait for {@code linger}, if messages are under way
 * in both directions.)
 *
 * <p>Thread-safe; senders and receivers meet under one lock that is held for some steps and never
 * while anything waits. A channel has two threads of its own, platform threads and daemons, so that
 * timers go when all carriers of virtual threads are busy; both sleep until there is something to
 * do. No method accepts {@code null}.
 */
public final class ReliableChannel implements FrameChannel {
  private final ReliableEngine engine;

  private ReliableChannel(ReliableEngine engine) {
    this.engine = engine;
  }

  /**
   * Begins to build a channel.
   *
   * @param name in errors, reports and names of threads; not blank
   * @param connector gets connections, the first one and others
   */
  public static Builder builder(String name, Connector connector) {
    return new Builder(name, connector);
  }

  /** Builds channels; not thread-safe. Every method but {@link #open} returns this builder. */
  public static final class Builder {
    private static final int MOST_WINDOW = 1024;

    private final String name;
    private final Connector connector;
    private int window = 256;
    private Duration retransmitFirst = Duration.ofMillis(10);
    private Duration retransmitMost = Duration.ofSeconds(1);
    private Duration heartbeat = Duration.ofSeconds(1);
    private Duration silence = Duration.ofSeconds(4);
    private Duration reconnectFirst = Duration.ofMillis(20);
    private Duration reconnectMost = Duration.ofSeconds(2);
    private Duration giveUpAfter = Duration.ofSeconds(30);
    private Duration linger = Duration.ofSeconds(1);

    private Builder(String name, Connector connector) {
      this.name = Objects.requireNonNull(name, "name");
      this.connector = Objects.requireNonNull(connector, "connector");
    }

    /** How many frames each direction may hold at each end; by default 256, at most 1024. */
    public Builder window(int frames) {
      window = frames;
      return this;
    }

    /**
     * How long to wait for an answer before a frame is repeated, at least and at most; by default
     * 10 ms and 1 s. Between them it follows how long answers take.
     */
    public Builder retransmit(Duration least, Duration most) {
      retransmitFirst = least;
      retransmitMost = most;
      return this;
    }

    /** How long nothing is sent at most; by default 1 s. */
    public Builder heartbeat(Duration time) {
      heartbeat = time;
      return this;
    }

    /**
     * After how long without a word the connection counts as lost; by default 4 s. Longer than the
     * heartbeat of the other side, by as many of them as may be lost in a row.
     */
    public Builder silence(Duration time) {
      silence = time;
      return this;
    }

    /** The bounds of the random time before an attempt to connect; by default 20 ms and 2 s. */
    public Builder reconnect(Duration first, Duration most) {
      reconnectFirst = first;
      reconnectMost = most;
      return this;
    }

    /** After how long without a word to give up; not less than the silence, by default 30 s. */
    public Builder giveUpAfter(Duration time) {
      giveUpAfter = time;
      return this;
    }

    /** How long {@link #close()} waits for the other side at most; by default 1 s. */
    public Builder linger(Duration time) {
      linger = time;
      return this;
    }

    /**
     * Gets the first connection, and opens the channel over it. Does not wait for the other side to
     * say anything.
     *
     * @throws IllegalArgumentException if arguments are wrong; the message names all of them
     * @throws TransportException if there is no connection; this is not tried again
     * @throws ChannelFailedException if frames of the connection are too short
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public ReliableChannel open(Deadline deadline)
        throws TransportException, ChannelFailedException, InterruptedException {
      check();
      Connection first = connector.connect(deadline);
      int maxFrame = first.maxFrame() - ReliableFrame.headFor(window);
      if (maxFrame < 1) {
        first.close();
        throw new ChannelFailedException(
            name
                + ": frames of "
                + first.maxFrame()
                + " bytes, of which the head takes up to "
                + ReliableFrame.headFor(window),
            null);
      }
      ReliableOptions options =
          new ReliableOptions(
              window,
              retransmitFirst,
              retransmitMost,
              heartbeat,
              silence,
              reconnectFirst,
              reconnectMost,
              giveUpAfter,
              linger);
      ReliableEngine engine = new ReliableEngine(name, connector, options, first, maxFrame);
      engine.start();
      return new ReliableChannel(engine);
    }

    private void check() {
      List<String> wrong = new ArrayList<>();
      if (name.isBlank()) {
        wrong.add("name is blank: \"" + name + '"');
      }
      if (window < 1 || window > MOST_WINDOW) {
        wrong.add("window is not from 1 to " + MOST_WINDOW + ": " + window);
      }
      checkPositive(wrong, "least time to retransmit", retransmitFirst);
      checkOrder(wrong, "time to retransmit", retransmitFirst, retransmitMost);
      checkPositive(wrong, "heartbeat", heartbeat);
      checkOrder(wrong, "heartbeat and silence", heartbeat, silence);
      checkPositive(wrong, "first bound of the time to reconnect", reconnectFirst);
      checkOrder(wrong, "time to reconnect", reconnectFirst, reconnectMost);
      checkOrder(wrong, "silence and giveUpAfter", silence, giveUpAfter);
      if (linger.isNegative()) {
        wrong.add("linger is negative: " + linger);
      }
      if (!wrong.isEmpty()) {
        throw new IllegalArgumentException(String.join("; ", wrong));
      }
    }

    private static void checkPositive(List<String> wrong, String what, Duration time) {
      if (time.isNegative() || time.isZero()) {
        wrong.add(what + " is not positive: " + time);
      }
    }

    private static void checkOrder(List<String> wrong, String what, Duration less, Duration more) {
      if (less.compareTo(more) > 0) {
        wrong.add(what + " the wrong way round: " + less + ", " + more);
      }
    }
  }

  @Override
  public String name() {
    return engine.name();
  }

  /** How long a frame can be: what the first connection takes, without the head. */
  @Override
  public int maxFrame() {
    return engine.maxFrame();
  }

  @Override
  public void send(ByteBuffer frame, Deadline deadline)
      throws ChannelException, InterruptedException {
    Frames.checkLength(frame, maxFrame(), name());
    engine.send(frame, Objects.requireNonNull(deadline, "deadline"));
  }

  @Override
  public boolean trySend(ByteBuffer frame) throws ChannelException {
    Frames.checkLength(frame, maxFrame(), name());
    return engine.trySend(frame);
  }

  @Override
  public @Nullable ByteBuffer receive(Deadline deadline)
      throws ChannelException, InterruptedException {
    return engine.receive(Objects.requireNonNull(deadline, "deadline"));
  }

  @Override
  public Polled tryReceive(Consumer<? super ByteBuffer> handler) throws ChannelException {
    Objects.requireNonNull(handler, "handler");
    ByteBuffer frame = engine.poll();
    if (frame != null) {
      handler.accept(frame);
      return Polled.FRAME;
    }
    return engine.isAtEnd() ? Polled.END : Polled.NOTHING;
  }

  /**
   * Waits until the other side has acknowledged all that was sent before: it lies in the memory of
   * the other process.
   *
   * @throws ChannelTimeoutException if it had not until the deadline
   * @throws BrokenChannelException if the other side has closed, or is about to, and did not take
   *     all
   * @throws ChannelFailedException if the other side is gone
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public void awaitAcknowledged(Deadline deadline) throws ChannelException, InterruptedException {
    engine.awaitAcknowledged(Objects.requireNonNull(deadline, "deadline"));
  }

  @Override
  public void closeSend() {
    engine.closeSend();
  }

  /**
   * Closes both halves, and waits for the other side to acknowledge what was sent, up to {@link
   * Builder#linger}, or until the thread is interrupted, which it stays. What has arrived and was
   * not received is dropped, and counted; what arrives from now on is not acknowledged. Idempotent.
   */
  @Override
  public void close() {
    engine.close();
  }

  @Override
  public boolean isClosed() {
    return engine.isClosed();
  }

  @Override
  public ChannelStats stats() {
    return engine.stats();
  }

  /** How hard it had to work. */
  public ReliableStats reliability() {
    return engine.reliability();
  }

  /** For messages: the name, and whether it is connected. */
  @Override
  public String toString() {
    return "ReliableChannel[" + engine + "]";
  }
}
