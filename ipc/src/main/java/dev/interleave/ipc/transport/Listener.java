// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import dev.interleave.Deadline;

/**
 * Where others connect to. It has a thread that takes them in, and accepts and connects go on at
 * the same time; some connections can be ready and not accepted yet ({@link
 * TransportOptions#backlog()}), further ones wait in the system, or in their call of {@code
 * connect}.
 *
 * <p>Who fails the handshake is logged and counted ({@link #refused()}), and disturbs nobody.
 *
 * <p>Thread-safe. No method accepts or returns {@code null}.
 */
public interface Listener extends AutoCloseable {

  /** For messages, the name of the transport. */
  String name();

  /** Connects to this listener: with the port that it got, if it had none. */
  Transport transport();

  /**
   * The next connection, in the order in which they became ready; waits for one.
   *
   * @throws TransportClosedException if the listener is or gets closed
   * @throws TransportTimeoutException if the deadline passes first
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  Connection accept(Deadline deadline) throws TransportException, InterruptedException;

  /** How many have failed the handshake. */
  long refused();

  /**
   * Listens no more: frees the address, wakes all who wait in {@link #accept}, and closes the
   * connections that nobody has accepted. Those that were accepted stay. Idempotent.
   */
  @Override
  void close();
}
