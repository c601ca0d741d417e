// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.Deadline;
import dev.interleave.diagnose.Resource;
import dev.interleave.ipc.transport.Connection;
import dev.interleave.ipc.transport.TransportException;
import dev.interleave.ipc.transport.TransportTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a reliable channel does: calls put messages into the outbox and take them from the inbox,
 * one thread writes what is due ({@link Transmitter}) to the connection there is, one reads it, and
 * gets another one ({@link Reconnecting}) when it ends. All that they share is under one lock, and
 * none holds it while it waits for anything outside.
 */
final class ReliableEngine implements Reconnecting.Owner {
  private static final Logger LOG = LoggerFactory.getLogger(ReliableChannel.class);

  private final String name;
  private final ReliableOptions options;
  private final int maxFrame;
  private final Thread reader;
  private final Thread writer;

  private final ReentrantLock lock = new ReentrantLock();
  private final Signal room;
  private final Signal message;
  private final Signal acknowledged;

  /** Something for the writer to do. */
  private final Condition work = lock.newCondition();

  /** The end, or something on the way to it, for the reader between two connections. */
  private final Condition over = lock.newCondition();

  private final RoundTrip roundTrip;
  private final Outbox outbox;
  private final Inbox inbox;

  private final Transmitter transmitter;
  private final Reconnecting reconnecting;

  private @Nullable Connection connection;

  private boolean closing;
  private boolean finished;
  private boolean peerClosed;
  private long peerLast;
  private boolean byeAnswered;
  private @Nullable ChannelFailedException failure;

  private long sent;
  private long received;
  private long discarded;
  private long duplicates;
  private long outOfOrder;
  private long damaged;
  private long ignored;
  private long reconnects;

  ReliableEngine(
      String name, Connector connector, ReliableOptions options, Connection first, int maxFrame) {
    this.name = name;
    this.options = options;
    this.maxFrame = maxFrame;
    connection = first;
    Resource resource = new ChannelResource(name, "reliable channel");
    room = new Signal(lock, resource, "room");
    message = new Signal(lock, resource, "a frame");
    acknowledged = new Signal(lock, resource, "an acknowledgement");
    roundTrip =
        new RoundTrip(options.retransmitFirst().toNanos(), options.retransmitMost().toNanos());
    outbox = new Outbox(options.window(), roundTrip);
    inbox = new Inbox(options.window());
    transmitter = new Transmitter(options, outbox, inbox, roundTrip);
    reconnecting = new Reconnecting(name, connector, options, lock, over, this);
    reader = thread("reader", () -> readAll(first));
    writer = thread("writer", this::writeAll);
  }

  private Thread thread(String role, Runnable body) {
    return EngineThread.of(name, role, body, this::threadFailed);
  }

  private void threadFailed(String why, Throwable cause) {
    fail(why, cause);
    closeConnection();
  }

  void start() {
    reader.start();
    writer.start();
  }

  String name() {
    return name;
  }

  int maxFrame() {
    return maxFrame;
  }

  // ------------------------------------------------------------------ to send

  void send(ByteBuffer frame, Deadline deadline) throws ChannelException, InterruptedException {
    lock.lock();
    try {
      checkSendable();
      if (!outbox.hasRoom()) {
        boolean more = room.await(() -> !isSendable() || outbox.hasRoom(), deadline);
        checkSendable();
        if (!more) {
          throw new ChannelTimeoutException(
              name + ": no room: " + outbox.messages() + " frames are not acknowledged", null);
        }
      }
      add(frame);
    } finally {
      lock.unlock();
    }
  }

  boolean trySend(ByteBuffer frame) throws ChannelException {
    lock.lock();
    try {
      checkSendable();
      if (!outbox.hasRoom()) {
        return false;
      }
      add(frame);
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void add(ByteBuffer frame) {
    outbox.add(Frames.taken(frame));
    sent++;
    work.signal();
  }

  private boolean isSendable() {
    return !outbox.isEnded() && failure == null && !isPeerClosing();
  }

  /** Whether what is sent now would not be taken in. */
  private boolean isPeerClosing() {
    return peerClosed || transmitter.isPeerLeaving();
  }

  /** Whether what is not acknowledged now never will be. */
  private boolean isHopeless() {
    return peerClosed || transmitter.isHopeless();
  }

  private void checkSendable() throws ChannelException {
    if (closing) {
      throw new ChannelClosedException(name + " is closed", null);
    }
    if (outbox.isEnded()) {
      throw new ChannelClosedException(name + ": its sending half is closed", null);
    }
    throwFailure();
    if (isPeerClosing()) {
      throw new BrokenChannelException(name + ": the other side has closed the channel", null);
    }
  }

  /** A new one each time: its stack is that of the call. */
  private void throwFailure() throws ChannelFailedException {
    if (failure != null) {
      throw new ChannelFailedException(String.valueOf(failure.getMessage()), failure);
    }
  }

  void awaitAcknowledged(Deadline deadline) throws ChannelException, InterruptedException {
    lock.lock();
    try {
      long last = outbox.last();
      boolean done =
          acknowledged.await(
              () -> outbox.isAcknowledged(last) || failure != null || isHopeless() || closing,
              deadline);
      if (outbox.isAcknowledged(last)) {
        return;
      }
      if (closing) {
        throw new ChannelClosedException(name + " is closed", null);
      }
      throwFailure();
      if (isHopeless()) {
        throw new BrokenChannelException(
            name + ": the other side has closed, " + outbox.messages() + " not acknowledged", null);
      }
      if (!done) {
        throw new ChannelTimeoutException(
            name + ": " + outbox.messages() + " frames are not acknowledged", null);
      }
    } finally {
      lock.unlock();
    }
  }

  void closeSend() {
    lock.lock();
    try {
      endSending();
    } finally {
      lock.unlock();
    }
  }

  private void endSending() {
    outbox.end();
    room.all();
    work.signal();
  }

  // ------------------------------------------------------------------ to receive

  @Nullable ByteBuffer receive(Deadline deadline) throws ChannelException, InterruptedException {
    lock.lock();
    try {
      boolean more = message.await(() -> inbox.hasNext() || isReceivingOver(), deadline);
      ByteBuffer frame = take();
      if (frame == null && !more) {
        throw new ChannelTimeoutException(name + ": nothing to receive", null);
      }
      return frame;
    } finally {
      lock.unlock();
    }
  }

  @Nullable ByteBuffer poll() throws ChannelException {
    lock.lock();
    try {
      return take();
    } finally {
      lock.unlock();
    }
  }

  /** Whether all has been received; not if it ended otherwise. */
  boolean isAtEnd() {
    lock.lock();
    try {
      return inbox.isAtEnd() || (peerClosed && inbox.missingBefore(peerLast) <= 0);
    } finally {
      lock.unlock();
    }
  }

  /** Whether nothing will come behind what has come in order. */
  private boolean isReceivingOver() {
    return closing || inbox.isAtEnd() || peerClosed || failure != null;
  }

  private @Nullable ByteBuffer take() throws ChannelException {
    if (closing) {
      throw new ChannelClosedException(name + " is closed", null);
    }
    ByteBuffer frame = inbox.take();
    if (frame != null) {
      received++;
      if (transmitter.hasRoomToTell()) {
        transmitter.answer();
        work.signal();
      }
      return frame;
    }
    if (inbox.isAtEnd()) {
      return null;
    }
    if (peerClosed) {
      long missing = inbox.missingBefore(peerLast);
      if (missing > 0) {
        throw new ChannelFailedException(
            name + ": the other side closed before all had come, " + missing + " are missing",
            null);
      }
      return null;
    }
    throwFailure();
    return null;
  }

  // ------------------------------------------------------------------ the writer

  private void writeAll() {
    ByteBuffer frame = ByteBuffer.allocate(maxFrame + ReliableFrame.headFor(options.window()));
    Connection over = nextFrame(frame);
    while (over != null) {
      try {
        over.send(frame, Deadline.after(options.silence()));
      } catch (TransportTimeoutException e) {
        lost(over, e); // the other side does not receive; the reader gets another connection
      } catch (TransportException e) {
        forget(over, e); // the reader will find the end, too, behind what came before it
      } catch (InterruptedException e) {
        throw new AssertionError(name + ": nobody knows this thread", e);
      }
      over = nextFrame(frame);
    }
  }

  /** Waits until a frame is due, and writes it; null when there will be none. */
  private @Nullable Connection nextFrame(ByteBuffer out) {
    lock.lock();
    try {
      while (!finished) {
        Connection now = connection;
        if (now == null) {
          work.awaitUninterruptibly();
        } else {
          long wait = transmitter.fill(out, System.nanoTime());
          if (wait == 0) {
            return now;
          }
          sleep(wait);
        }
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("WaitNotInLoop") // the loop is the caller's
  private void sleep(long nanos) {
    try {
      long unused = work.awaitNanos(nanos); // whatever woke it, it looks again
    } catch (InterruptedException e) {
      throw new AssertionError(name + ": nobody knows this thread", e);
    }
  }

  // ------------------------------------------------------------------ the reader

  private void readAll(Connection first) {
    Connection now = first;
    while (now != null) {
      Throwable why = read(now);
      lost(now, why);
      now = reconnecting.next(why);
    }
    finish();
  }

  /** Reads until it ends; why it did. */
  private Throwable read(Connection from) {
    long began = System.nanoTime();
    long silence = options.silence().toNanos();
    try {
      while (true) {
        long left = silence - (System.nanoTime() - reconnecting.lastHeard(began));
        if (left <= 0) {
          return new TimeoutNote("nothing was heard for " + options.silence());
        }
        if (!from.receive(this::frame, Deadline.after(Duration.ofNanos(left)))) {
          return new TimeoutNote("the other side has closed " + from.name());
        }
      }
    } catch (TransportException e) {
      return e;
    } catch (Breach e) {
      fail("the other side broke the protocol: it " + e.getMessage(), e);
      return e;
    } catch (InterruptedException e) {
      return e; // by close
    }
  }

  /** A reason that is no exception of its own, for the cause of others. */
  private static final class TimeoutNote extends Exception {
    private static final long serialVersionUID = 1L;

    TimeoutNote(String message) {
      super(message, null, true, false);
    }
  }

  /** A frame has come, or what is left of it. */
  void frame(ByteBuffer lent) {
    ReliableFrame frame = ReliableFrame.parse(lent);
    lock.lock();
    try {
      if (frame == null) {
        damaged++;
      } else if (transmitter.isForMe(frame)) {
        handle(frame, System.nanoTime());
      } else {
        ignored++;
        transmitter.answerStranger();
        work.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  private void handle(ReliableFrame frame, long now) {
    reconnecting.heard(now);
    boolean knew = transmitter.isPeerLeaving();
    transmitter.heard(frame);
    if (outbox.acknowledge(frame, now) || knew != transmitter.isPeerLeaving()) {
      room.all();
      acknowledged.all();
    }
    switch (frame.kind()) {
      case ReliableFrame.DATA -> data(frame);
      case ReliableFrame.END -> {
        inbox.end(frame.number());
        transmitter.answer();
        message.all();
      }
      case ReliableFrame.ACK -> {}
      case ReliableFrame.BYE -> {
        transmitter.answerBye();
        peerClosed(frame.number());
      }
      case ReliableFrame.BYE_ACK -> {
        byeAnswered = true;
        over.signalAll();
      }
      default -> throw new Breach("sends frames of an unknown kind, " + frame.kind());
    }
    work.signal();
  }

  private void data(ReliableFrame frame) {
    if (closing) {
      return; // not acknowledged, as nobody will receive it
    }
    transmitter.answer();
    switch (inbox.look(frame.number())) {
      case AGAIN -> duplicates++;
      case BEYOND -> ignored++;
      case EARLY -> {
        outOfOrder++;
        inbox.put(frame.number(), Frames.copy(frame.payload()));
      }
      case IN_ORDER -> {
        inbox.put(frame.number(), Frames.copy(frame.payload()));
        message.all();
      }
    }
  }

  private void peerClosed(long last) {
    if (!peerClosed) {
      peerClosed = true;
      peerLast = last;
      wakeAll();
    }
  }

  private void wakeAll() {
    room.all();
    message.all();
    acknowledged.all();
    over.signalAll();
    work.signal();
  }

  // ------------------------------------------------------------------ another connection

  private void lost(Connection which, Throwable why) {
    forget(which, why);
    which.close();
  }

  /** Nothing is sent over it any more. */
  @SuppressWarnings("ReferenceEquality") // that one, not one like it
  private void forget(Connection which, Throwable why) {
    lock.lock();
    try {
      if (connection == which) {
        connection = null;
        if (!closing && !isDone()) {
          LOG.info("{}: lost {}: {}", name, which.name(), String.valueOf(why.getMessage()));
        }
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean isDone() {
    return finished || failure != null || peerClosed || (closing && byeAnswered);
  }

  @Override
  public boolean install(Connection next) {
    lock.lock();
    try {
      if (isDone()) {
        return false;
      }
      if (next.maxFrame() < maxFrame + ReliableFrame.headFor(options.window())) {
        LOG.warn("{}: {} takes frames of {} bytes only", name, next, next.maxFrame());
        return false;
      }
      connection = next;
      transmitter.begin();
      reconnects++;
      work.signal();
      LOG.info("{}: goes on over {}", name, next.name());
      return true;
    } finally {
      lock.unlock();
    }
  }

  // ------------------------------------------------------------------ the end

  @Override
  public void fail(String why, Throwable cause) {
    lock.lock();
    try {
      if (failure == null && !finished && !peerClosed) {
        failure = new ChannelFailedException(name + ": " + why, cause);
        LOG.warn("{}: {}", name, why);
        finished = true;
        wakeAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private void closeConnection() {
    Connection last;
    lock.lock();
    try {
      last = connection;
    } finally {
      lock.unlock();
    }
    if (last != null) {
      last.close();
    }
  }

  /** No more frames go out. */
  private void finish() {
    lock.lock();
    try {
      finished = true;
      wakeAll();
    } finally {
      lock.unlock();
    }
  }

  void close() {
    Deadline deadline = Deadline.after(options.linger());
    Connection last;
    ByteBuffer lastWord = null;
    lock.lock();
    try {
      if (closing) {
        return;
      }
      closing = true;
      discarded += inbox.size();
      transmitter.leave();
      endSending();
      wakeAll();
      awaitGoodbye(deadline);
      if (outbox.messages() > 0 && failure == null) {
        LOG.warn("{} was closed with {} frames not acknowledged", name, outbox.messages());
      }
      finished = true;
      wakeAll();
      last = connection;
      if (last != null && !byeAnswered) {
        lastWord = lastWord();
      }
    } finally {
      lock.unlock();
    }
    try {
      if (last != null && lastWord != null) {
        say(lastWord, last, deadline);
      }
    } finally {
      if (last != null) {
        last.close();
      }
      reader.interrupt(); // it may be waiting for a connection
    }
  }

  private void awaitGoodbye(Deadline deadline) {
    try {
      while (!isDone() && !deadline.isExpired()) {
        long unused = over.awaitNanos(deadline.remainingNanos()); // looks again
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The other side may not know yet that this one has closed. */
  private ByteBuffer lastWord() {
    ByteBuffer frame = ByteBuffer.allocate(ReliableFrame.headFor(options.window())); // no message
    transmitter.writeLastWord(frame, peerClosed ? ReliableFrame.BYE_ACK : ReliableFrame.BYE);
    return frame;
  }

  /** If it gets through in time: the writer may still have its turn at the connection. */
  private void say(ByteBuffer lastWord, Connection to, Deadline deadline) {
    try {
      if (!to.trySend(lastWord)) { // which an interrupt does not keep from being sent
        to.send(lastWord, deadline);
      }
    } catch (TransportException e) {
      LOG.debug("{}: the other side went at the same time, or has no room", name, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  boolean isClosed() {
    lock.lock();
    try {
      return closing || failure != null;
    } finally {
      lock.unlock();
    }
  }

  ChannelStats stats() {
    lock.lock();
    try {
      return new ChannelStats(sent, received, discarded, closing ? 0 : inbox.waiting());
    } finally {
      lock.unlock();
    }
  }

  /** How many messages are here that were not received, those behind a gap included. */
  int held() {
    lock.lock();
    try {
      return inbox.size();
    } finally {
      lock.unlock();
    }
  }

  ReliableStats reliability() {
    lock.lock();
    try {
      return new ReliableStats(
          outbox.transmissions(),
          outbox.repeated(),
          duplicates,
          outOfOrder,
          damaged,
          ignored,
          reconnects,
          outbox.messages(),
          Duration.ofNanos(roundTrip.meanNanos()),
          connection != null);
    } finally {
      lock.unlock();
    }
  }

  /** For messages: the name, and its state. */
  @Override
  public String toString() {
    lock.lock();
    try {
      ChannelFailedException why = failure;
      String state =
          closing
              ? "closed"
              : why != null
                  ? "failed"
                  : peerClosed ? "closed by the other side" : connection == null ? "lost" : "open";
      return name + ", " + state + ", " + outbox.messages() + " not acknowledged";
    } finally {
      lock.unlock();
    }
  }
}
