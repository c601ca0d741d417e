// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import java.nio.ByteBuffer;

/** Writes a frame where it will lie. */
@FunctionalInterface
public interface FrameFiller {
  /**
   * Called by the thread that sends.
   *
   * @param room from position 0 to its limit, big-endian; what is between 0 and the position when
   *     this method returns is the frame. It is not to be touched after that: its place belongs to
   *     the receiver then.
   */
  void fill(ByteBuffer room);
}
