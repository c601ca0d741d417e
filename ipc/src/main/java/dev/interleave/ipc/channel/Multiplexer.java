// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.Deadline;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes many channels of one: each side opens channels, the other accepts them, and a slow one
 * holds up no other.
 *
 * <pre>{@code
 * // the one side
 * Multiplexer mux = Multiplexer.over(FrameChannel.over(connection));
 * LogicalChannel orders = mux.open("orders", deadline);
 *
 * // the other
 * Multiplexer mux = Multiplexer.over(FrameChannel.over(connection));
 * LogicalChannel next;
 * while ((next = mux.accept(Deadline.none())) != null) {
 *   serve(next);                                             // in a thread of its own
 * }
 * }</pre>
 *
 * <p>What is below has to be reliable: a connection, or a {@link ReliableChannel} over one that is
 * not. It belongs to the multiplexer, which closes it.
 *
 * <h2>Flow control</h2>
 *
 * <p>Each direction of a channel has credit for {@link Builder#window} bytes, of which each frame
 * takes its length and 32. What a receiver has taken is given back to the sender. Who has no credit
 * left waits, and nobody else with it: the thread that reads puts frames where there is room by
 * agreement, and never waits for a receiver. Channels that have something to send take turns, one
 * frame each; senders of one channel go in the order in which they came. So memory is bounded by
 * channels times windows, whatever the other side does.
 *
 * <h2>The end</h2>
 *
 * <p>A channel ends half by half, as every {@link Endpoint} does, and is forgotten when both sides
 * have ended it. {@link #close()} closes all, and what is below. If the other side is gone, or
 * breaks the protocol, all channels fail with a {@link ChannelFailedException} that says why, after
 * what had come.
 *
 * <p>Thread-safe. It has two threads of its own, platform threads and daemons. No method accepts
 * {@code null}. Credit by bytes, given back when half is used, is as in HTTP/2 (RFC 9113, 5.2) and
 * yamux.
 */
public final class Multiplexer implements AutoCloseable {
  private final MuxEngine engine;

  private Multiplexer(MuxEngine engine) {
    this.engine = engine;
  }

  /** A multiplexer with default bounds. */
  public static Multiplexer over(FrameChannel below) {
    return builder(below).build();
  }

  /** Begins to build one. */
  public static Builder builder(FrameChannel below) {
    return new Builder(below);
  }

  /** Builds multiplexers; not thread-safe. Every method but {@link #build} returns this builder. */
  public static final class Builder {
    private static final int MOST_CHANNELS = 1 << 16;

    private final FrameChannel below;
    private @Nullable String name;
    private int window = 1 << 18;
    private int maxChannels = 1024;
    private int backlog = 64;
    private Duration linger = Duration.ofSeconds(1);

    private Builder(FrameChannel below) {
      this.below = Objects.requireNonNull(below, "below");
    }

    /** The name in errors, reports and names of threads; by default that of what is below. */
    public Builder name(String name) {
      this.name = Objects.requireNonNull(name, "name");
      return this;
    }

    /**
     * How many bytes may be on their way to a receiver here, and wait here to be sent, of each
     * channel; from 1 KiB to 16 MiB, by default 256 KiB. A frame takes half of it at most.
     */
    public Builder window(int bytes) {
      window = bytes;
      return this;
    }

    /** How many channels each side may have opened that are not over; by default 1024. */
    public Builder maxChannels(int channels) {
      maxChannels = channels;
      return this;
    }

    /** How many channels that the other side opened may wait to be accepted; by default 64. */
    public Builder backlog(int channels) {
      backlog = channels;
      return this;
    }

    /**
     * How long {@link Multiplexer#close()} waits for what was sent to be written; by default 1 s.
     */
    public Builder linger(Duration time) {
      linger = Objects.requireNonNull(time, "linger");
      return this;
    }

    /**
     * The multiplexer.
     *
     * @throws IllegalArgumentException if arguments are wrong, or the frames of what is below are
     *     too short; the message names all of them
     */
    public Multiplexer build() {
      List<String> wrong = new ArrayList<>();
      String given = name == null ? below.name() : name;
      if (given.isBlank()) {
        wrong.add("name is blank: \"" + given + '"');
      }
      if (window < MuxFrame.LEAST_WINDOW || window > MuxFrame.MOST_WINDOW) {
        wrong.add(
            "window is not from "
                + MuxFrame.LEAST_WINDOW
                + " to "
                + MuxFrame.MOST_WINDOW
                + ": "
                + window);
      }
      if (maxChannels < 1 || maxChannels > MOST_CHANNELS) {
        wrong.add("maxChannels is not from 1 to " + MOST_CHANNELS + ": " + maxChannels);
      }
      if (backlog < 1 || backlog > MOST_CHANNELS) {
        wrong.add("backlog is not from 1 to " + MOST_CHANNELS + ": " + backlog);
      }
      if (linger.isNegative()) {
        wrong.add("linger is negative: " + linger);
      }
      if (below.maxFrame() < MuxFrame.LEAST_FRAME) {
        wrong.add(
            "frames of "
                + below
                + " are shorter than "
                + MuxFrame.LEAST_FRAME
                + ": "
                + below.maxFrame());
      }
      if (!wrong.isEmpty()) {
        throw new IllegalArgumentException(String.join("; ", wrong));
      }
      MuxEngine engine = new MuxEngine(given, below, window, maxChannels, backlog, linger);
      engine.start();
      return new Multiplexer(engine);
    }
  }

  /** The name in errors and reports. */
  public String name() {
    return engine.name();
  }

  /**
   * Opens a channel, and waits for the other side's multiplexer to take it; somebody there need not
   * have accepted it yet.
   *
   * @param label what it is for; at most 200 bytes of UTF-8
   * @throws ChannelRefusedException if this side or the other has as many channels as it may have
   * @throws ChannelTimeoutException if the deadline passes first
   * @throws ChannelClosedException if this multiplexer is or gets closed
   * @throws BrokenChannelException if the other side has closed its multiplexer
   * @throws ChannelFailedException if the other side is gone
   * @throws InterruptedException if the thread is interrupted while it waits
   * @throws IllegalArgumentException if the label is too long
   */
  public LogicalChannel open(String label, Deadline deadline)
      throws ChannelException, InterruptedException {
    byte[] utf8 = label.getBytes(StandardCharsets.UTF_8);
    if (utf8.length > MuxFrame.MOST_LABEL) {
      throw new IllegalArgumentException(
          "label takes more than " + MuxFrame.MOST_LABEL + " bytes: " + label);
    }
    return engine.open(label, Objects.requireNonNull(deadline, "deadline"));
  }

  /**
   * The next channel that the other side opened; waits for one.
   *
   * @return the channel; null if the other side has closed its multiplexer, and there will be none
   * @throws ChannelTimeoutException if there was none until the deadline
   * @throws ChannelClosedException if this multiplexer is or gets closed
   * @throws ChannelFailedException if the other side is gone
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public @Nullable LogicalChannel accept(Deadline deadline)
      throws ChannelException, InterruptedException {
    return engine.accept(Objects.requireNonNull(deadline, "deadline"));
  }

  /** The channels that are not over for both sides, in no order; unmodifiable. */
  public List<LogicalChannel> channels() {
    return engine.channels();
  }

  /**
   * Closes all channels and what is below, and waits for what was sent to be written, up to {@link
   * Builder#linger}, or until the thread is interrupted, which it stays. What is not written then
   * is logged. Idempotent.
   */
  @Override
  public void close() {
    engine.close();
  }

  /** Whether it is closed, or the other side is gone. */
  public boolean isClosed() {
    return engine.isClosed();
  }

  /** What it has done. */
  public MultiplexerStats stats() {
    return engine.stats();
  }

  /** For messages: the name, and how many channels there are. */
  @Override
  public String toString() {
    return "Multiplexer[" + engine + "]";
  }
}
