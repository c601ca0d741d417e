// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import dev.interleave.Deadline;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/**
 * A way to move frames of bytes between two ends, and the address where they meet: the one side
 * {@linkplain #listen() listens} there, the other {@linkplain #connect connects}.
 *
 * <pre>{@code
 * Transport transport = Transport.unixSocket(Path.of("/run/calculator.sock"));
 *
 * try (Listener listener = transport.listen();                           // the one process
 *     Connection client = listener.accept(Deadline.none())) { ... }
 *
 * try (Connection server = transport.connect(Deadline.after(ofSeconds(1)))) {   // the other
 *   server.send(frame);
 *   ByteBuffer answer = server.receive(Deadline.after(ofSeconds(1)));
 * }
 * }</pre>
 *
 * <p>All kinds keep the contract of {@link Connection}; they differ in reach and cost:
 *
 * <ul>
 *   <li>{@link #memory}: threads of one JVM
 *   <li>{@link #sharedMemory}: processes of one user on one machine, over two rings in a mapped
 *       file
 *   <li>{@link #unixSocket}: processes of one user on one machine, through the kernel
 *   <li>{@link #tcp}: processes anywhere; on this machine only unless {@linkplain
 *       TransportOptions.Builder#allowRemote asked otherwise}
 *   <li>{@link JmsTransport}: processes anywhere that reach the same message broker
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
public sealed interface Transport permits MemoryTransport, SocketTransport, JmsTransport {

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
   * which are the same as in {@link #sharedMemory}. There are no checksums.
   *
   * @throws IllegalArgumentException if the name is blank
   */
  static Transport memory(String name, TransportOptions options) {
    return new MemoryTransport(name, options.requireNoTls("memory"));
  }

  /** As {@link #sharedMemory(Path, TransportOptions)}, with default options. */
  static Transport sharedMemory(Path path) {
    return sharedMemory(path, TransportOptions.defaults());
  }

  /**
   * Between processes of one user on one machine, over two rings of bytes in a mapped file for each
   * connection. The {@code path} is that of a Unix socket, over which they meet, wake each other,
   * and see each other die; the files lie beside it, with mode 0600, and are unlinked as soon as
   * both sides have mapped them. A folder in memory ({@code /dev/shm}) spares the disk.
   *
   * <p>Who listens or connects this way first in a JVM starts a daemon thread, which does for some
   * ten milliseconds what a JVM is slow at when it maps a file for the first time, and ends.
   *
   * <p>Each side trusts the other as far as its user can be trusted anyway: a frame that is handed
   * to a {@link FrameHandler} lies in memory that the sender could still change.
   */
  static Transport sharedMemory(Path path, TransportOptions options) {
    return new SocketTransport(
        new UnixAddress(path), WireKind.SHARED_MEMORY, options.requireNoTls("shared memory"));
  }

  /** As {@link #unixSocket(Path, TransportOptions)}, with default options. */
  static Transport unixSocket(Path path) {
    return unixSocket(path, TransportOptions.defaults());
  }

  /**
   * Between processes of one user on one machine, over a Unix socket of mode 0600. A socket that a
   * listener left behind that is gone is replaced; one at which somebody listens, or a file of
   * another kind, is not. A file {@code path.lock} beside it stays: who listens holds a lock on it.
   * Needs a POSIX file system, and a path of at most some 80 bytes: the system takes no more than a
   * little over 100, and the socket is made in a folder of its own beside its place.
   */
  static Transport unixSocket(Path path, TransportOptions options) {
    return new SocketTransport(
        new UnixAddress(path), WireKind.UNIX_SOCKET, options.requireNoTls("Unix sockets"));
  }

  /**
   * As {@link #tcp(InetSocketAddress, TransportOptions)}, with default options.
   *
   * @throws IllegalArgumentException if the address is not a loopback address, or unresolved
   */
  static Transport tcp(InetSocketAddress address) {
    return tcp(address, TransportOptions.defaults());
  }

  /**
   * Over TCP, without delay of small frames ({@code TCP_NODELAY}), and with keep-alive. With port 0
   * a listener takes a free one: ask {@link Listener#transport()}. A machine that vanishes from the
   * network without a word is missed only by keep-alive, which takes hours: whoever needs to know
   * sooner exchanges frames, and sets deadlines.
   *
   * <p>Neither encrypted nor authenticated, unless the options have {@link TransportOptions#tls()}.
   * Then TLS comes before the handshake, and within the time for it. Who is not trusted, or does
   * not speak TLS, gets a {@link HandshakeException} that says so, and so does the other side. What
   * is changed on its way ends the connection for both sides with {@link CorruptFrameException};
   * one that is cut off, be it between two frames, with {@link PeerDiedException}: it is no end.
   *
   * @throws IllegalArgumentException if the address is unresolved, or not a loopback address and
   *     the options do not {@linkplain TransportOptions.Builder#allowRemote allow} others
   */
  static Transport tcp(InetSocketAddress address, TransportOptions options) {
    return new SocketTransport(new TcpAddress(address, options), WireKind.TCP, options);
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
