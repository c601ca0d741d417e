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
import java.time.Duration;

/**
 * A socket, and the one thread that waits for it. The channel does not block: so a thread that is
 * interrupted may write to it without closing it, which a blocking channel does not survive.
 */
sealed class Wire implements AutoCloseable permits TlsWire {
  static final Deadline PASSED = Deadline.after(Duration.ZERO);

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

  /**
   * Reads what there is at once, -1 at the end. Only for the thread of this wire.
   *
   * @throws javax.net.ssl.SSLException if what has come is not what the other side has sent
   */
  int read(ByteBuffer into) throws IOException {
    return channel.read(into);
  }

  /** Reads what there is, and throws it away; -1 at the end. Only for the thread of this wire. */
  final int discard() throws IOException {
    return channel.read(ByteBuffer.allocate(1 << 12));
  }

  /** Whether there is something to read that the system has given already. */
  boolean hasMore() {
    return false;
  }

  /**
   * Takes as much as possible at once. One thread at a time.
   *
   * @return how much it has taken, not all of which need be with the system
   */
  int write(ByteBuffer from) throws IOException {
    return channel.write(from);
  }

  /** Gives to the system what was taken; false if it does not take all of that now. */
  boolean flush() throws IOException {
    return true;
  }

  /** Whether there is something that was taken and that the system has not. */
  boolean isPending() {
    return false;
  }

  /** Says that no more will be written; false if the system does not take that now. */
  boolean finish() throws IOException {
    channel.shutdownOutput();
    return true;
  }

  /** Nothing if it is closed. */
  void wakeUp() {
    Selector unused = selector.wakeup();
  }

  /** Reads until the buffer is full. Only for the thread of this wire. */
  void readFully(ByteBuffer buffer, Deadline deadline) throws IOException {
    while (buffer.hasRemaining()) {
      int read = read(buffer);
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
      if (write(buffer) == 0) {
        awaitOr(SelectionKey.OP_WRITE, deadline);
      }
    }
    while (!flush()) {
      awaitOr(SelectionKey.OP_WRITE, deadline);
    }
  }

  final void awaitOr(int interest, Deadline deadline) throws IOException {
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
