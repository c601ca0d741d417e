// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The memory of a ring of frames with one producer and one consumer at a time: what lies where, and
 * how the two sides see what the other did. {@link RingWriter} is the producer's side, {@link
 * RingReader} the consumer's. The two may be in different processes.
 *
 * <h2>Layout</h2>
 *
 * <p>All numbers are little-endian. Each word that one side writes and the other reads has 128
 * bytes to itself, since processors fetch cache lines in pairs.
 *
 * <pre>
 *    0  head: how many bytes the consumer has freed, ever (long)
 *  128  the consumer sleeps: 1 if the producer has to wake it (int)
 *  256  the producer waits: 1 if the consumer has to wake it (int)
 *  384  the state of the producing side: {@link #OPEN}, {@link #BYE}, or a reason (int)
 *  512  the records
 * </pre>
 *
 * <p>A record begins at a multiple of 8: a word (the kind in the high 4 bits, the length in the
 * other 28), the checksum of the payload mixed with that word, the payload, and up to 7 bytes of
 * padding. No record wraps around; if the rest of the ring is too short a {@link #PAD} fills it.
 *
 * <h2>Publication</h2>
 *
 * <p>The word is the flag: while it is 0 there is no record. The producer writes everything of a
 * record, and zeroes the word <em>after</em> it, before it writes the word with release; the
 * consumer reads it with acquire. So it never reads a word that is left from the last lap, and
 * there is no tail for the two to share. Of several records written at once the first word is
 * written last.
 *
 * <h2>Sleeping</h2>
 *
 * <p>Who has nothing to do announces that it sleeps, passes a full fence, looks once more, and then
 * sleeps. Who has published passes a full fence, and then looks whether the other one sleeps. Of
 * the two fences one is the first in the order of fences: if it is the sleeper's, the other side
 * sees the announcement; if not, the sleeper sees the record (Dekker's argument: a store, a fence,
 * a load, on both sides). Whoever finds the announcement takes it down <em>and then</em> wakes the
 * sleeper, who announces anew, and looks anew, each time before it sleeps: so an announcement that
 * is taken down by mistake, since it was already the next one, is always followed by a wake-up.
 *
 * <p>Source: the ring is that of Lamport (1977) with the flag in the slot as in FastForward
 * (Giacomoni, Moseley, Vachharajani, PPoPP 2008), for records of any length.
 */
final class ByteRing {
  static final int HEAD = 0;
  static final int CONSUMER_SLEEPS = 128;
  static final int PRODUCER_WAITS = 256;
  static final int STATE = 384;
  static final int DATA = 512;

  static final int OPEN = 0;
  static final int BYE = 1;
  static final int CORRUPT = 2;
  static final int TOO_LARGE = 3;

  static final int HEAD_BYTES = 8;
  static final int LENGTH_BITS = 28;
  static final int LENGTH_MASK = (1 << LENGTH_BITS) - 1;

  /** A frame. */
  static final int FRAME = 1;

  /** Nothing up to the end of the ring; never on a wire. */
  static final int PAD = 2;

  /** The producer sends no more frames. */
  static final int END = 3;

  /** The producing side is about to leave, and why: the length is its state. Only on a wire. */
  static final int LEAVE = 4;

  /**
   * Room that frames leave free for one {@link #END} and one {@link #LEAVE}, and the zero after.
   */
  static final int RESERVE = 3 * HEAD_BYTES;

  private static final VarHandle INT =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  final ByteBuffer memory;
  final int capacity;

  /**
   * A ring in memory that is zeroed, or was used by a ring before.
   *
   * @param memory direct, aligned to 8 bytes, of {@link #DATA} bytes more than a power of two
   */
  ByteRing(ByteBuffer memory) {
    this.memory = memory;
    this.capacity = memory.capacity() - DATA;
    if (Integer.bitCount(capacity) != 1
        || !memory.isDirect()
        || memory.alignmentOffset(0, 8) != 0) {
      throw new IllegalArgumentException("not fit for a ring: " + memory);
    }
  }

  /** A ring in memory of its own. */
  static ByteRing allocate(int capacity) {
    // A cache line more, of which the unaligned ends are cut off.
    return new ByteRing(
        ByteBuffer.allocateDirect(DATA + capacity + 128)
            .alignedSlice(64)
            .slice(0, DATA + capacity));
  }

  static int word(int kind, int length) {
    return kind << LENGTH_BITS | length;
  }

  static int kind(int word) {
    return word >>> LENGTH_BITS;
  }

  static int length(int word) {
    return word & LENGTH_MASK;
  }

  /** How much of the ring a record with {@code length} bytes of payload takes. */
  static int size(int length) {
    return (HEAD_BYTES + length + 7) & -8;
  }

  /** Where in the memory the byte with this number lies. */
  int at(long position) {
    return DATA + (int) (position & (capacity - 1));
  }

  /** How much there is from this position to the end of the ring. */
  int toEnd(long position) {
    return capacity - (int) (position & (capacity - 1));
  }

  int get(int offset) {
    return (int) INT.get(memory, offset);
  }

  void set(int offset, int value) {
    INT.set(memory, offset, value);
  }

  int getAcquire(int offset) {
    return (int) INT.getAcquire(memory, offset);
  }

  void setRelease(int offset, int value) {
    INT.setRelease(memory, offset, value);
  }

  long head() {
    return (long) LONG.getAcquire(memory, HEAD);
  }

  void head(long value) {
    LONG.setRelease(memory, HEAD, value);
  }

  /** Announces that one side sleeps: before it looks for the last time. */
  void announce(int flag) {
    INT.setVolatile(memory, flag, 1);
    VarHandle.fullFence();
  }

  void withdraw(int flag) {
    INT.setRelease(memory, flag, 0);
  }

  /** Whether the other side sleeps and is to be woken by the caller, who has just published. */
  boolean takeAnnouncement(int flag) {
    VarHandle.fullFence();
    if ((int) INT.getOpaque(memory, flag) == 0) {
      return false;
    }
    INT.setVolatile(memory, flag, 0);
    return true;
  }
}
