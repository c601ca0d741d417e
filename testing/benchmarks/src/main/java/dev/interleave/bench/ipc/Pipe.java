// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.ipc;

import java.io.IOException;
import java.nio.ByteBuffer;

/** One end of a connection that carries messages. */
interface Pipe extends AutoCloseable {
  /**
   * Sends what is between position and limit, which are the same after that.
   *
   * @param more whether another message follows at once, so that this one may be kept back
   */
  void send(ByteBuffer message, boolean more) throws Exception;

  /** Waits for messages, and takes in at least one. */
  int receive() throws Exception;

  @Override
  void close() throws IOException;
}
