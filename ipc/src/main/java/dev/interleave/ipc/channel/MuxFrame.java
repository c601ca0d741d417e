// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The frames of a {@link Multiplexer}, big-endian: kind, who opened the channel (1: who sends this
 * frame), the number of the channel, and then, for OPEN, the window of who sends it and the label;
 * for ACCEPT, the window; for REFUSE, the reason; for CREDIT, the amount; for DATA, the payload.
 */
final class MuxFrame {
  static final byte OPEN = 1;
  static final byte ACCEPT = 2;
  static final byte REFUSE = 3;
  static final byte DATA = 4;
  static final byte END = 5;
  static final byte RESET = 6;
  static final byte CREDIT = 7;
  static final byte GOODBYE = 8;

  static final int HEAD = 6;
  static final int MOST_LABEL = 200;

  /** With room for the longest label. */
  static final int LEAST_FRAME = 256;

  static final int LEAST_WINDOW = 1 << 10;
  static final int MOST_WINDOW = 1 << 24;

  /** What a frame costs besides its length, so that empty ones are bounded, too. */
  static final int OVERHEAD = 32;

  private MuxFrame() {}

  static int cost(ByteBuffer payload) {
    return payload.remaining() + OVERHEAD;
  }

  static ByteBuffer begin(ByteBuffer out, byte kind, boolean mine, int id) {
    return out.clear().put(kind).put((byte) (mine ? 1 : 0)).putInt(id);
  }

  static int window(ByteBuffer frame) {
    int window = number(frame);
    if (window < LEAST_WINDOW || window > MOST_WINDOW) {
      throw new Breach("has a window of " + window);
    }
    return window;
  }

  static int number(ByteBuffer frame) {
    if (frame.remaining() < Integer.BYTES) {
      throw new Breach("sends a frame that is too short");
    }
    return frame.getInt();
  }

  static String text(ByteBuffer frame) {
    if (frame.remaining() > MOST_LABEL) {
      throw new Breach("sends a text of " + frame.remaining() + " bytes");
    }
    return StandardCharsets.UTF_8.decode(frame).toString();
  }
}
