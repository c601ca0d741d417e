// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.diagnose.Resource;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the calls and the two threads of a reliable channel share: the lock, who waits under it for
 * what, and how near the channel is to its end.
 *
 * <p>All but the name and the options is guarded by {@link #lock}, and so are those things that
 * this leads to; methods are called with it held, but for {@link #fail}. Nobody holds it while
 * waiting for anything outside.
 */
final class ReliableState {
  private static final Logger LOG = LoggerFactory.getLogger(ReliableChannel.class);

  final String name;
  final ReliableOptions options;
  final ReentrantLock lock = new ReentrantLock();
  final Signal room;
  final Signal message;
  final Signal acknowledged;

  /** Something for the writer to do. */
  final Condition work = lock.newCondition();

  /** The end, or something on the way to it, for the reader between two connections. */
  final Condition over = lock.newCondition();

  final RoundTrip roundTrip;
  final Outbox outbox;
  final Inbox inbox;
  final Transmitter transmitter;

  private boolean closing;
  private boolean finished;
  private boolean peerClosed;
  private long peerLast;
  private boolean byeAnswered;
  private @Nullable ChannelFailedException failure;

  ReliableState(String name, ReliableOptions options) {
    this.name = name;
    this.options = options;
    Resource resource = new ChannelResource(name, "reliable channel");
    room = new Signal(lock, resource, "room");
    message = new Signal(lock, resource, "a frame");
    acknowledged = new Signal(lock, resource, "an acknowledgement");
    roundTrip =
        new RoundTrip(options.retransmitFirst().toNanos(), options.retransmitMost().toNanos());
    outbox = new Outbox(options.window(), roundTrip);
    inbox = new Inbox(options.window());
    transmitter = new Transmitter(options, outbox, inbox, roundTrip);
  }

  // ------------------------------------------------------------------ on the way to the end

  /** It is closed here. */
  void close() {
    closing = true;
  }

  boolean isClosing() {
    return closing;
  }

  void checkNotClosed() throws ChannelClosedException {
    if (closing) {
      throw new ChannelClosedException(name + " is closed", null);
    }
  }

  /** The other side has closed, and this is the number of the last message that it sent. */
  void peerClosed(long last) {
    if (!peerClosed) {
      peerClosed = true;
      peerLast = last;
      wakeAll();
    }
  }

  boolean isPeerClosed() {
    return peerClosed;
  }

  /** How many of its messages have not come, now that the other side has closed. */
  long missing() {
    return inbox.missingBefore(peerLast);
  }

  /** The other side knows that this one has closed. */
  void byeAnswered() {
    byeAnswered = true;
    over.signalAll();
  }

  boolean isByeAnswered() {
    return byeAnswered;
  }

  /** It cannot go on, and all calls fail from now on. Takes the lock. */
  void fail(String why, Throwable cause) {
    lock.lock();
    try {
      if (failure == null && !finished && !peerClosed) {
        failure = new ChannelFailedException(name + ": " + why, cause);
        LOG.warn("{}: {}", name, why);
        finish();
      }
    } finally {
      lock.unlock();
    }
  }

  boolean hasFailed() {
    return failure != null;
  }

  /** A new one each time: its stack is that of the call. */
  void throwFailure() throws ChannelFailedException {
    if (failure != null) {
      throw new ChannelFailedException(String.valueOf(failure.getMessage()), failure);
    }
  }

  /** No more frames go out. */
  void finish() {
    finished = true;
    wakeAll();
  }

  boolean isFinished() {
    return finished;
  }

  /** Whether a connection is of no more use. */
  boolean isDone() {
    return finished || failure != null || peerClosed || (closing && byeAnswered);
  }

  // ------------------------------------------------------------------ what that means

  /** Whether what is sent now would not be taken in. */
  boolean isPeerClosing() {
    return peerClosed || transmitter.isPeerLeaving();
  }

  /** Whether what is not acknowledged now never will be. */
  boolean isHopeless() {
    return peerClosed || transmitter.isHopeless();
  }

  /** No more messages are sent, and the end goes out behind the last one. */
  void endSending() {
    outbox.end();
    room.all();
    work.signal();
  }

  void wakeAll() {
    room.all();
    message.all();
    acknowledged.all();
    over.signalAll();
    work.signal();
  }
}
