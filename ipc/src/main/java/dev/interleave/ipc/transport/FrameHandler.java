// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import java.nio.ByteBuffer;

/** Gets a frame where it lies. */
@FunctionalInterface
public interface FrameHandler {
  /**
   * Called by the thread that receives.
   *
   * @param frame read-only, from position 0 to its limit; big-endian. It is valid until this method
   *     returns: then its place is used for others. So copy what is to be kept.
   */
  void frame(ByteBuffer frame);
}
