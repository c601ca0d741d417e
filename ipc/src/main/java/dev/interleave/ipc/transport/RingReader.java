// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The consumer's side of a {@link ByteRing}. Used by one thread at a time.
 *
 * <p>What it has consumed it gives back in parts of an eighth of the ring, as each time costs a
 * cache line of the producer's. That keeps nobody waiting for ever: who waits for room needs less
 * than seven eighths (a frame is at most a quarter, and so is what is lost at the end of the ring),
 * and has that before all is consumed.
 */
final class RingReader {
  private final ByteRing ring;
  private final @Nullable Checksum checksum;
  private final ByteBuffer readOnly;
  private final int maxFrame;
  private final int part;

  /** How many bytes have been consumed, ever. */
  private long position;

  /** How many of them the producer knows of. */
  private long freed;

  /** How far a run of records reaches; only if runs are asked for. */
  private long runEnd;

  private int word;

  RingReader(ByteRing ring, boolean checked, int maxFrame) {
    this.ring = ring;
    this.checksum = checked ? new Checksum(ring.memory) : null;
    this.readOnly = ring.memory.asReadOnlyBuffer();
    this.maxFrame = maxFrame;
    this.part = ring.capacity / 8;
  }

  /** Whether there is a record. */
  boolean isReady() {
    return ring.getAcquire(ring.at(position)) != 0;
  }

  /**
   * Looks at the next record.
   *
   * @return {@link ByteRing#FRAME}, {@link ByteRing#END} or 0 if there is none
   * @throws BadRecord if it is neither
   */
  int peek() throws BadRecord {
    int next = ring.getAcquire(ring.at(position));
    if (next == 0) {
      return 0;
    }
    if (next == ByteRing.word(ByteRing.PAD, 0)) {
      position += ring.toEnd(position);
      next = ring.getAcquire(ring.at(position));
      if (next == 0) {
        return 0; // there was room for a frame, and it was not sent
      }
    }
    word = next;
    return switch (ByteRing.kind(next)) {
      case ByteRing.FRAME -> checkFrame(next);
      case ByteRing.END -> ByteRing.END;
      default -> throw BadRecord.corrupt("no record begins with " + Integer.toHexString(next));
    };
  }

  private int checkFrame(int next) throws BadRecord {
    int length = ByteRing.length(next);
    if (length > maxFrame) {
      throw BadRecord.tooLarge(length, maxFrame);
    }
    if (ByteRing.size(length) > ring.toEnd(position)) {
      throw BadRecord.corrupt("a frame of " + length + " bytes reaches beyond the ring");
    }
    int at = ring.at(position);
    if (checksum != null && checksum.of(next, at + ByteRing.HEAD_BYTES) != ring.get(at + 4)) {
      throw BadRecord.corrupt("the checksum of a frame of " + length + " bytes is wrong");
    }
    return ByteRing.FRAME;
  }

  /** The frame that {@link #peek} has found. */
  ByteBuffer frame() {
    return readOnly.slice(ring.at(position) + ByteRing.HEAD_BYTES, ByteRing.length(word));
  }

  /**
   * Frees what {@link #peek} has found.
   *
   * @return whether the producer can see that it has more room
   */
  boolean consume() {
    position +=
        ByteRing.kind(word) == ByteRing.FRAME
            ? ByteRing.size(ByteRing.length(word))
            : ByteRing.HEAD_BYTES;
    return position - freed >= part && free();
  }

  /** Lets the producer have all that was consumed; false if it has. */
  boolean free() {
    if (position == freed) {
      return false;
    }
    freed = position;
    ring.head(position);
    return true;
  }

  /**
   * The bytes of the published records that follow each other, without what fills the end of the
   * ring: what a wire takes. Empty if there are none.
   */
  ByteBuffer run() {
    if (position == runEnd
        && ring.getAcquire(ring.at(position)) == ByteRing.word(ByteRing.PAD, 0)) {
      position += ring.toEnd(position);
      runEnd = position;
    }
    long end = position - (position & (ring.capacity - 1)) + ring.capacity;
    while (runEnd < end) {
      int next = ring.getAcquire(ring.at(runEnd));
      if (next == 0 || next == ByteRing.word(ByteRing.PAD, 0)) {
        break;
      }
      runEnd +=
          ByteRing.kind(next) == ByteRing.FRAME
              ? ByteRing.size(ByteRing.length(next))
              : ByteRing.HEAD_BYTES;
    }
    return readOnly.slice(ring.at(position), (int) (runEnd - position));
  }

  /** That much of the {@link #run} is gone. */
  void advance(int bytes) {
    position += bytes;
  }
}
