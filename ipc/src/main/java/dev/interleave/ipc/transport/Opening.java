// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import dev.interleave.Deadline;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the thread of a wire does: it connects, shakes hands, hands the connection over, and then
 * works for it until it is over.
 */
final class Opening implements Runnable {
  private final SocketTransport transport;
  private final SocketChannel channel;
  private final boolean accepted;
  private final String name;
  private final Taker taker;
  private volatile @Nullable Wire wire;

  /** Who gets the connection. The methods are called by the thread of the wire; one, and once. */
  interface Taker {
    /** False if nobody wants it any more. */
    boolean ready(RingConnection connection);

    void failed(TransportException why);
  }

  /** With a channel that was accepted, or is to be connected. */
  Opening(SocketTransport transport, SocketChannel channel, boolean accepted, Taker taker) {
    this.transport = transport;
    this.channel = channel;
    this.accepted = accepted;
    this.taker = taker;
    name = ConnectionNames.next(transport.name());
  }

  String name() {
    return name;
  }

  /** Asked for when there is something to say: to find who logs takes long, once. */
  private static Logger log() {
    return LoggerFactory.getLogger(Transport.class);
  }

  void start() {
    Thread.ofPlatform().daemon().name("interleave " + name).start(this);
  }

  /** Nobody wants it any more. */
  void cancel() {
    try {
      channel.close();
    } catch (IOException e) {
      log().debug("{} could not be closed", name, e);
    }
    Wire opened = wire;
    if (opened != null) {
      opened.wakeUp();
    }
  }

  @Override
  public void run() {
    PumpedLink link;
    try {
      link = open();
    } catch (Throwable e) {
      closeWire();
      taker.failed(asTransportException(e));
      return;
    }
    try {
      if (!taker.ready(link.connection())) {
        boolean unused = link.connection().closeLater();
      }
      link.pump();
    } catch (ClosedChannelException e) {
      log().debug("{} was given up while it was made", name, e);
      link.connection().peerFailed(() -> new TransportFailedException(name + " was given up", e));
    } catch (Throwable e) {
      log().error("{} breaks", name, e);
      link.connection()
          .peerFailed(() -> new TransportFailedException(name + ": " + e.getMessage(), e));
    } finally {
      closeWire();
      link.ended();
    }
  }

  private TransportException asTransportException(Throwable e) {
    if (e instanceof TransportException known) {
      return known;
    }
    String message = name + ": " + e.getMessage();
    // As long as there is no wire there was nobody to shake hands with.
    return e instanceof IOException && wire != null
        ? new HandshakeException(message, e)
        : new TransportFailedException(message, e);
  }

  private void closeWire() {
    Wire opened = wire;
    try {
      if (opened != null) {
        opened.close();
      } else {
        channel.close();
      }
    } catch (IOException e) {
      log().debug("{} could not be closed", name, e);
    }
  }

  private PumpedLink open() throws IOException {
    if (!accepted) {
      transport.endpoint().connect(channel);
    }
    TransportOptions options = transport.options();
    Deadline deadline = Deadline.after(options.handshakeTimeout());
    Wire opened = wire(options.tls(), deadline);
    Hello mine = Hello.of(transport.kind(), options);
    Hello theirs = exchange(opened, mine, deadline);
    Agreement agreed = Agreement.of(mine, theirs);
    Peer peer = new Peer(transport.name(), theirs.pid());
    return transport.kind() == WireKind.SHARED_MEMORY
        ? share(opened, peer, agreed, deadline)
        : new SocketLink(name, peer, opened, agreed, options);
  }

  private Wire wire(@Nullable Tls tls, Deadline deadline) throws IOException {
    if (tls == null) {
      Wire plain = new Wire(channel);
      wire = plain;
      return plain;
    }
    TcpAddress address = (TcpAddress) transport.endpoint();
    TlsWire secret = new TlsWire(channel, accepted ? tls.listening() : tls.connecting(address));
    wire = secret;
    secret.handshake(deadline, Deadline.after(transport.options().linger()));
    return secret;
  }

  /** Who connects speaks first; who listens answers whatever it was, so that both know. */
  private Hello exchange(Wire opened, Hello mine, Deadline deadline) throws IOException {
    ByteBuffer theirs = ByteBuffer.allocate(Hello.BYTES);
    try {
      if (accepted) {
        opened.readFully(theirs, deadline);
        opened.writeFully(mine.encode(), deadline);
      } else {
        opened.writeFully(mine.encode(), deadline);
        opened.readFully(theirs, deadline);
      }
    } catch (EOFException e) { // its alert is shorter than what it has to say here
      throw Hello.isTls(theirs) ? new HandshakeException(name + ": " + Hello.TLS, e) : e;
    }
    return Hello.decode(theirs, mine.kind(), name);
  }

  /**
   * Who listens makes the file, sends its name, and deletes it when the other side has it mapped.
   */
  private SharedLink share(Wire opened, Peer peer, Agreement agreed, Deadline deadline)
      throws IOException {
    UnixAddress address = (UnixAddress) transport.endpoint();
    if (!accepted) {
      Path path = readFileName(opened, address, deadline);
      RingFile file;
      try {
        file = RingFile.open(path);
      } catch (IOException e) {
        throw asFailed(e);
      }
      opened.writeFully(ByteBuffer.allocate(1), deadline);
      return new SharedLink(
          name, peer, opened, fit(agreed, file), transport.options(), file.first(), file.second());
    }
    RingFile file;
    try {
      file = RingFile.create(address, transport.options().bufferBytes());
    } catch (IOException e) {
      throw asFailed(e);
    }
    try {
      byte[] fileName = String.valueOf(file.path().getFileName()).getBytes(StandardCharsets.UTF_8);
      opened.writeFully(
          ByteBuffer.allocate(2 + fileName.length)
              .putShort((short) fileName.length)
              .put(fileName)
              .flip(),
          deadline);
      opened.readFully(ByteBuffer.allocate(1), deadline);
    } finally {
      file.delete();
    }
    return new SharedLink(
        name, peer, opened, agreed, transport.options(), file.second(), file.first());
  }

  /** That a file cannot be made or opened is not for want of understanding. */
  private TransportException asFailed(IOException e) {
    return e instanceof TransportException known
        ? known
        : new TransportFailedException(name + ": " + e, e);
  }

  /** Only files beside the socket are opened, whatever the listener says. */
  private Path readFileName(Wire opened, UnixAddress address, Deadline deadline)
      throws IOException {
    ByteBuffer length = ByteBuffer.allocate(2);
    opened.readFully(length, deadline);
    ByteBuffer bytes = ByteBuffer.allocate(Short.toUnsignedInt(length.getShort()));
    opened.readFully(bytes, deadline);
    String fileName = StandardCharsets.UTF_8.decode(bytes).toString();
    if (fileName.isEmpty() || fileName.indexOf('/') >= 0 || !fileName.endsWith(RingFile.SUFFIX)) {
      throw new HandshakeException(name + ": no name of a file of rings: " + fileName);
    }
    return address.path().resolveSibling(fileName);
  }

  private Agreement fit(Agreement agreed, RingFile file) throws HandshakeException {
    if (agreed.maxFrame() > file.first().capacity / 4) {
      throw new HandshakeException(
          name
              + ": rings of "
              + file.first().capacity
              + " bytes for frames of "
              + agreed.maxFrame());
    }
    return agreed;
  }
}
