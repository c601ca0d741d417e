// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.Deadline;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a multiplexer does: one thread reads frames and puts them where they belong, one writes what
 * is due, of each channel one frame after the other. All that they share with calls is under one
 * lock, which none holds while it waits for what is below.
 */
final class MuxEngine {
  private static final Logger LOG = LoggerFactory.getLogger(Multiplexer.class);

  /**
   * How many refusals may wait to be written: more opens than that without an answer are a breach.
   */
  private static final int MOST_REFUSALS = 1024;

  private static final String FULL = "as many channels as it may have";

  private final String name;
  private final FrameChannel below;
  private final int window;
  private final int maxChannels;
  private final int backlog;
  private final Duration linger;
  private final Thread reader;
  private final Thread writer;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Condition written = lock.newCondition();
  private final Signal arrived;

  private final Map<Integer, MuxChannel> mine = new HashMap<>();
  private final Map<Integer, MuxChannel> theirs = new HashMap<>();
  private final Queue<MuxChannel> ready = new ArrayDeque<>();
  private final Queue<MuxChannel> turns = new ArrayDeque<>();
  private final Queue<Integer> refusals = new ArrayDeque<>();
  private int lastMine;
  private int lastTheirs;

  private boolean closing;
  private boolean goodbyeWritten;
  private boolean goodbyeSent;
  private boolean mute;
  private boolean finished;
  private boolean peerClosed;
  private @Nullable ChannelFailedException failure;

  private long opened;
  private long accepted;
  private long refused;
  private long framesSent;
  private long framesReceived;

  MuxEngine(
      String name, FrameChannel below, int window, int maxChannels, int backlog, Duration linger) {
    this.name = name;
    this.below = below;
    this.window = window;
    this.maxChannels = maxChannels;
    this.backlog = backlog;
    this.linger = linger;
    arrived = new Signal(lock, new ChannelResource(name, "multiplexer"), "a channel");
    reader = thread("reader", this::readAll);
    writer = thread("writer", this::writeAll);
  }

  private Thread thread(String role, Runnable body) {
    return EngineThread.of(name, role, body, this::threadFailed);
  }

  private void threadFailed(String why, Throwable cause) {
    fail(why, cause);
    below.close();
  }

  void start() {
    reader.start();
    writer.start();
  }

  String name() {
    return name;
  }

  /** How long a payload can be, for what is below. */
  int maxFrame() {
    return below.maxFrame() - MuxFrame.HEAD;
  }

  // ------------------------------------------------------------------ with the lock held

  /** It has something to write. */
  void due(MuxChannel channel) {
    if (!channel.hasTurn && channel.isSomethingDue()) {
      channel.hasTurn = true;
      turns.add(channel);
      work.signal();
    }
  }

  @Nullable ChannelFailedException failure() {
    return failure;
  }

  /** A new one each time: its stack is that of the call. */
  void throwFailure(String channel) throws ChannelFailedException {
    ChannelFailedException why = failure;
    if (why != null) {
      throw new ChannelFailedException(channel + ": " + why.getMessage(), why);
    }
  }

  private Map<Integer, MuxChannel> side(boolean ours) {
    return ours ? mine : theirs;
  }

  private void forgetIfOver(MuxChannel channel) {
    if (channel.isOver()) {
      side(channel.mine).remove(channel.id);
    }
  }

  private List<MuxChannel> all() {
    List<MuxChannel> all = new ArrayList<>(mine.values());
    all.addAll(theirs.values());
    return all;
  }

  // ------------------------------------------------------------------ calls

  LogicalChannel open(String label, Deadline deadline)
      throws ChannelException, InterruptedException {
    lock.lock();
    try {
      checkOpen();
      if (mine.size() >= maxChannels || lastMine == Integer.MAX_VALUE) {
        throw new ChannelRefusedException(name + ": this side has " + FULL, null);
      }
      MuxChannel channel = new MuxChannel(this, lock, ++lastMine, true, label, window);
      mine.put(channel.id, channel);
      due(channel);
      boolean taken = false;
      try {
        taken = awaitTaken(channel, deadline);
      } finally {
        if (!taken) {
          channel.shut(); // the other side, if it takes it yet, is told
        }
      }
      opened++;
      return channel;
    } finally {
      lock.unlock();
    }
  }

  private boolean awaitTaken(MuxChannel channel, Deadline deadline)
      throws ChannelException, InterruptedException {
    boolean answered =
        channel.answered.await(
            () -> channel.isTaken() || channel.isRefused() || isOver(), deadline);
    if (channel.isRefused()) {
      throw new ChannelRefusedException(
          channel.name() + ": the other side refuses it: " + channel.refusal(), null);
    }
    if (channel.isTaken() && !closing) {
      return true;
    }
    checkOpen();
    if (!answered) {
      throw new ChannelTimeoutException(channel.name() + ": the other side does not answer", null);
    }
    throw new AssertionError(channel);
  }

  private boolean isOver() {
    return closing || peerClosed || failure != null;
  }

  private void checkOpen() throws ChannelException {
    if (closing) {
      throw new ChannelClosedException(name + " is closed", null);
    }
    if (peerClosed) {
      throw new BrokenChannelException(name + ": the other side has closed", null);
    }
    throwFailure(name);
  }

  @Nullable LogicalChannel accept(Deadline deadline) throws ChannelException, InterruptedException {
    lock.lock();
    try {
      boolean unused = arrived.await(() -> !ready.isEmpty() || isOver(), deadline);
      if (closing) {
        throw new ChannelClosedException(name + " is closed", null);
      }
      MuxChannel next = ready.poll();
      if (next != null) {
        return next;
      }
      if (peerClosed) {
        return null;
      }
      throwFailure(name);
      throw new ChannelTimeoutException(name + ": the other side has opened no channel", null);
    } finally {
      lock.unlock();
    }
  }

  List<LogicalChannel> channels() {
    lock.lock();
    try {
      return List.copyOf(all());
    } finally {
      lock.unlock();
    }
  }

  // ------------------------------------------------------------------ the writer

  private void writeAll() {
    ByteBuffer frame = ByteBuffer.allocate(below.maxFrame());
    try {
      while (next(frame)) {
        below.send(frame, Deadline.none());
      }
    } catch (ChannelException e) {
      mute(e);
    } catch (InterruptedException e) {
      throw new AssertionError(name + ": nobody knows this thread", e);
    }
  }

  /**
   * Nothing can be sent any more. The reader will find out why, when it has read what came before:
   * to fail here would be to lose that.
   */
  private void mute(ChannelException why) {
    LOG.debug("{}: nothing can be sent any more", name, why);
    lock.lock();
    try {
      mute = true;
      written.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until a frame is due, and writes it; false when there will be none. */
  private boolean next(ByteBuffer out) {
    lock.lock();
    try {
      while (!finished) {
        if (fill(out)) {
          framesSent++;
          return true;
        }
        goodbyeSent = goodbyeWritten; // what was written before has been sent
        written.signalAll();
        work.awaitUninterruptibly();
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  private boolean fill(ByteBuffer out) {
    Integer refusal = refusals.poll();
    if (refusal != null) {
      MuxFrame.begin(out, MuxFrame.REFUSE, false, refusal);
      out.put(FULL.getBytes(StandardCharsets.UTF_8)).flip();
      return true;
    }
    MuxChannel channel = turns.poll();
    while (channel != null && !channel.isSomethingDue()) { // it was refused meanwhile
      channel.hasTurn = false;
      channel = turns.poll();
    }
    if (channel != null) {
      channel.fill(out);
      channel.hasTurn = false;
      due(channel); // behind the others
      forgetIfOver(channel);
      return true;
    }
    if (closing && !goodbyeWritten) {
      goodbyeWritten = true;
      MuxFrame.begin(out, MuxFrame.GOODBYE, true, 0).flip();
      return true;
    }
    return false;
  }

  // ------------------------------------------------------------------ the reader

  private void readAll() {
    try {
      ByteBuffer frame;
      while ((frame = below.receive(Deadline.none())) != null) {
        read(frame);
      }
      ended();
    } catch (Breach e) {
      fail("the other side broke the protocol: it " + e.getMessage(), e);
      below.close();
    } catch (ChannelException e) {
      fail(String.valueOf(e.getMessage()), e);
    } catch (InterruptedException e) {
      throw new AssertionError(name + ": nobody knows this thread", e);
    }
  }

  /** There is nothing more to read; a channel that the other side has ended has all it gets. */
  private void ended() {
    lock.lock();
    try {
      fail("the other side has closed" + (peerClosed ? "" : " without a goodbye"), null);
    } finally {
      lock.unlock();
    }
  }

  /** A frame has come. */
  void read(ByteBuffer frame) {
    if (frame.remaining() < MuxFrame.HEAD) {
      throw new Breach("sends a frame of " + frame.remaining() + " bytes");
    }
    byte kind = frame.get();
    byte opener = frame.get();
    int id = frame.getInt();
    if (opener != 0 && opener != 1) {
      throw new Breach("says that a channel was opened by " + opener);
    }
    lock.lock();
    try {
      framesReceived++;
      switch (kind) {
        case MuxFrame.OPEN -> opened(opener == 1, id, frame);
        case MuxFrame.GOODBYE -> goodbye();
        default -> handle(kind, opener == 0, id, frame);
      }
    } finally {
      lock.unlock();
    }
  }

  private void opened(boolean byThem, int id, ByteBuffer frame) {
    if (!byThem || id <= lastTheirs) {
      throw new Breach("opens a channel with a number that is not its next, " + id);
    }
    lastTheirs = id;
    int theirWindow = MuxFrame.window(frame);
    String label = MuxFrame.text(frame);
    if (closing || theirs.size() >= maxChannels || ready.size() >= backlog) {
      refused++;
      if (refusals.size() >= MOST_REFUSALS) {
        throw new Breach("opens channels faster than it can be refused");
      }
      refusals.add(id);
      work.signal();
      return;
    }
    MuxChannel channel = new MuxChannel(this, lock, id, false, label, window);
    channel.takenBy(theirWindow);
    theirs.put(id, channel);
    accepted++;
    ready.add(channel);
    due(channel);
    arrived.all();
  }

  private void goodbye() {
    peerClosed = true;
    arrived.all();
    all().forEach(MuxChannel::wakeAll);
  }

  private void handle(byte kind, boolean ours, int id, ByteBuffer rest) {
    MuxChannel channel = side(ours).get(id);
    if (channel == null) {
      unknown(kind, ours, id);
      return;
    }
    switch (kind) {
      case MuxFrame.ACCEPT -> {
        if (!ours) {
          throw new Breach("takes a channel that it opened, " + id);
        }
        channel.takenBy(MuxFrame.window(rest));
      }
      case MuxFrame.REFUSE -> {
        if (!ours || channel.isTaken()) {
          throw new Breach("refuses a channel that is open, " + id);
        }
        mine.remove(id);
        channel.refuse(MuxFrame.text(rest));
      }
      case MuxFrame.DATA -> channel.data(rest.slice());
      case MuxFrame.END -> {
        channel.end();
        forgetIfOver(channel);
      }
      case MuxFrame.RESET -> channel.reset();
      case MuxFrame.CREDIT -> channel.credit(MuxFrame.number(rest));
      default -> throw new Breach("sends frames of an unknown kind, " + kind);
    }
  }

  /** What was sent before the other side knew that the channel is over is of no interest. */
  private void unknown(byte kind, boolean ours, int id) {
    boolean known = id > 0 && id <= (ours ? lastMine : lastTheirs);
    boolean late = kind == MuxFrame.CREDIT || kind == MuxFrame.RESET || kind == MuxFrame.END;
    if (!known || !late) {
      throw new Breach("sends frames of kind " + kind + " over a channel that is not, " + id);
    }
  }

  // ------------------------------------------------------------------ the end

  private void fail(String why, @Nullable Throwable cause) {
    lock.lock();
    try {
      if (failure == null && !finished) {
        failure = new ChannelFailedException(name + ": " + why, cause);
        if (!closing && !peerClosed) {
          LOG.warn("{}: {}", name, why);
        }
        finished = true;
        wakeAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private void wakeAll() {
    arrived.all();
    work.signal();
    written.signalAll();
    all().forEach(MuxChannel::wakeAll);
  }

  void close() {
    lock.lock();
    try {
      if (closing) {
        return;
      }
      closing = true;
      all().forEach(MuxChannel::shut);
      wakeAll();
      awaitWritten(Deadline.after(linger));
      if (!goodbyeSent && !mute && failure == null) {
        LOG.warn("{} was closed with frames of {} channels not written", name, turns.size());
      }
      finished = true;
      work.signal();
    } finally {
      lock.unlock();
    }
    below.close();
  }

  private void awaitWritten(Deadline deadline) {
    try {
      while (!goodbyeSent && !mute && failure == null && !deadline.isExpired()) {
        long unused = written.awaitNanos(deadline.remainingNanos()); // looks again
      }
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

  MultiplexerStats stats() {
    lock.lock();
    try {
      return new MultiplexerStats(
          mine.size() + theirs.size(), opened, accepted, refused, framesSent, framesReceived);
    } finally {
      lock.unlock();
    }
  }

  /** For messages: the name, and its state. */
  @Override
  public String toString() {
    lock.lock();
    try {
      return name
          + (closing ? ", closed" : failure != null ? ", failed" : "")
          + ", "
          + (mine.size() + theirs.size())
          + " channels";
    } finally {
      lock.unlock();
    }
  }
}
