// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** CRC32C of a record. Not thread-safe: each side of a ring has its own. */
final class Checksum {
  private final CRC32C crc = new CRC32C();
  private final ByteBuffer view;

  Checksum(ByteBuffer memory) {
    view = memory.duplicate();
  }

  /**
   * Of the payload that lies there, mixed with the word before it, so that this is covered, too.
   */
  int of(int word, int offset) {
    crc.reset();
    view.limit(offset + ByteRing.length(word)).position(offset);
    crc.update(view);
    return (int) crc.getValue() ^ word * 0x9E3779B9;
  }
}
