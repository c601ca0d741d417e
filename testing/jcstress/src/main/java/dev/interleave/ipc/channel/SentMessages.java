// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import java.nio.ByteBuffer;

/** What was sent and is not acknowledged, in a time of its own. */
final class SentMessages {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Outbox outbox;

  /** As many messages, of which none was sent yet. */
  SentMessages(int count, long leastNanos, long mostNanos) {
    outbox = new Outbox(count, new RoundTrip(leastNanos, mostNanos));
    for (int i = 0; i < count; i++) {
      outbox.add(NOTHING);
    }
  }

  /** The other side has all up to {@code number}, and room up to {@code limit}. */
  void acknowledge(long number, long limit) {
    boolean unused =
        outbox.acknowledge(
            new ReliableFrame(
                ReliableFrame.ACK,
                false,
                true,
                false,
                1,
                2,
                1,
                0,
                0,
                number,
                limit,
                new long[0],
                NOTHING),
            0);
  }

  /** Sends all that is due; how many these are. */
  int send(long now) {
    int count = 0;
    for (Outbox.Item item = outbox.next(now); item != null; item = outbox.next(now)) {
      outbox.sent(item, outbox.transmit(now), now);
      count++;
    }
    return count;
  }
}
