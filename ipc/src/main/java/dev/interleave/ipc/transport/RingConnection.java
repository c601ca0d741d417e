// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import dev.interleave.Deadline;
import dev.interleave.diagnose.Resource;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection over two rings, whatever lies beneath them ({@link Link}).
 *
 * <p><b>Turns.</b> One lock for senders and one for receivers; who has the turn keeps it while it
 * waits for room or for a frame. Whoever ends the connection, or a half of it, first writes down
 * that it is so, then wakes those who sleep, and only then takes the turn, if it needs it: they
 * have let go by then.
 *
 * <p><b>Linearization.</b> A frame is sent where its word, or that of the first frame written with
 * it, is published; it is received where the handler has returned and its place is freed.
 */
final class RingConnection implements Connection, SharedReceiving {
  private final String name;
  private final Peer peer;
  private final int maxFrame;
  private final TransportResource resource;
  private final RingWriter out;
  private final RingReader in;
  private final Link link;
  private final ReentrantLock sending = new ReentrantLock();
  private final ReentrantLock receiving = new ReentrantLock();
  private final Sleeper sender;
  private final Sleeper receiver;

  private final AtomicBoolean closing = new AtomicBoolean();
  private final AtomicBoolean left = new AtomicBoolean();
  private final AtomicReference<@Nullable Supplier<TransportException>> failure =
      new AtomicReference<>();
  private volatile boolean sendClosed;
  private volatile boolean peerLeft;
  private volatile boolean sendingFailed;

  /** Whether the end has been received; written by whoever has the turn. */
  private volatile boolean ended;

  private volatile boolean flushWanted;

  /** What else ends the wait of the receiver with the turn, who alone uses it; null if nothing. */
  private @Nullable BooleanSupplier enough;

  /** Used by who has the turn to send. */
  private boolean endPut;

  /** How long a frame the sender with the turn wants to write. */
  private int wanted;

  private final Count framesSent = new Count();
  private final Count bytesSent = new Count();
  private final Count framesReceived = new Count();
  private final Count bytesReceived = new Count();
  private volatile long bytesDiscarded;

  /**
   * A connection that is ready.
   *
   * @param checked whether what is received has to be checked; what is sent gets its checksum if
   *     so, or if {@code sealed}
   */
  RingConnection(
      String name,
      Peer peer,
      int maxFrame,
      ByteRing outgoing,
      ByteRing incoming,
      boolean sealed,
      boolean checked,
      Duration spin,
      Link link) {
    this.name = name;
    this.peer = peer;
    this.maxFrame = maxFrame;
    this.link = link;
    resource = new TransportResource(name, "connection");
    out = new RingWriter(outgoing, sealed);
    in = new RingReader(incoming, checked, maxFrame);
    sender = new ForRoom(spin, outgoing);
    receiver = new ForFrame(spin, incoming);
  }

  // Classes, not lambdas, as whatever is in the way of a first connection: see Rehearsal.

  private final class ForRoom extends Sleeper {
    ForRoom(Duration spin, ByteRing outgoing) {
      super(name, spin, outgoing, ByteRing.PRODUCER_WAITS, link.senderRest());
    }

    @Override
    boolean isReady() {
      return sendClosed || sendingFailed || isOver() || out.hasRoom(wanted);
    }
  }

  private final class ForFrame extends Sleeper {
    ForFrame(Duration spin, ByteRing incoming) {
      super(name, spin, incoming, ByteRing.CONSUMER_SLEEPS, link.receiverRest());
    }

    @Override
    boolean isReady() {
      return in.isReady() || isOver() || isEnough();
    }
  }

  // ------------------------------------------------------------------ what the link tells

  /** There may be frames; or who waits for one has what it waits for otherwise. */
  @Override
  public void wakeReceiver() {
    receiver.wake();
  }

  /** There may be room. */
  void wakeSender() {
    sender.wake();
  }

  /** The other side has closed, in order. All that it had sent is in the ring. */
  void peerLeft() {
    peerLeft = true;
    wakeAll();
  }

  /** The other side has given up, or is gone. All that it had sent is in the ring. */
  void peerFailed(Supplier<TransportException> why) {
    if (failure.compareAndSet(null, why)) {
      wakeAll();
    }
  }

  /** What is sent does not arrive any more; why, lies behind what has not been received. */
  void sendingFailed() {
    sendingFailed = true;
    sender.wake();
  }

  /** What came in is wrong: it is over for both sides. */
  void fail(BadRecord bad) {
    String message = name + ": " + bad.getMessage();
    boolean tooLarge = bad.reason == ByteRing.TOO_LARGE;
    if (failure.compareAndSet(
        null,
        () ->
            tooLarge ? new FrameTooLargeException(message) : new CorruptFrameException(message))) {
      log().warn("Connection with {} ends: {}", peer, message);
      leave(bad.reason);
      wakeAll();
    }
  }

  /** Asked for when there is something to say, as in {@link Opening}. */
  private static Logger log() {
    return LoggerFactory.getLogger(Connection.class);
  }

  private void wakeAll() {
    sender.wake();
    receiver.wake();
  }

  private void leave(int state) {
    if (left.compareAndSet(false, true)) {
      link.leave(state);
    }
  }

  /** Whether those who wait on either side have to look why. */
  private boolean isOver() {
    return peerLeft || closing.get() || failure.get() != null;
  }

  // ------------------------------------------------------------------ to send

  @Override
  public void send(ByteBuffer frame, Deadline deadline)
      throws TransportException, InterruptedException {
    checkLength(frame.remaining());
    lock(sending, "its turn to send", deadline);
    try {
      writeOrAwait(frame, deadline);
      publish();
    } finally {
      yieldTurnToSend();
    }
  }

  @Override
  public void write(ByteBuffer frame, Deadline deadline)
      throws TransportException, InterruptedException {
    checkLength(frame.remaining());
    lock(sending, "its turn to send", deadline);
    try {
      writeOrAwait(frame, deadline);
    } finally {
      yieldTurnToSend();
    }
  }

  @Override
  public void send(int atMost, FrameFiller filler, Deadline deadline)
      throws TransportException, InterruptedException {
    Objects.requireNonNull(filler, "filler");
    if (atMost < 0) {
      throw new IllegalArgumentException("atMost is negative: " + atMost);
    }
    checkLength(atMost);
    lock(sending, "its turn to send", deadline);
    try {
      checkSendable();
      int place = out.claim(atMost);
      while (place < 0) {
        awaitRoom(atMost, deadline);
        place = out.claim(atMost);
      }
      ByteBuffer room = out.room(place, atMost);
      filler.fill(room);
      checkSendable(); // it may have closed this
      out.finish(room.position());
      count(room.position());
      publish();
    } finally {
      yieldTurnToSend();
    }
  }

  @Override
  public boolean trySend(ByteBuffer frame) throws TransportException {
    checkLength(frame.remaining());
    checkSendable();
    if (!sending.tryLock()) {
      return false;
    }
    try {
      checkSendable();
      boolean written = write(frame);
      publish(); // also what was written before, of which the other side may free some
      return written;
    } finally {
      yieldTurnToSend();
    }
  }

  /**
   * Does not wait for who has the turn, which may wait for room: that one has published what was
   * written before it, or does so when it gives up the turn and finds that a flush is wanted.
   */
  @Override
  public void flush() throws TransportException {
    checkLength(0);
    checkSendable();
    flushWanted = true;
    flushIfWanted();
  }

  private void yieldTurnToSend() {
    sending.unlock();
    flushIfWanted();
    if (sendClosed && link.patienceNanos() < Long.MAX_VALUE && sending.tryLock()) {
      try {
        putEnd(); // for who did not wait
      } finally {
        sending.unlock();
      }
    }
  }

  /**
   * Of two that meet here, one gives up the turn before the other tries to have it, or sees the
   * wish.
   */
  private void flushIfWanted() {
    while (flushWanted && sending.tryLock()) {
      try {
        flushWanted = false;
        publish();
      } finally {
        sending.unlock();
      }
    }
  }

  private void checkLength(int length) throws FrameTooLargeException {
    if (sending.isHeldByCurrentThread()) {
      throw new IllegalStateException(name + ": the filler of a frame sends another one");
    }
    if (length > maxFrame) {
      throw new FrameTooLargeException(
          name + ": a frame of " + length + " bytes, where " + maxFrame + " are the most");
    }
  }

  private void checkSendable() throws TransportException {
    if (closing.get()) {
      throw new TransportClosedException(name + " is closed");
    }
    if (sendClosed) {
      throw new TransportClosedException(name + ": its sending half is closed");
    }
    throwFailure();
    if (peerLeft) {
      throw new PeerClosedException(name + ": " + peer + " has closed the connection");
    }
    if (sendingFailed) {
      throw new PeerDiedException(
          name + ": " + peer + " is gone; how it went will show when all that it sent is received");
    }
  }

  private void throwFailure() throws TransportException {
    Supplier<TransportException> why = failure.get();
    if (why != null) {
      throw why.get();
    }
  }

  private void writeOrAwait(ByteBuffer frame, Deadline deadline)
      throws TransportException, InterruptedException {
    checkSendable();
    while (!write(frame)) {
      awaitRoom(frame.remaining(), deadline);
    }
  }

  /** With the turn. */
  private void awaitRoom(int length, Deadline deadline)
      throws TransportException, InterruptedException {
    publish();
    wanted = length;
    boolean more = sender.await(deadline, resource, "room");
    checkSendable();
    if (!more) {
      throw new TransportTimeoutException(
          name + ": no room for a frame of " + length + " bytes: " + peer + " does not receive");
    }
  }

  private boolean write(ByteBuffer frame) {
    int length = frame.remaining();
    if (!out.write(frame)) {
      return false;
    }
    count(length);
    return true;
  }

  private void count(int length) {
    framesSent.add(1);
    bytesSent.add(length);
  }

  private void publish() {
    if (out.publish()) {
      link.published();
    }
  }

  @Override
  public void closeSend() {
    if (sending.isHeldByCurrentThread()) {
      throw new IllegalStateException(name + ": the filler of a frame closes the sending half");
    }
    sendClosed = true;
    sender.wake();
    putEndInTurn();
  }

  /** If the turn cannot be had in time whoever has it does it. */
  private void putEndInTurn() {
    if (lockToEnd()) {
      try {
        putEnd();
      } finally {
        sending.unlock();
      }
    }
  }

  private boolean lockToEnd() {
    long patience = link.patienceNanos();
    if (patience == Long.MAX_VALUE) {
      sending.lock();
      return true;
    }
    try {
      return sending.tryLock(patience, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return sending.tryLock();
    }
  }

  private boolean isEnough() {
    BooleanSupplier until = enough;
    return until != null && until.getAsBoolean();
  }

  private void putEnd() {
    if (!endPut && failure.get() == null) {
      endPut = true;
      out.control(ByteRing.END, 0);
      publish();
    }
  }

  // ------------------------------------------------------------------ to receive

  @Override
  public boolean receive(FrameHandler handler, Deadline deadline)
      throws TransportException, InterruptedException {
    return receiveUntil(null, handler, deadline, resource, "a frame") == Polled.FRAME;
  }

  @Override
  public Polled receive(
      FrameHandler handler,
      BooleanSupplier until,
      Deadline deadline,
      Resource waitsFor,
      String wants)
      throws TransportException, InterruptedException {
    Objects.requireNonNull(until, "enough");
    return receiveUntil(until, handler, deadline, waitsFor, wants);
  }

  private Polled receiveUntil(
      @Nullable BooleanSupplier until,
      FrameHandler handler,
      Deadline deadline,
      Resource waitsFor,
      String wants)
      throws TransportException, InterruptedException {
    Objects.requireNonNull(handler, "handler");
    checkNotNested();
    lock(receiving, "its turn to receive", deadline);
    try {
      enough = until;
      while (true) {
        Polled found = poll(handler);
        if (found != Polled.NOTHING || isEnough()) {
          return found;
        }
        free();
        if (!receiver.await(deadline, waitsFor, wants)) {
          throw new TransportTimeoutException(name + ": no frame from " + peer);
        }
      }
    } finally {
      enough = null;
      receiving.unlock();
    }
  }

  @Override
  public @Nullable ByteBuffer receive(Deadline deadline)
      throws TransportException, InterruptedException {
    Copy copy = new Copy();
    return receive(copy, deadline) ? copy.frame : null;
  }

  private static final class Copy implements FrameHandler {
    @Nullable ByteBuffer frame;

    @Override
    public void frame(ByteBuffer lent) {
      frame = ByteBuffer.allocate(lent.remaining()).put(lent).flip();
    }
  }

  @Override
  public Polled tryReceive(FrameHandler handler) throws TransportException {
    Objects.requireNonNull(handler, "handler");
    checkNotNested();
    if (!receiving.tryLock()) {
      return Polled.NOTHING;
    }
    try {
      return poll(handler);
    } finally {
      receiving.unlock();
    }
  }

  private void checkNotNested() {
    if (receiving.isHeldByCurrentThread()) {
      throw new IllegalStateException(name + ": the handler of a frame receives the next one");
    }
  }

  private Polled poll(FrameHandler handler) throws TransportException {
    if (closing.get()) {
      throw new TransportClosedException(name + " is closed");
    }
    if (ended) {
      return Polled.END;
    }
    // What is known of the end is read before the ring: what was sent before is seen there.
    boolean last = peerLeft || failure.get() != null;
    try {
      int kind = in.peek();
      if (kind == 0) {
        return last ? end() : Polled.NOTHING;
      }
      if (kind == ByteRing.END) {
        ended = true;
        consume();
        return Polled.END;
      }
      handle(handler);
      return Polled.FRAME;
    } catch (BadRecord bad) {
      fail(bad);
      throwFailure();
      throw new AssertionError(bad); // a failure is never taken back
    }
  }

  private void handle(FrameHandler handler) {
    ByteBuffer frame = in.frame();
    framesReceived.add(1);
    bytesReceived.add(frame.remaining());
    try {
      handler.frame(frame);
    } finally {
      consume();
    }
  }

  private Polled end() throws TransportException {
    throwFailure();
    ended = true; // it left in order, and there is no more
    return Polled.END;
  }

  private void consume() {
    if (in.consume()) {
      link.freed();
    }
  }

  /**
   * Who is about to wait keeps nothing back from the sender. To do it only before a sleep saved
   * nothing that could be measured: the message is on its way while this waits for its fence.
   */
  private void free() {
    if (in.free()) {
      link.freed();
    }
  }

  // ------------------------------------------------------------------ turns

  private void lock(ReentrantLock turn, String wants, Deadline deadline)
      throws TransportTimeoutException, InterruptedException {
    if (turn.tryLock()) {
      return;
    }
    Wait wait =
        Waits.enter(resource, wants, deadline.isNone() ? Wait.Exit.INTERRUPT : Wait.Exit.TIMEOUT);
    TransportWaitEvent event = TransportWaits.begin(name, wants);
    try {
      long nanos = Math.min(deadline.remainingNanos(), Deadline.MAX_NANOS);
      if (!turn.tryLock(nanos, TimeUnit.NANOSECONDS)) {
        throw new TransportTimeoutException(name + ": others were waiting before for " + wants);
      }
    } catch (InterruptedException e) {
      throw Waits.causedBy(wait, e);
    } finally {
      wait.leave();
      if (event != null) {
        event.commit();
      }
    }
  }

  // ------------------------------------------------------------------ the end

  @Override
  public void close() {
    if (!closeLater()) {
      return;
    }
    long lost = link.close();
    if (lost > 0) {
      bytesDiscarded = lost;
      log().warn("{} was closed with {} bytes that {} did not take", name, lost, peer);
    }
  }

  /** Closes, and waits for nothing; false if it was closed before. */
  boolean closeLater() {
    if (!closing.compareAndSet(false, true)) {
      return false;
    }
    wakeAll();
    if (!sending.isHeldByCurrentThread()) { // else it is in a filler, where no record can be put
      putEndInTurn();
    }
    leave(ByteRing.BYE);
    return true;
  }

  @Override
  public boolean isClosed() {
    return closing.get() || failure.get() != null;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Peer peer() {
    return peer;
  }

  @Override
  public int maxFrame() {
    return maxFrame;
  }

  @Override
  public ConnectionStats stats() {
    return new ConnectionStats(
        framesSent.get(),
        bytesSent.get(),
        framesReceived.get(),
        bytesReceived.get(),
        sender.sleeps(),
        receiver.sleeps(),
        link.wakeUps(),
        bytesDiscarded);
  }

  /** For messages: its name, its peer, and whether it is closed. */
  @Override
  public String toString() {
    return name + " with " + peer + (isClosed() ? ", closed" : "");
  }
}
