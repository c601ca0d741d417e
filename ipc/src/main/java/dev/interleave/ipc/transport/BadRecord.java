// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

/**
 * What lies in a ring or came over a wire is no record that may be there. Never leaves the package.
 */
final class BadRecord extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * The state in which this side leaves: {@link ByteRing#CORRUPT} or {@link ByteRing#TOO_LARGE}.
   */
  final int reason;

  private BadRecord(int reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  static BadRecord corrupt(String what) {
    return new BadRecord(ByteRing.CORRUPT, what);
  }

  static BadRecord tooLarge(int length, int maxFrame) {
    return new BadRecord(
        ByteRing.TOO_LARGE, "a frame of " + length + " bytes, where " + maxFrame + " are the most");
  }
}
