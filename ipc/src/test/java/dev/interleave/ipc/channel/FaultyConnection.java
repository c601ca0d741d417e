// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.Connection;
import dev.interleave.ipc.transport.TransportException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;

/**
 * A connection that loses, damages, doubles and reorders what is sent, at given rates and by a
 * given seed. All else is that of the connection below.
 */
final class FaultyConnection extends ForwardingConnection {
  /** How many later frames go before one that is held back, at most. */
  private static final int HELD = 8;

  /** Shares of the frames, from 0 to 1. */
  record Rates(double lost, double damaged, double doubled, double reordered) {
    static Rates each(double rate) {
      return new Rates(rate, rate, rate, rate);
    }
  }

  private static final class Held {
    final ByteBuffer frame;
    int left;

    Held(ByteBuffer frame, int left) {
      this.frame = frame;
      this.left = left;
    }
  }

  private final Rates rates;
  private final Random random;
  private final List<Held> held = new ArrayList<>();

  FaultyConnection(Connection below, Rates rates, long seed) {
    super(below);
    this.rates = rates;
    random = new Random(seed);
  }

  /** What becomes of a frame, and which of those held back follow it. */
  private synchronized List<ByteBuffer> struck(ByteBuffer frame) {
    ByteBuffer copy = Frames.copy(frame);
    List<ByteBuffer> out = new ArrayList<>();
    if (random.nextDouble() >= rates.lost) {
      if (random.nextDouble() < rates.damaged && copy.hasRemaining()) {
        damage(copy);
      }
      if (random.nextDouble() < rates.doubled) {
        out.add(copy.duplicate());
      }
      if (random.nextDouble() < rates.reordered) {
        held.add(new Held(copy, 1 + random.nextInt(HELD)));
      } else {
        out.add(copy);
      }
    }
    for (Iterator<Held> each = held.iterator(); each.hasNext(); ) {
      Held waiting = each.next();
      if (waiting.left-- == 0) {
        out.add(waiting.frame);
        each.remove();
      }
    }
    return out;
  }

  /** Turns a bit, or cuts. */
  private void damage(ByteBuffer frame) {
    if (random.nextInt(4) == 0) {
      frame.limit(random.nextInt(frame.limit()));
    } else {
      int at = random.nextInt(frame.limit());
      frame.put(at, (byte) (frame.get(at) ^ (1 << random.nextInt(8))));
    }
  }

  @Override
  public void send(ByteBuffer frame, Deadline deadline)
      throws TransportException, InterruptedException {
    for (ByteBuffer each : struck(frame)) {
      below.send(each, deadline);
    }
    frame.position(frame.limit());
  }

  @Override
  public boolean trySend(ByteBuffer frame) throws TransportException {
    for (ByteBuffer each : struck(frame)) {
      boolean unused = below.trySend(each); // one fault more
    }
    frame.position(frame.limit());
    return true;
  }
}
