// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A frame of a {@link ReliableChannel}, big-endian:
 *
 * <pre>
 *  0  CRC32C of all that follows
 *  4  0xC7, kind, flags, number of words of the bitmap
 *  8  who sends it: a random number, other than 0, that each end has for its life
 * 16  for whom it is: that of the other side, 0 if it is not known yet
 * 24  the number of this transmission
 * 32  the number of the latest transmission that has come from the other side
 * 40  the number of the message (DATA, END), or of the last one (BYE)
 * 48  all messages up to this number have come
 * 56  messages up to this number have room
 * 64  the bitmap: bit i of word w says that message (48) + 1 + 64 w + i has come
 *     the payload (DATA)
 * </pre>
 *
 * <p>Flags: 1, it wants an answer; 2, it is one; 4, its sender takes no more messages in, so what
 * this frame says of those that have come stays as it is. An end of a version that does not know
 * the last flag takes no notice of it, and never sets it.
 *
 * <p>What is not right is damage, and is dropped: the transport may do anything with frames.
 */
@SuppressWarnings("ArrayRecordComponent") // made for one frame, and never compared
record ReliableFrame(
    byte kind,
    boolean wantsAnswer,
    boolean isAnswer,
    boolean receivesNoMore,
    long from,
    long to,
    long transmission,
    long echo,
    long number,
    long acknowledged,
    long limit,
    long[] bitmap,
    ByteBuffer payload) {
  static final byte DATA = 1;
  static final byte END = 2;
  static final byte ACK = 3;
  static final byte BYE = 4;
  static final byte BYE_ACK = 5;

  static final int HEAD = 64;
  private static final byte MAGIC = (byte) 0xC7;
  private static final int WANTS_ANSWER = 1;
  private static final int IS_ANSWER = 2;
  private static final int RECEIVES_NO_MORE = 4;
  private static final int BITMAP_SHIFT = 3; // words to bytes

  /** How long the head gets at most with this window. */
  static int headFor(int window) {
    return HEAD + words(window) * Long.BYTES;
  }

  private static int words(int window) {
    return (window + Long.SIZE - 1) / Long.SIZE;
  }

  /** What came, or null if it is damaged. The payload is a view of {@code frame}. */
  static @Nullable ReliableFrame parse(ByteBuffer frame) {
    int length = frame.remaining();
    if (length < HEAD || frame.get(4) != MAGIC) {
      return null;
    }
    CRC32C crc = new CRC32C();
    crc.update(frame.slice(4, length - 4));
    int words = frame.get(7) & 0xFF;
    int head = HEAD + (words << BITMAP_SHIFT);
    if ((int) crc.getValue() != frame.getInt(0) || length < head) {
      return null;
    }
    long[] bitmap = new long[words];
    for (int i = 0; i < words; i++) {
      bitmap[i] = frame.getLong(HEAD + (i << BITMAP_SHIFT));
    }
    return new ReliableFrame(
        frame.get(5),
        (frame.get(6) & WANTS_ANSWER) != 0,
        (frame.get(6) & IS_ANSWER) != 0,
        (frame.get(6) & RECEIVES_NO_MORE) != 0,
        frame.getLong(8),
        frame.getLong(16),
        frame.getLong(24),
        frame.getLong(32),
        frame.getLong(40),
        frame.getLong(48),
        frame.getLong(56),
        bitmap,
        frame.slice(head, length - head));
  }

  /** Writes it into {@code out} from 0 on, and leaves that ready to be sent. */
  void write(ByteBuffer out) {
    int flags =
        (wantsAnswer ? WANTS_ANSWER : 0)
            | (isAnswer ? IS_ANSWER : 0)
            | (receivesNoMore ? RECEIVES_NO_MORE : 0);
    out.clear().putInt(0).put(MAGIC).put(kind).put((byte) flags).put((byte) bitmap.length);
    out.putLong(from).putLong(to).putLong(transmission).putLong(echo).putLong(number);
    out.putLong(acknowledged).putLong(limit);
    for (long word : bitmap) {
      out.putLong(word);
    }
    out.put(payload.duplicate()).flip();
    CRC32C crc = new CRC32C();
    crc.update(out.slice(4, out.limit() - 4));
    out.putInt(0, (int) crc.getValue());
  }
}
