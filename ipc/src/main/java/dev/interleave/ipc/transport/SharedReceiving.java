// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import dev.interleave.Deadline;
import dev.interleave.diagnose.Resource;
import java.util.function.BooleanSupplier;

/**
 * A {@link Connection} that lets one of several callers receive for all of them: who waits here
 * waits for something of its own, which may come by a frame or otherwise. Those of this package
 * are; RPC is built on it.
 *
 * <p>Thread-safe. No method accepts {@code null}.
 */
public interface SharedReceiving {
  /**
   * As {@link Connection#receive(FrameHandler, Deadline)}, with two differences: it also ends when
   * {@code enough} holds, and a blocked call is registered as a wait for {@code resource}.
   *
   * @param enough whether the caller has what it waits for; looked at by the caller alone. Who
   *     makes it true calls {@link #wakeReceiver} after that
   * @return {@link Polled#NOTHING} if {@code enough} was found to hold
   */
  Polled receive(
      FrameHandler handler,
      BooleanSupplier enough,
      Deadline deadline,
      Resource resource,
      String wants)
      throws TransportException, InterruptedException;

  /** Who receives is to look again. */
  void wakeReceiver();
}
