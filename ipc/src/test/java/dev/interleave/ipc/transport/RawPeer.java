// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** The other end of a Unix socket, which says what a test wants. */
final class RawPeer implements AutoCloseable {
  final SocketChannel channel;

  RawPeer(SocketChannel channel) {
    this.channel = channel;
  }

  static RawPeer connect(Path path) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(path));
    return new RawPeer(channel);
  }

  static Hello hello(WireKind kind) {
    return Hello.of(kind, TransportContract.OPTIONS);
  }

  void say(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  ByteBuffer hear(int bytes) throws IOException {
    ByteBuffer heard = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (heard.hasRemaining()) {
      if (channel.read(heard) < 0) {
        throw new EOFException("after " + heard.position() + " of " + bytes);
      }
    }
    return heard.flip();
  }

  /** A frame as it goes over the wire, with its checksum. */
  static ByteBuffer frame(byte... payload) {
    ByteBuffer memory = ByteBuffer.allocateDirect(payload.length).put(payload).flip();
    int word = ByteRing.word(ByteRing.FRAME, payload.length);
    ByteBuffer frame = head(word, new Checksum(memory).of(word, 0), ByteRing.size(payload.length));
    frame.put(8, payload);
    return frame;
  }

  static ByteBuffer head(int word, int checksum, int size) {
    return ByteBuffer.allocate(size)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(0, word)
        .putInt(4, checksum);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
