// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import dev.interleave.Deadline;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A socket whose bytes are encrypted. The engine takes and gives records of up to 16 KiB: one that
 * has come lies here until all of it is read, and one that goes until the system has taken it.
 *
 * <p>The thread of the wire reads; whoever may write does so under a lock, and so does the thread
 * of the wire when what it has read asks for an answer (new keys). The engine lets the two go on at
 * the same time.
 */
final class TlsWire extends Wire {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** The kinds of records of TLS: what else comes first is none. */
  private static final int FIRST_KIND = 20;

  private static final int LAST_KIND = 24;

  /** How many records without data are taken in a row. */
  private static final int AT_ONCE = 32;

  /** Of TLS, in clear: what has come was not expected, and this is the end. */
  private static final byte[] ALERT = {21, 3, 3, 0, 2, 2, 10};

  private final SSLEngine engine;

  // ------------------------------------------------------------------ of the thread of the wire

  /** What has come. */
  private ByteBuffer encrypted;

  /** What it says. */
  private ByteBuffer clear;

  /** There is no whole record among what has come. */
  private boolean starved = true;

  private boolean closed;

  // ------------------------------------------------------------------ with the lock

  private final ReentrantLock writing = new ReentrantLock();

  /** What goes. */
  private ByteBuffer outgoing;

  private volatile boolean pending;

  /** Why nothing more can be written; nothing is read then either. */
  private volatile @Nullable SSLException failure;

  /** Takes over a connected channel. */
  TlsWire(SocketChannel channel, SSLEngine engine) throws IOException {
    super(channel);
    this.engine = engine;
    encrypted = empty(engine.getSession().getPacketBufferSize());
    outgoing = empty(engine.getSession().getPacketBufferSize());
    clear = empty(engine.getSession().getApplicationBufferSize());
  }

  private static ByteBuffer empty(int capacity) {
    return ByteBuffer.allocate(capacity).limit(0);
  }

  private static ByteBuffer larger(ByteBuffer buffer, int capacity) {
    int larger = Math.max(capacity, buffer.remaining()) + 1024;
    return ByteBuffer.allocate(larger).put(buffer).flip();
  }

  // ------------------------------------------------------------------ the handshake

  /**
   * Makes sure who the other side is, as far as the engine is told to, and agrees on keys. If that
   * fails the other side is told why.
   *
   * @param linger how long to wait for it to have heard that
   */
  void handshake(Deadline deadline, Deadline linger) throws IOException {
    try {
      engine.beginHandshake();
      while (engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
        step(deadline);
      }
      flushFully(deadline);
    } catch (SSLException e) {
      sayWhy(linger.min(deadline), e);
      throw e;
    }
  }

  private void step(Deadline deadline) throws IOException {
    switch (engine.getHandshakeStatus()) {
      case NEED_TASK -> runTasks();
      case NEED_WRAP -> {
        boolean unused = respond();
        flushFully(deadline);
      }
      case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
        if (clear.hasRemaining()) {
          throw new SSLException("data before the end of the handshake");
        }
        if (unwrap() == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
          fillOrAwait(deadline);
        }
      }
      case FINISHED, NOT_HANDSHAKING -> {
        // that was all
      }
    }
  }

  private void runTasks() {
    Runnable task = engine.getDelegatedTask();
    while (task != null) {
      task.run();
      task = engine.getDelegatedTask();
    }
  }

  private void fillOrAwait(Deadline deadline) throws IOException {
    int read = fill();
    if (read < 0) {
      throw new EOFException("the other side has left during the handshake of TLS");
    }
    if (read == 0) {
      awaitOr(SelectionKey.OP_READ, deadline);
    }
    if (encrypted.hasRemaining()) {
      int kind = encrypted.get(encrypted.position());
      if (kind < FIRST_KIND || kind > LAST_KIND) {
        // The engine has nothing to say to that; so the other side learns what is spoken here.
        int unused = channel.write(ByteBuffer.wrap(ALERT));
        throw new SSLException("the other side does not speak TLS");
      }
    }
  }

  private void flushFully(Deadline deadline) throws IOException {
    while (!flush()) {
      awaitOr(SelectionKey.OP_WRITE, deadline);
    }
  }

  /** The other side sees the alert only if the socket is not reset by what it still sends. */
  private void sayWhy(Deadline deadline, SSLException why) {
    try {
      do {
        flushFully(deadline);
      } while (!engine.isOutboundDone()
          && engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP
          && respond());
      channel.shutdownOutput();
      while (discard() >= 0) {
        awaitOr(SelectionKey.OP_READ, deadline);
      }
    } catch (IOException e) {
      why.addSuppressed(e);
    }
  }

  // ------------------------------------------------------------------ to read

  /** As far as there is anything at once; -1 if the other side has closed it in order. */
  @Override
  int read(ByteBuffer into) throws IOException {
    for (int records = 0; !clear.hasRemaining(); records++) {
      if (closed) {
        return -1;
      }
      SSLException why = failure;
      if (why != null) {
        throw new SSLException(why.getMessage(), why);
      }
      if (records == AT_ONCE) {
        return 0; // there is more, but whoever reads may have something else to do
      }
      SSLEngineResult.Status status = unwrap();
      if (status == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
        int read = fill();
        if (read == 0) {
          return 0;
        }
        if (read < 0) {
          throw new EOFException("cut off, without the close of TLS");
        }
      } else if (status == SSLEngineResult.Status.CLOSED) {
        closed = true;
      }
      answer();
    }
    int bytes = Math.min(into.remaining(), clear.remaining());
    into.put(into.position(), clear, clear.position(), bytes);
    into.position(into.position() + bytes);
    clear.position(clear.position() + bytes);
    return bytes;
  }

  /** Decrypts one record, if there is a whole one. What was clear before is used up. */
  private SSLEngineResult.Status unwrap() throws SSLException {
    while (true) {
      clear.clear();
      SSLEngineResult result;
      try {
        result = engine.unwrap(encrypted, clear);
      } finally {
        clear.flip();
      }
      if (result.getStatus() != SSLEngineResult.Status.BUFFER_OVERFLOW) {
        starved = result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW;
        return result.getStatus();
      }
      clear = larger(clear, engine.getSession().getApplicationBufferSize());
      clear.limit(0);
    }
  }

  private int fill() throws IOException {
    if (encrypted.remaining() == encrypted.capacity()) {
      encrypted = larger(encrypted, engine.getSession().getPacketBufferSize());
    }
    encrypted.compact();
    try {
      int read = channel.read(encrypted);
      if (read > 0) {
        starved = false;
      }
      return read;
    } finally {
      encrypted.flip();
    }
  }

  /** After the handshake: new keys and tickets. */
  private void answer() throws IOException {
    HandshakeStatus status = engine.getHandshakeStatus();
    if (status == HandshakeStatus.NOT_HANDSHAKING) {
      return;
    }
    if (status == HandshakeStatus.NEED_TASK) {
      runTasks();
      status = engine.getHandshakeStatus();
    }
    if (!closed && engine.getSession().getProtocol().equals("TLSv1.2")) {
      throw new SSLException("the other side wants to negotiate again");
    }
    if (status == HandshakeStatus.NEED_WRAP && flush()) { // else the next record has it
      boolean unused = respond() && flush();
    }
  }

  @Override
  boolean hasMore() {
    return clear.hasRemaining() || (!starved && encrypted.hasRemaining()) || failure != null;
  }

  @Override
  int await(int interest, Deadline deadline) throws IOException {
    if ((interest & SelectionKey.OP_READ) == 0 || !hasMore()) {
      return super.await(interest, deadline);
    }
    return super.await(interest, PASSED) | SelectionKey.OP_READ;
  }

  // ------------------------------------------------------------------ to write

  @Override
  int write(ByteBuffer from) throws IOException {
    writing.lock();
    try {
      int before = from.remaining();
      while (drain() && from.hasRemaining()) {
        SSLEngineResult result = wrap(from);
        if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
          boolean unused = drain(); // why
          throw new SSLException("TLS is closed");
        }
        if (result.bytesConsumed() == 0 && result.bytesProduced() == 0) {
          throw new SSLException("the other side wants to negotiate again");
        }
      }
      return before - from.remaining();
    } catch (SSLException e) {
      failure = e;
      throw e;
    } finally {
      writing.unlock();
    }
  }

  /** Encrypts a record. What went before is gone. */
  private SSLEngineResult wrap(ByteBuffer from) throws SSLException {
    while (true) {
      outgoing.clear();
      SSLEngineResult result;
      try {
        result = engine.wrap(from, outgoing);
      } finally {
        outgoing.flip();
        pending = outgoing.hasRemaining();
      }
      if (result.getStatus() != SSLEngineResult.Status.BUFFER_OVERFLOW) {
        return result;
      }
      outgoing = larger(outgoing, engine.getSession().getPacketBufferSize());
      outgoing.limit(0);
    }
  }

  /** Sends what the engine has to say for itself; false if that is nothing. What went is gone. */
  private boolean respond() throws IOException {
    writing.lock();
    try {
      return wrap(NOTHING).bytesProduced() > 0;
    } finally {
      writing.unlock();
    }
  }

  private boolean drain() throws IOException {
    if (outgoing.hasRemaining()) {
      channel.write(outgoing);
    }
    pending = outgoing.hasRemaining();
    return !pending;
  }

  @Override
  boolean flush() throws IOException {
    writing.lock();
    try {
      return drain();
    } finally {
      writing.unlock();
    }
  }

  @Override
  boolean isPending() {
    return pending;
  }

  @Override
  boolean finish() throws IOException {
    writing.lock();
    try {
      engine.closeOutbound();
      while (drain() && !engine.isOutboundDone()) {
        if (wrap(NOTHING).bytesProduced() == 0) {
          break;
        }
      }
      return drain() && super.finish();
    } finally {
      writing.unlock();
    }
  }
}
