// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * What each side says first: 32 bytes.
 *
 * <pre>
 *   0  "INTERLV" and 0, 8 bytes
 *   8  the version of the protocol, 2 bytes, little-endian as all that follows but the mark
 *  10  the kind of transport, 1 byte
 *  11  flags, 1 byte: 1 for checksums
 *  12  the mark 0x01020304 in the byte order of the process, 4 bytes
 *  16  the longest frame it takes, 4 bytes
 *  20  how much a direction holds, 4 bytes
 *  24  the id of the process, 8 bytes
 * </pre>
 */
record Hello(WireKind kind, boolean checksum, int maxFrame, int bufferBytes, long pid) {
  static final int BYTES = 32;
  static final short VERSION = 1;
  private static final byte[] MAGIC = {'I', 'N', 'T', 'E', 'R', 'L', 'V', 0};
  private static final int MARK = 0x01020304;

  /** What is wrong with it then. */
  static final String TLS = "the other side speaks TLS, and this one does not";

  static Hello of(WireKind kind, TransportOptions options) {
    return new Hello(
        kind,
        options.checksum(),
        options.maxFrame(),
        options.bufferBytes(),
        ProcessHandle.current().pid());
  }

  ByteBuffer encode() {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(MAGIC).putShort(VERSION).put(kind.code).put((byte) (checksum ? 1 : 0));
    bytes.order(ByteOrder.nativeOrder()).putInt(MARK).order(ByteOrder.LITTLE_ENDIAN);
    return bytes.putInt(maxFrame).putInt(bufferBytes).putLong(pid).flip();
  }

  /**
   * What the other side has said.
   *
   * @param kind what this side speaks
   * @param where for messages
   */
  static Hello decode(ByteBuffer bytes, WireKind kind, String where) throws HandshakeException {
    byte[] magic = new byte[MAGIC.length];
    bytes.order(ByteOrder.LITTLE_ENDIAN).get(magic);
    if (isTls(bytes)) {
      throw misfit(where, TLS);
    }
    if (!Arrays.equals(magic, MAGIC)) {
      throw misfit(where, "the other side speaks something else");
    }
    int version = bytes.getShort();
    if (version != VERSION) {
      throw misfit(
          where,
          "the other side speaks version " + version + " of the protocol, this one " + VERSION);
    }
    int code = bytes.get();
    if (code != kind.code) {
      throw misfit(
          where,
          "the other side speaks kind " + code + ", this one " + kind.code + " (" + kind + ')');
    }
    boolean checksum = (bytes.get() & 1) != 0;
    int mark = bytes.order(ByteOrder.nativeOrder()).getInt();
    if (mark != MARK) {
      throw misfit(where, "the byte orders differ");
    }
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    int maxFrame = bytes.getInt();
    int bufferBytes = bytes.getInt();
    if (maxFrame <= 0 || maxFrame > ByteRing.LENGTH_MASK || bufferBytes <= 0) {
      throw misfit(
          where, "the other side takes frames of " + maxFrame + " bytes and holds " + bufferBytes);
    }
    return new Hello(kind, checksum, maxFrame, bufferBytes, bytes.getLong());
  }

  /** Whether what has come so far begins as a record of TLS does. */
  static boolean isTls(ByteBuffer bytes) {
    return bytes.position() >= 2 && bytes.get(0) >= 20 && bytes.get(0) <= 24 && bytes.get(1) == 3;
  }

  private static HandshakeException misfit(String where, String why) {
    return new HandshakeException(where + ": " + why);
  }
}
