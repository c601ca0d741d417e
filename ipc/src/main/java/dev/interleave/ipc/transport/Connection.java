// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import dev.interleave.Deadline;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Frames to and from one other end.
 *
 * <h2>Frames</h2>
 *
 * <p>A frame is a run of bytes of length 0 to {@link #maxFrame()}, and arrives whole or not at all.
 * Each direction keeps the order, loses nothing, and doubles nothing, as long as both ends live.
 *
 * <h2>Full, timed out, closed, interrupted, dead</h2>
 *
 * <p>Each direction holds a bounded number of bytes ({@link TransportOptions#bufferBytes()}, and
 * for sockets what the system adds). If it is full, {@link #trySend} returns false, and the others
 * wait for room. There are five ways for a call to end without what it wanted, and each has its own
 * outcome: <b>full</b> is {@code false} of {@code trySend}; <b>timed out</b>, {@link
 * TransportTimeoutException}; <b>closed</b>, {@link TransportClosedException} if by this side and
 * {@link PeerClosedException} if by the other; <b>interrupted</b>, {@link InterruptedException};
 * <b>dead</b>, {@link PeerDiedException}. After a timeout or an interrupt a frame was sent whole or
 * not at all (these say: not at all), and the connection works on: an interrupt closes nothing. A
 * thread that need not wait does not look whether it is interrupted.
 *
 * <h2>The end</h2>
 *
 * <p>{@link #closeSend()} ends one direction: the other side receives what is on its way, and then
 * the end, and may go on to send. {@link #close()} ends both. If the other side's process dies,
 * what it had sent is received first, and then each call throws {@code PeerDiedException}, those
 * that wait are woken; a receiver that has had the end keeps to it. A frame that is too long, or
 * corrupt, ends the connection for both sides.
 *
 * <h2>Threads</h2>
 *
 * <p>Thread-safe; any number of threads, platform or virtual, may send and receive. Sends are done
 * one after the other, receives too; the two do not hinder each other. What a thread did before it
 * sent a frame happens before what a thread of the same JVM does that received it. A blocked call
 * is registered with {@link dev.interleave.diagnose.Waits}; who could let it go on is not known
 * there, since it is another process. Progress: blocking. A waiting call spins for a bounded time,
 * adapted to what it was good for, and then sleeps; nobody polls.
 *
 * <p>No method accepts {@code null}.
 */
public interface Connection extends AutoCloseable {

  /** For messages and thread names: that of the transport, and a number. */
  String name();

  /** Who is at the other end. */
  Peer peer();

  /** How long a frame can be, in bytes: the smaller one of what the two sides take. */
  int maxFrame();

  /**
   * Sends the bytes from the position of {@code frame} to its limit; waits for room for as long as
   * it takes. When this returns, the position is at the limit, and the frame and all written before
   * are on their way.
   *
   * @throws FrameTooLargeException if it is longer than {@link #maxFrame()}; nothing was sent
   * @throws TransportClosedException if this side or its sending half is or gets closed
   * @throws PeerClosedException if the other side is or gets closed
   * @throws PeerDiedException if it is or gets known that the other side is dead
   * @throws CorruptFrameException if the connection ended for that reason
   * @throws InterruptedException if the thread is interrupted while it waits; nothing was sent
   */
  default void send(ByteBuffer frame) throws TransportException, InterruptedException {
    send(frame, Deadline.none());
  }

  /**
   * As {@link #send(ByteBuffer)}, and waits no longer than to the deadline.
   *
   * @throws TransportTimeoutException if the deadline passes before there is room; nothing was sent
   */
  void send(ByteBuffer frame, Deadline deadline) throws TransportException, InterruptedException;

  /**
   * As {@link #send(ByteBuffer, Deadline)}, of a frame that is written where it will lie, which
   * saves a copy. The filler is called with other senders kept waiting. It must not use this
   * connection, but may close it. What it throws is thrown, and nothing was sent.
   *
   * @param atMost how long the frame can get, for which there has to be room
   * @throws IllegalArgumentException if {@code atMost} is negative
   * @throws IllegalStateException if the thread is in a filler of this connection; every method
   *     that sends throws it then
   */
  void send(int atMost, FrameFiller filler, Deadline deadline)
      throws TransportException, InterruptedException;

  /**
   * Sends if it need not wait: neither for room nor for another sender.
   *
   * @return whether it was sent; if not, the position of {@code frame} is as it was
   */
  boolean trySend(ByteBuffer frame) throws TransportException;

  /**
   * As {@link #send(ByteBuffer, Deadline)}, but the other side need not see the frame before {@link
   * #flush()}, or a later send, or a close: to send several at the cost of one. When there is no
   * room, what was written is flushed.
   */
  void write(ByteBuffer frame, Deadline deadline) throws TransportException, InterruptedException;

  /** Sends on their way what was {@linkplain #write written}. Does not wait for the other side. */
  void flush() throws TransportException;

  /**
   * Receives a frame where it lies, without a copy; waits for one. The handler is called with other
   * receivers kept waiting, and holds up the sender if it takes long. It must not receive from this
   * connection. What it throws is thrown, and the frame counts as received.
   *
   * @return false if all has been received, and nothing more will come
   * @throws TransportTimeoutException if the deadline passes first
   * @throws TransportClosedException if this side is or gets closed
   * @throws PeerDiedException if the other side died, after all that came whole
   * @throws CorruptFrameException if what came is no frame
   * @throws FrameTooLargeException if the other side sends more than agreed
   * @throws InterruptedException if the thread is interrupted while it waits
   * @throws IllegalStateException if the thread is in a handler of this connection
   */
  boolean receive(FrameHandler handler, Deadline deadline)
      throws TransportException, InterruptedException;

  /**
   * As {@link #receive(FrameHandler, Deadline)}, and gives a copy.
   *
   * @return a buffer of the caller's own, or null if all has been received and nothing more will
   *     come
   */
  @Nullable ByteBuffer receive(Deadline deadline) throws TransportException, InterruptedException;

  /**
   * Receives if there is a frame and nobody else is receiving. The rest as with {@code receive}.
   */
  Polled tryReceive(FrameHandler handler) throws TransportException;

  /**
   * Sends no more. The other side receives what was sent, and then the end. Whoever waits to send
   * here gets a {@link TransportClosedException}. Idempotent; nothing if the connection has ended.
   */
  void closeSend();

  /**
   * Closes both directions, wakes all who wait, and frees what the connection holds. What was sent
   * stays on its way: with sockets this waits for it, up to {@link TransportOptions#linger()}, or
   * until the thread is interrupted, which it stays; what is thrown away then is logged, and
   * counted in {@link ConnectionStats#bytesDiscarded()}. What has arrived and was not received is
   * dropped. Who waits behind a handler that is running wakes when that returns. Idempotent.
   */
  @Override
  void close();

  /** Whether it can do nothing more: it was closed, or the other side died, or a frame was bad. */
  boolean isClosed();

  /** What has gone over it so far. */
  ConnectionStats stats();
}
