// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

/** What {@link Connection#tryReceive} found. */
public enum Polled {
  /** A frame, which has been handled. */
  FRAME,

  /** Nothing yet. */
  NOTHING,

  /** The end: all has been received, and nothing more will come. */
  END
}
