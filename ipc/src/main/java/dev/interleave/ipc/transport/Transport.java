// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import dev.interleave.Deadline;

/**
 * A way to move frames of bytes between two ends, and the address where they meet: the one side
 * {@linkplain #listen() listens} there, the other {@linkplain #connect connects}.
 *
 * <pre>{@code
 * Transport transport = Transport.memory("calculator");
 *
 * try (Listener listener = transport.listen();                           // the one side
 *     Connection client = listener.accept(Deadline.none())) { ... }
 *
 * try (Connection server = transport.connect(Deadline.after(ofSeconds(1)))) {   // the other side
 *   server.send(frame);
 *   ByteBuffer answer = server.receive(Deadline.after(ofSeconds(1)));
 * }
 * }</pre>
 *
 * <p>All kinds keep the contract of {@link Connection}; they differ in reach and cost:
 *
 * <ul>
 *   <li>{@link #memory}: threads of one JVM
 * </ul>
 *
 * <h2>The handshake</h2>
 *
 * <p>Each side begins with who it is: protocol, version, kind, byte order, the longest frame it
 * takes, whether it wants checksums, its process. Each looks at what the other said, so both know
 * if they do not fit, and both get a {@link HandshakeException}. The smaller of the two longest
 * frames counts, and there are checksums if one side wants them. Whoever connects and then says
 * nothing is dropped after the {@linkplain TransportOptions#handshakeTimeout() time for it}.
 *
 * <p>A transport holds no resources. Immutable and thread-safe; no method accepts {@code null}.
 */
public sealed interface Transport permits MemoryTransport {

  /**
   * Between threads of this JVM that know the name, with default options.
   *
   * @throws IllegalArgumentException if the name is blank
   */
  static Transport memory(String name) {
    return memory(name, TransportOptions.defaults());
  }

  /**
   * Between threads of this JVM that know the name: two rings of bytes in memory outside the heap,
   * which would do between processes, too. There are no checksums.
   *
   * @throws IllegalArgumentException if the name is blank
   */
  static Transport memory(String name, TransportOptions options) {
    return new MemoryTransport(name, options);
  }

  /** For messages: {@code unix:/run/calculator.sock}. */
  String name();

  /** The options it was made with. */
  TransportOptions options();

  /**
   * Begins to listen. Does not wait for anybody.
   *
   * @throws AddressInUseException if somebody listens already, or a file is in the way
   * @throws TransportFailedException if the system refuses
   */
  Listener listen() throws TransportException;

  /**
   * Connects, and waits for the handshake.
   *
   * @throws NoListenerException if nobody listens; it does not wait for somebody to begin
   * @throws HandshakeException if the two sides do not fit
   * @throws TransportTimeoutException if the deadline passes first
   * @throws TransportFailedException if the system refuses
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  Connection connect(Deadline deadline) throws TransportException, InterruptedException;
}
