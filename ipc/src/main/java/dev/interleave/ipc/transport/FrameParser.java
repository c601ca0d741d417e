// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Takes the bytes that come over a wire apart into records, and puts these into a ring; what is
 * claimed to be longer than agreed gets no memory, since there is none but the ring. Used by one
 * thread.
 */
final class FrameParser {
  /** Where it stands after a call. */
  enum State {
    /** All is used up. */
    HUNGRY,
    /** The ring has no room for the next frame: to be called again when it has. */
    BLOCKED,
    /** The other side leaves, as it says: {@link #reason()}. */
    LEFT
  }

  private final RingWriter into;
  private final @Nullable Checksum checksum;
  private final int maxFrame;

  /** The frame that is being filled: its word, or 0 if there is none. */
  private int word;

  private int expected;
  private int offset;
  private int filled;

  /** Padding that is still to come. */
  private int padding;

  private boolean ended;
  private int reason;

  FrameParser(ByteRing ring, RingWriter into, boolean checked, int maxFrame) {
    this.into = into;
    this.checksum = checked ? new Checksum(ring.memory) : null;
    this.maxFrame = maxFrame;
  }

  /**
   * Goes on with these bytes; little-endian. What is published is for the caller to do.
   *
   * @throws BadRecord if they are not what may come
   */
  State parse(ByteBuffer bytes) throws BadRecord {
    while (true) {
      if (word != 0) {
        fill(bytes);
        if (word != 0) {
          return State.HUNGRY;
        }
      }
      if (padding > 0) {
        int skipped = Math.min(padding, bytes.remaining());
        bytes.position(bytes.position() + skipped);
        padding -= skipped;
      }
      if (padding > 0 || bytes.remaining() < ByteRing.HEAD_BYTES) {
        return State.HUNGRY;
      }
      int next = bytes.getInt(bytes.position());
      switch (ByteRing.kind(next)) {
        case ByteRing.FRAME -> {
          if (!begin(next, bytes.getInt(bytes.position() + 4))) {
            return State.BLOCKED;
          }
        }
        case ByteRing.END -> end();
        case ByteRing.LEAVE -> {
          reason = ByteRing.length(next);
          return State.LEFT;
        }
        default -> throw BadRecord.corrupt("no record begins with " + Integer.toHexString(next));
      }
      bytes.position(bytes.position() + ByteRing.HEAD_BYTES);
    }
  }

  private boolean begin(int next, int sum) throws BadRecord {
    int length = ByteRing.length(next);
    if (ended) {
      throw BadRecord.corrupt("a frame of " + length + " bytes after the end");
    }
    if (length > maxFrame) {
      throw BadRecord.tooLarge(length, maxFrame);
    }
    int place = into.claim(length);
    if (place < 0) {
      return false;
    }
    word = next;
    expected = sum;
    offset = place;
    filled = 0;
    return true;
  }

  private void fill(ByteBuffer bytes) throws BadRecord {
    int length = ByteRing.length(word);
    int more = Math.min(bytes.remaining(), length - filled);
    ByteBuffer part = bytes.slice(bytes.position(), more);
    into.fill(offset + filled, part);
    bytes.position(bytes.position() + more);
    filled += more;
    if (filled < length) {
      return;
    }
    if (checksum != null && checksum.of(word, offset) != expected) {
      throw BadRecord.corrupt("the checksum of a frame of " + length + " bytes is wrong");
    }
    into.finish(length);
    word = 0;
    padding = ByteRing.size(length) - ByteRing.HEAD_BYTES - length;
  }

  private void end() throws BadRecord {
    if (ended) {
      throw BadRecord.corrupt("a second end");
    }
    ended = true;
    into.control(ByteRing.END, 0);
  }

  /** Whether there is room now for what it could not put. */
  boolean canGoOn(ByteBuffer bytes) {
    return into.hasRoom(ByteRing.length(bytes.getInt(bytes.position())));
  }

  /** What has come of a frame that is not whole; empty if nothing has. */
  String halfFrame() {
    return word == 0
        ? ""
        : ", in the middle of a frame: " + filled + " of " + ByteRing.length(word) + " bytes";
  }

  /** Why the other side leaves: its state, of {@link ByteRing}. */
  int reason() {
    return reason;
  }
}
