// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import jakarta.jms.BytesMessage;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * A message that has come from a broker, if it is one of ours.
 *
 * @param payload what follows the head; little-endian
 * @param replyTo where the other side waits for an answer, if it has said so
 */
record JmsLetter(JmsHead head, ByteBuffer payload, @Nullable Destination replyTo) {
  /** The most that one carries. Well below what providers treat as large, which goes to files. */
  static final int MOST = 1 << 16;

  /** Null if it is none of ours. What is too large gets no memory. */
  static @Nullable JmsLetter of(Message message) throws JMSException {
    if (!(message instanceof BytesMessage bytes)) {
      return null;
    }
    long length = bytes.getBodyLength();
    if (length > JmsHead.BYTES + MOST) {
      return null;
    }
    byte[] body = new byte[(int) length];
    if (bytes.readBytes(body) != length) {
      return null;
    }
    ByteBuffer buffer = ByteBuffer.wrap(body);
    JmsHead head = JmsHead.decode(buffer);
    return head == null
        ? null
        : new JmsLetter(
            head, buffer.slice().order(ByteOrder.LITTLE_ENDIAN), message.getJMSReplyTo());
  }
}
