// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import java.util.concurrent.atomic.LongAdder;

/** The other end is an object in this JVM, and is told by a call. */
final class MemoryLink implements Link {
  private final ByteRing out;
  private final ByteRing in;
  private final LongAdder wakeUps = new LongAdder();

  /** Set before either end is handed out. */
  @SuppressWarnings("NullAway.Init")
  private RingConnection other;

  private MemoryLink(ByteRing out, ByteRing in) {
    this.out = out;
    this.in = in;
  }

  /** The two ends of a connection. */
  record Pair(RingConnection connecting, RingConnection accepted) {}

  static Pair pair(String name, TransportOptions connecting, TransportOptions listening) {
    int maxFrame = Math.min(connecting.maxFrame(), listening.maxFrame());
    int bufferBytes = listening.bufferBytes();
    ByteRing there = ByteRing.allocate(bufferBytes);
    ByteRing back = ByteRing.allocate(bufferBytes);
    Peer self = new Peer(name, ProcessHandle.current().pid());
    MemoryLink one = new MemoryLink(there, back);
    MemoryLink two = new MemoryLink(back, there);
    String first = ConnectionNames.next(name);
    two.other =
        new RingConnection(
            first, self, maxFrame, there, back, false, false, connecting.spin(), one);
    String second = ConnectionNames.next(name);
    one.other =
        new RingConnection(
            second, self, maxFrame, back, there, false, false, listening.spin(), two);
    return new Pair(two.other, one.other);
  }

  @Override
  public void published() {
    if (out.takeAnnouncement(ByteRing.CONSUMER_SLEEPS)) {
      wakeUps.increment();
      other.wakeReceiver();
    }
  }

  @Override
  public void freed() {
    if (in.takeAnnouncement(ByteRing.PRODUCER_WAITS)) {
      wakeUps.increment();
      other.wakeSender();
    }
  }

  @Override
  public void leave(int state) {
    if (state == ByteRing.BYE) {
      other.peerLeft();
    } else {
      other.peerFailed(Reasons.of(state, other.name()));
    }
  }

  @Override
  public long close() {
    return 0;
  }

  @Override
  public long wakeUps() {
    return wakeUps.sum();
  }
}
