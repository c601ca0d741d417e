// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a {@link RingConnection} ends, by whom and why: what the link tells of the peer, what is
 * wrong, and to close it.
 *
 * <p>Thread-safe, without a lock of its own. Each fact is written down once and never taken back;
 * who writes one down wakes, after that, those who wait. The facts are fields of the connection
 * itself, which looks at them with each frame.
 */
abstract class RingLife implements Connection {
  final String name;
  final Peer peer;
  final Link link;

  /** It is closed here. */
  final AtomicBoolean closing = new AtomicBoolean();

  /** Why it cannot go on, or null; the first reason stays. */
  final AtomicReference<@Nullable Supplier<TransportException>> failure = new AtomicReference<>();

  /** The other side has closed, in order. */
  volatile boolean peerLeft;

  private final AtomicBoolean left = new AtomicBoolean();
  private volatile long bytesDiscarded;

  RingLife(String name, Peer peer, Link link) {
    this.name = name;
    this.peer = peer;
    this.link = link;
  }

  /** Those who wait on either side look again. */
  abstract void wakeAll();

  /** Nothing more is sent, and those who waited to send have let go: puts the end, if it can. */
  abstract void endSending();

  // ------------------------------------------------------------------ what is known

  /** Whether those who wait on either side have to look why. */
  final boolean isOver() {
    return peerLeft || closing.get() || failure.get() != null;
  }

  final void throwFailure() throws TransportException {
    Supplier<TransportException> why = failure.get();
    if (why != null) {
      throw why.get();
    }
  }

  @Override
  public final boolean isClosed() {
    return closing.get() || failure.get() != null;
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final Peer peer() {
    return peer;
  }

  /** How many bytes the peer did not take before this was closed. */
  final long bytesDiscarded() {
    return bytesDiscarded;
  }

  // ------------------------------------------------------------------ what happens

  /** The other side has closed, in order. All that it had sent is in the ring. */
  final void peerLeft() {
    peerLeft = true;
    wakeAll();
  }

  /** The other side has given up, or is gone. All that it had sent is in the ring. */
  final void peerFailed(Supplier<TransportException> why) {
    if (failure.compareAndSet(null, why)) {
      wakeAll();
    }
  }

  /** What came in is wrong: it is over for both sides. */
  final void fail(BadRecord bad) {
    String message = name + ": " + bad.getMessage();
    boolean tooLarge = bad.reason == ByteRing.TOO_LARGE;
    if (failure.compareAndSet(
        null,
        () ->
            tooLarge ? new FrameTooLargeException(message) : new CorruptFrameException(message))) {
      log().warn("Connection with {} ends: {}", peer, message);
      leave(bad.reason);
      wakeAll();
    }
  }

  /** Asked for when there is something to say, as in {@link Opening}. */
  private static Logger log() {
    return LoggerFactory.getLogger(Connection.class);
  }

  private void leave(int state) {
    if (left.compareAndSet(false, true)) {
      link.leave(state);
    }
  }

  @Override
  public final void close() {
    if (!closeLater()) {
      return;
    }
    long lost = link.close();
    if (lost > 0) {
      bytesDiscarded = lost;
      log().warn("{} was closed with {} bytes that {} did not take", name, lost, peer);
    }
  }

  /** Closes, and waits for nothing; false if it was closed before. */
  final boolean closeLater() {
    if (!closing.compareAndSet(false, true)) {
      return false;
    }
    wakeAll();
    endSending();
    leave(ByteRing.BYE);
    return true;
  }

  /** For messages: its name, its peer, and whether it is closed. */
  @Override
  public final String toString() {
    return name + " with " + peer + (isClosed() ? ", closed" : "");
  }
}
