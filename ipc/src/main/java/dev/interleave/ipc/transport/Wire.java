// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import dev.interleave.Deadline;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * A socket, and the one thread that waits for it. The channel does not block: so a thread that is
 * interrupted may write to it without closing it, which a blocking channel does not survive.
 */
final class Wire implements AutoCloseable {
  final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;

  /** Takes over a connected channel. */
  Wire(SocketChannel channel) throws IOException {
    this.channel = channel;
    channel.configureBlocking(false);
    selector = Selector.open();
    try {
      key = channel.register(selector, 0);
    } catch (IOException e) {
      selector.close();
      throw e;
    }
  }

  /**
   * Waits until one of these is possible, or {@link #wakeUp}, or the deadline. Only for the thread
   * of this wire.
   *
   * @return what is possible
   * @throws AsynchronousCloseException if the wire was closed
   */
  int await(int interest, Deadline deadline) throws IOException {
    if (!channel.isOpen()) {
      throw new AsynchronousCloseException();
    }
    key.interestOps(interest);
    selector.selectedKeys().clear();
    if (deadline.isNone()) {
      selector.select();
    } else {
      long millis = deadline.remaining().plusNanos(999_999).toMillis();
      if (millis == 0) {
        selector.selectNow();
      } else {
        selector.select(millis);
      }
    }
    if (!key.isValid()) {
      throw new AsynchronousCloseException();
    }
    return selector.selectedKeys().isEmpty() ? 0 : key.readyOps();
  }

  /** Nothing if it is closed. */
  void wakeUp() {
    Selector unused = selector.wakeup();
  }

  /** Reads until the buffer is full. Only for the thread of this wire. */
  void readFully(ByteBuffer buffer, Deadline deadline) throws IOException {
    while (buffer.hasRemaining()) {
      int read = channel.read(buffer);
      if (read < 0) {
        throw new EOFException("the other side has left");
      }
      if (read == 0) {
        awaitOr(SelectionKey.OP_READ, deadline);
      }
    }
    buffer.flip();
  }

  /** Writes all that remains. Only for the thread of this wire. */
  void writeFully(ByteBuffer buffer, Deadline deadline) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.write(buffer) == 0) {
        awaitOr(SelectionKey.OP_WRITE, deadline);
      }
    }
  }

  private void awaitOr(int interest, Deadline deadline) throws IOException {
    if (deadline.isExpired()) {
      throw new SocketTimeoutException("the other side does not finish the handshake in time");
    }
    int unused = await(interest, deadline);
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      selector.close();
    }
  }
}
