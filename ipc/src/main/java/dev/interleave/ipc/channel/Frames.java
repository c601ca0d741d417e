// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import java.nio.ByteBuffer;

/** What all channels do with frames. */
final class Frames {
  private Frames() {}

  /** A buffer of one's own. */
  static ByteBuffer copy(ByteBuffer lent) {
    return ByteBuffer.allocate(lent.remaining()).put(lent.duplicate()).flip();
  }

  /** A buffer of one's own; the position of the other one is moved to its limit. */
  static ByteBuffer taken(ByteBuffer frame) {
    return ByteBuffer.allocate(frame.remaining()).put(frame).flip();
  }

  static void checkLength(ByteBuffer frame, int max, String channel) throws BadMessageException {
    if (frame.remaining() > max) {
      throw new BadMessageException(
          channel + ": a frame of " + frame.remaining() + " bytes, where " + max + " are the most",
          null);
    }
  }
}
