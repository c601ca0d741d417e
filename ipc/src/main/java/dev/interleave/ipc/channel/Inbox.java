// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What has come over a reliable channel and was not received yet, by number, with the gaps that are
 * to be filled; up to {@code window} messages beyond what was received. Guarded by the lock of the
 * channel.
 */
final class Inbox {
  /** What became of a message that came. */
  enum Arrival {
    IN_ORDER,
    EARLY,
    AGAIN,
    BEYOND
  }

  private final int window;
  private final @Nullable ByteBuffer[] slots;

  /** All up to here have been received. */
  private long taken;

  /** The first that is missing. */
  private long expected = 1;

  /** The highest that has come. */
  private long highest;

  private long end;

  Inbox(int window) {
    this.window = window;
    slots = new ByteBuffer[window];
  }

  private int slot(long number) {
    return (int) (number % window);
  }

  /** Whether it is one that has not come, and for which there is room. */
  Arrival look(long number) {
    if (number < 1 || (end != 0 && number >= end)) {
      throw new Breach(
          "sends message " + number + (end == 0 ? "" : ", and " + end + " is the end"));
    }
    if (number < expected) {
      return Arrival.AGAIN;
    }
    if (number > taken + window) {
      return Arrival.BEYOND;
    }
    return slots[slot(number)] != null
        ? Arrival.AGAIN
        : number == expected ? Arrival.IN_ORDER : Arrival.EARLY;
  }

  /** Takes one in for which there is room. */
  void put(long number, ByteBuffer payload) {
    slots[slot(number)] = payload;
    highest = Math.max(highest, number);
    while (expected <= taken + window && slots[slot(expected)] != null) {
      expected++;
    }
  }

  /** This is the number behind the last message. */
  void end(long number) {
    if ((end != 0 && end != number) || number <= highest || number > taken + window + 1) {
      throw new Breach(
          "ends at "
              + number
              + (end == 0 ? ", and " + highest + " has come" : ", and ended at " + end));
    }
    end = number;
  }

  /** The next message in order, or null if it has not come. */
  @Nullable ByteBuffer take() {
    if (taken + 1 == expected) {
      return null;
    }
    taken++;
    ByteBuffer next = slots[slot(taken)];
    slots[slot(taken)] = null;
    return next;
  }

  boolean hasNext() {
    return taken + 1 < expected;
  }

  /** Whether all messages have been received, and there will be no more. */
  boolean isAtEnd() {
    return taken + 1 == end;
  }

  /** How many are missing before this number. */
  long missingBefore(long number) {
    return number - expected;
  }

  /** How many can be received at once. */
  int waiting() {
    return (int) (expected - 1 - taken);
  }

  /** How many are here, those behind a gap included. */
  int size() {
    int size = 0;
    for (ByteBuffer slot : slots) {
      size += slot == null ? 0 : 1;
    }
    return size;
  }

  /** All up to here have come; the end counts as one. */
  long acknowledged() {
    return expected == end ? end : expected - 1;
  }

  /** There is room up to here. */
  long limit() {
    return taken + window;
  }

  /** Which have come beyond what is acknowledged, as {@link ReliableFrame} has it. */
  long[] bitmap() {
    if (highest <= expected) {
      return new long[0];
    }
    long[] bitmap = new long[(int) ((highest - expected) / Long.SIZE) + 1];
    for (long number = expected + 1; number <= highest; number++) {
      if (slots[slot(number)] != null) {
        int bit = (int) (number - expected);
        bitmap[bit / Long.SIZE] |= 1L << bit; // by its lowest six bits
      }
    }
    return bitmap;
  }
}
