// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What each message over a broker begins with: 48 bytes, little-endian.
 *
 * <pre>
 *   0  "ILJ", 3 bytes
 *   3  the kind, 1 byte
 *   4  zero, 4 bytes
 *   8  the id of the conversation, 16 bytes
 *  24  the number of this message of data, or of the next one, 8 bytes
 *  32  how many bytes of records have arrived from the other side, ever, 8 bytes
 *  40  how many bytes of records the other side may have sent, ever, 8 bytes; in the messages that
 *      begin a conversation, after how many nanoseconds of silence the sender takes it for dead
 * </pre>
 *
 * @param sequence the number of this message of data, or of the next one
 * @param arrived how many bytes of records have arrived from whom this is for
 * @param limit how many bytes of records that one may have sent, in all; or how long it may be
 *     silent
 */
record JmsHead(byte kind, UUID conversation, long sequence, long arrived, long limit) {
  static final int BYTES = 48;

  /** To the queue at which others listen; a {@link Hello} follows. */
  static final byte CONNECT = 1;

  /** The answer of who listens; a {@link Hello} follows. */
  static final byte ACCEPT = 2;

  /** Who connects has got the answer. */
  static final byte CONFIRM = 3;

  /** Bytes of records follow, as they go over a socket, too. */
  static final byte DATA = 4;

  /** How things are: nothing follows. It shows that the sender lives. */
  static final byte STATE = 5;

  /** The sender ends the conversation, and something that it had sent is lost. */
  static final byte GONE = 6;

  private static final int MARK = 'I' | 'L' << 8 | 'J' << 16;

  void encode(ByteBuffer into) {
    into.order(ByteOrder.LITTLE_ENDIAN).putInt(MARK | kind << 24).putInt(0);
    into.putLong(conversation.getMostSignificantBits());
    into.putLong(conversation.getLeastSignificantBits());
    into.putLong(sequence).putLong(arrived).putLong(limit);
  }

  /** The head of a message, and the rest left in the buffer; null if it is none of ours. */
  static @Nullable JmsHead decode(ByteBuffer from) {
    if (from.remaining() < BYTES) {
      return null;
    }
    from.order(ByteOrder.LITTLE_ENDIAN);
    int first = from.getInt();
    byte kind = (byte) (first >>> 24);
    if ((first & 0xFFFFFF) != MARK || from.getInt() != 0 || kind < CONNECT || kind > GONE) {
      return null;
    }
    UUID conversation = new UUID(from.getLong(), from.getLong());
    return new JmsHead(kind, conversation, from.getLong(), from.getLong(), from.getLong());
  }
}
