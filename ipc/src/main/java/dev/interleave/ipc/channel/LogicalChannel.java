// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import java.time.Duration;

/** One of the channels of a {@link Multiplexer}. */
public interface LogicalChannel extends FrameChannel {
  /** What it is for, as the side that opened it said; may be empty. */
  String label();

  /** How long ago a frame of it was sent or came, or, if there was none, it was opened. */
  Duration idle();
}
