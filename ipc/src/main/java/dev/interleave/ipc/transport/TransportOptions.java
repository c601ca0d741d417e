// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * What a transport may be told. Immutable and thread-safe.
 *
 * @param maxFrame the longest frame that this side takes, in bytes; by default 256 KiB
 * @param bufferBytes how much each direction of a connection holds, in bytes; a power of two, by
 *     default 1 MiB. Of shared memory the listener's counts. It is memory outside the heap.
 * @param checksum whether this side wants each frame checked (CRC32C); by default it does. Not done
 *     in memory.
 * @param allowRemote whether TCP may leave this machine; by default it may not
 * @param backlog how many connections can be ready and not accepted, or in their handshake; by
 *     default 64
 * @param handshakeTimeout how long who connects to a listener may take for the handshake; by
 *     default 5 s
 * @param spin how long a call that has to wait keeps the processor at most, with yields between its
 *     looks, before it sleeps; by default 50 µs, about what a sleep costs. It adapts itself below
 *     that; zero for never.
 * @param linger how long {@link Connection#close()} waits for the other side to take what was sent;
 *     by default 1 s
 * @param peerTimeout after what time without a sign of life the other side is taken for dead, where
 *     only a broker lies between, which does not say so ({@link JmsTransport}); by default 10 s, at
 *     least 100 ms
 * @param tls how connections over TCP are encrypted; null, by default, if they are not
 */
public record TransportOptions(
    int maxFrame,
    int bufferBytes,
    boolean checksum,
    boolean allowRemote,
    int backlog,
    Duration handshakeTimeout,
    Duration spin,
    Duration linger,
    Duration peerTimeout,
    @Nullable Tls tls) {
  private static final int MIN_BUFFER = 4096;
  private static final int MAX_BUFFER = 1 << 28;
  private static final Duration LONGEST_SPIN = Duration.ofMillis(1);
  static final Duration SHORTEST_PEER_TIMEOUT = Duration.ofMillis(100);
  private static final TransportOptions DEFAULTS = builder().build();

  /**
   * Checks the components.
   *
   * @throws NullPointerException if a duration is null
   * @throws IllegalArgumentException if a component makes no sense; all are named in the message
   */
  public TransportOptions {
    Objects.requireNonNull(handshakeTimeout, "handshakeTimeout");
    Objects.requireNonNull(spin, "spin");
    Objects.requireNonNull(linger, "linger");
    Objects.requireNonNull(peerTimeout, "peerTimeout");
    List<String> wrong = new ArrayList<>();
    if (bufferBytes < MIN_BUFFER
        || bufferBytes > MAX_BUFFER
        || Integer.bitCount(bufferBytes) != 1) {
      wrong.add(
          "bufferBytes is no power of two from "
              + MIN_BUFFER
              + " to "
              + MAX_BUFFER
              + ": "
              + bufferBytes);
    }
    if (maxFrame < 1 || maxFrame > bufferBytes / 4) {
      wrong.add("maxFrame is not from 1 to a quarter of bufferBytes: " + maxFrame);
    }
    if (backlog < 1) {
      wrong.add("backlog is less than 1: " + backlog);
    }
    if (handshakeTimeout.isNegative() || handshakeTimeout.isZero()) {
      wrong.add("handshakeTimeout is not positive: " + handshakeTimeout);
    }
    if (spin.isNegative() || spin.compareTo(LONGEST_SPIN) > 0) {
      wrong.add("spin is not from 0 to " + LONGEST_SPIN + ": " + spin);
    }
    if (linger.isNegative()) {
      wrong.add("linger is negative: " + linger);
    }
    if (peerTimeout.compareTo(SHORTEST_PEER_TIMEOUT) < 0) {
      wrong.add("peerTimeout is less than " + SHORTEST_PEER_TIMEOUT + ": " + peerTimeout);
    }
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", wrong));
    }
  }

  /** These; encryption that would be left out is refused, not forgotten. */
  TransportOptions requireNoTls(String transport) {
    if (tls != null) {
      throw new IllegalArgumentException("tls is for TCP alone, and not for " + transport);
    }
    return this;
  }

  /** The defaults. */
  public static TransportOptions defaults() {
    return DEFAULTS;
  }

  /** Starts with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Options to be built; not thread-safe. Every method returns this builder. */
  public static final class Builder {
    private int maxFrame = 1 << 18;
    private int bufferBytes = 1 << 20;
    private boolean checksum = true;
    private boolean allowRemote;
    private int backlog = 64;
    private Duration handshakeTimeout = Duration.ofSeconds(5);
    private Duration spin = Duration.ofNanos(50_000);
    private Duration linger = Duration.ofSeconds(1);
    private Duration peerTimeout = Duration.ofSeconds(10);
    private @Nullable Tls tls;

    private Builder() {}

    /** The longest frame that this side takes, in bytes; at most a quarter of the buffer. */
    public Builder maxFrame(int bytes) {
      maxFrame = bytes;
      return this;
    }

    /** How much each direction holds, in bytes; a power of two from 4 KiB to 256 MiB. */
    public Builder bufferBytes(int bytes) {
      bufferBytes = bytes;
      return this;
    }

    /** Whether this side wants checksums. */
    public Builder checksum(boolean wanted) {
      checksum = wanted;
      return this;
    }

    /** Whether TCP may leave this machine. */
    public Builder allowRemote(boolean allowed) {
      allowRemote = allowed;
      return this;
    }

    /** How many connections can be ready and not accepted, or in their handshake. */
    public Builder backlog(int connections) {
      backlog = connections;
      return this;
    }

    /** How long the other side may take for the handshake. */
    public Builder handshakeTimeout(Duration time) {
      handshakeTimeout = time;
      return this;
    }

    /** How long who waits keeps the processor at most; zero for never, 1 ms is the most. */
    public Builder spin(Duration time) {
      spin = time;
      return this;
    }

    /** How long a close waits for the other side to take what was sent. */
    public Builder linger(Duration time) {
      linger = time;
      return this;
    }

    /**
     * After what time without a sign of life the other side is taken for dead, if only a broker
     * lies between; 100 ms is the least.
     */
    public Builder peerTimeout(Duration time) {
      peerTimeout = time;
      return this;
    }

    /**
     * Encrypts connections over TCP with this context: it proves who this side is by its keys, and
     * says whom it trusts. As {@link Tls#of} has it: the connecting side checks the listener's
     * certificate and that it is for the host name of the address; who connects need not have one.
     */
    public Builder tls(SSLContext context) {
      return tls(Tls.of(context));
    }

    /** Encrypts connections over TCP. */
    public Builder tls(Tls how) {
      tls = how;
      return this;
    }

    /**
     * The options.
     *
     * @throws IllegalArgumentException if some make no sense; all are named in the message
     */
    public TransportOptions build() {
      return new TransportOptions(
          maxFrame,
          bufferBytes,
          checksum,
          allowRemote,
          backlog,
          handshakeTimeout,
          spin,
          linger,
          peerTimeout,
          tls);
    }
  }
}
