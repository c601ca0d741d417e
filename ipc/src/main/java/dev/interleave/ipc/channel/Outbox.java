// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import java.nio.ByteBuffer;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What a reliable channel has to send and what is not acknowledged yet, by number, from 1 on. It
 * holds {@code window} messages, and the end. Guarded by the lock of the channel.
 *
 * <p>A message is sent again when transmissions that are later by {@value #LATER} have arrived and
 * it has not (as in QUIC, RFC 9002, 6.1: the numbers of transmissions, not of messages, are
 * compared, so it works for what was repeated, too), or when the time for an answer is up.
 */
final class Outbox {
  private static final int LATER = 3;

  /** Of how many transmissions the time is known. */
  private static final int TIMES = 1024;

  /** One message, or the end. */
  static final class Item {
    final long number;
    final byte kind;
    ByteBuffer payload;
    private boolean arrived;
    private boolean lost;
    private int attempts;
    private long transmission;
    private long dueAt;

    Item(long number, byte kind, ByteBuffer payload) {
      this.number = number;
      this.kind = kind;
      this.payload = payload;
    }
  }

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final int window;
  private final @Nullable Item[] items;
  private final RoundTrip roundTrip;
  private final long[] sentAt = new long[TIMES];

  private long acknowledged;
  private long last;
  private long unsent = 1; // the first that was never sent
  private long end;
  private long limit;
  private long echoed;
  private long transmissions;
  private long repeated;

  /** Nothing is due before, unless something is known to be lost. */
  private long scanAt;

  private boolean someLost;

  Outbox(int window, RoundTrip roundTrip) {
    this.window = window;
    this.roundTrip = roundTrip;
    items = new Item[window + 1];
  }

  boolean hasRoom() {
    return last - acknowledged < window;
  }

  /** Only if there is room, and no end. */
  void add(ByteBuffer payload) {
    put(new Item(++last, ReliableFrame.DATA, payload));
  }

  /** There will be no more. Nothing if that was said before. */
  void end() {
    if (end == 0) {
      end = ++last;
      put(new Item(last, ReliableFrame.END, NOTHING));
    }
  }

  boolean isEnded() {
    return end != 0;
  }

  /** The number of the last message, or of the end. */
  long last() {
    return last;
  }

  boolean isEmpty() {
    return acknowledged == last;
  }

  boolean isAcknowledged(long number) {
    return acknowledged >= number;
  }

  int size() {
    return (int) (last - acknowledged);
  }

  /** Without the end. */
  int messages() {
    return isEnded() && !isEmpty() ? size() - 1 : size();
  }

  long repeated() {
    return repeated;
  }

  long transmissions() {
    return transmissions;
  }

  private void put(Item item) {
    items[slot(item.number)] = item;
  }

  private Item at(long number) {
    Item item = items[slot(number)];
    if (item == null) {
      throw new AssertionError("no message " + number);
    }
    return item;
  }

  private static int slotOfTime(long transmission) {
    return (int) (transmission % TIMES);
  }

  private int slot(long number) {
    return (int) (number % items.length);
  }

  /** What is to be sent now, or null. Older ones first: they hold up the others. */
  @Nullable Item next(long now) {
    if (someLost || scanAt - now <= 0) {
      Item due = scan(now);
      if (due != null) {
        return due;
      }
    }
    if (unsent > last) {
      return null;
    }
    Item fresh = at(unsent);
    return unsent <= limit || fresh.kind == ReliableFrame.END ? fresh : null;
  }

  private @Nullable Item scan(long now) {
    long earliest = now + Long.MAX_VALUE / 2;
    for (long number = acknowledged + 1; number < unsent; number++) {
      Item item = at(number);
      if (!item.arrived) {
        if (item.lost || item.dueAt - now <= 0) {
          return item;
        }
        earliest = earliest - item.dueAt > 0 ? item.dueAt : earliest;
      }
    }
    someLost = false;
    scanAt = earliest;
    return null;
  }

  /** How long until something may be due, in nanoseconds; it is at least 1. */
  long nanosUntilDue(long now) {
    return acknowledged + 1 == unsent ? Long.MAX_VALUE : Math.max(1, scanAt - now);
  }

  /** A transmission of any kind begins now; its number. */
  long transmit(long now) {
    transmissions++;
    sentAt[slotOfTime(transmissions)] = now;
    return transmissions;
  }

  /** It is about to be sent, as this transmission. */
  void sent(Item item, long transmission, long now) {
    if (item.number == unsent) {
      unsent++;
    } else {
      repeated++;
    }
    item.transmission = transmission;
    item.lost = false;
    item.attempts++;
    long timeout = roundTrip.timeoutNanos(item.attempts);
    item.dueAt = now + timeout + ThreadLocalRandom.current().nextLong(timeout / 4 + 1);
    boolean alone = item.number == acknowledged + 1 && unsent == item.number + 1;
    if (alone || scanAt - item.dueAt > 0) {
      scanAt = item.dueAt;
    }
  }

  /** Whether it has something to send that the other side has no room for, as far as is known. */
  boolean isHeldUp() {
    return unsent <= last
        && acknowledged + 1 == unsent
        && unsent > limit
        && at(unsent).kind == ReliableFrame.DATA;
  }

  /** Whatever was on its way is lost, or as good as lost. */
  void connectionLost() {
    for (long number = acknowledged + 1; number < unsent; number++) {
      Item item = at(number);
      item.lost = true;
      item.attempts = 0;
    }
    someLost = true;
  }

  /**
   * What the other side says it has.
   *
   * @return whether messages have been acknowledged up to a higher number
   * @throws Breach if it cannot have that
   */
  boolean acknowledge(ReliableFrame frame, long now) {
    if (frame.acknowledged() < 0
        || frame.acknowledged() >= unsent
        || frame.echo() > transmissions) {
      throw new Breach(
          "acknowledges message "
              + frame.acknowledged()
              + " and transmission "
              + frame.echo()
              + ", but "
              + (unsent - 1)
              + " and "
              + transmissions
              + " were the last");
    }
    mark(frame);
    boolean more = frame.acknowledged() > acknowledged;
    while (acknowledged < frame.acknowledged()) {
      items[slot(++acknowledged)] = null;
    }
    limit = Math.max(limit, frame.limit());
    if (frame.echo() > echoed) {
      echoed = frame.echo();
      if (frame.isAnswer() && transmissions - echoed < TIMES) {
        roundTrip.sample(now - sentAt[slotOfTime(echoed)]);
      }
      findLost();
    }
    return more;
  }

  private void mark(ReliableFrame frame) {
    long base = frame.acknowledged() + 1;
    for (long word : frame.bitmap()) {
      for (long rest = word; rest != 0; rest &= rest - 1) {
        long number = base + Long.numberOfTrailingZeros(rest);
        if (number < 0 || number >= unsent) {
          throw new Breach("acknowledges message " + number + ", which was not sent");
        }
        if (number > acknowledged) {
          Item item = at(number);
          item.arrived = true;
          item.payload = NOTHING;
        }
      }
      base += Long.SIZE;
    }
  }

  private void findLost() {
    for (long number = acknowledged + 1; number < unsent; number++) {
      Item item = at(number);
      if (!item.arrived && item.transmission <= echoed - LATER) {
        item.lost = true;
        someLost = true;
      }
    }
  }
}
