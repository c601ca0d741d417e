// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import java.util.function.Supplier;

/** Why the other side has given up, as this side says it. */
final class Reasons {
  private Reasons() {}

  static Supplier<TransportException> of(int state, String connection) {
    return state == ByteRing.TOO_LARGE
        ? () ->
            new FrameTooLargeException(
                connection + ": the other side got a longer frame than it takes, and has left")
        : () ->
            new CorruptFrameException(
                connection + ": the other side got something that is no frame, and has left");
  }
}
