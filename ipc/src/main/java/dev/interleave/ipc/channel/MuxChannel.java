// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.Polled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A channel of a multiplexer: what is to be sent and what has come, guarded by that one's lock. */
final class MuxChannel implements LogicalChannel {
  private final MuxEngine engine;
  private final ReentrantLock lock;
  private final String name;
  private final String label;
  final int id;

  /** Whether this side opened it. */
  final boolean mine;

  private final int window;
  private final Signal room;
  private final Signal message;
  final Signal answered;

  // What this side sends.
  private final Queue<ByteBuffer> outgoing = new ArrayDeque<>();

  /** Who waits for room, in order. */
  private final Queue<Object> waiting = new ArrayDeque<>();

  private int outgoingCost;
  private int peerWindow;
  private int credit;
  private boolean sendEnded;
  private boolean endWritten;
  private boolean broken;

  // What it receives.
  private final Queue<ByteBuffer> incoming = new ArrayDeque<>();
  private int granted;
  private int taken;
  private boolean ended;
  private boolean closed;

  // What the writer has to say besides.
  private boolean openDue;
  private boolean acceptDue;
  private boolean creditDue;
  private boolean resetDue;
  boolean hasTurn;
  private @Nullable String refusal;

  private long sent;
  private long received;
  private long discarded;
  private long usedAt = System.nanoTime();

  MuxChannel(MuxEngine engine, ReentrantLock lock, int id, boolean mine, String label, int window) {
    this.engine = engine;
    this.lock = lock;
    this.id = id;
    this.mine = mine;
    this.label = label;
    this.window = window;
    granted = window;
    String shown =
        label.replaceAll("\\p{Cntrl}", "?"); // it may be the other side's, and goes to logs
    name = engine.name() + "/" + shown + (mine ? "#" : "#-") + id;
    ChannelResource resource = new ChannelResource(name, "logical channel");
    room = new Signal(lock, resource, "room");
    message = new Signal(lock, resource, "a frame");
    answered = new Signal(lock, resource, "to be opened");
    openDue = mine;
    acceptDue = !mine;
  }

  // ------------------------------------------------------------------ called with the lock held

  /** The other side takes it, with this window. */
  void takenBy(int theirWindow) {
    if (peerWindow != 0) {
      throw new Breach("takes a channel twice, " + name);
    }
    peerWindow = theirWindow;
    credit = theirWindow;
    answered.all();
  }

  boolean isTaken() {
    return peerWindow != 0;
  }

  /** The other side does not take it: it never was. */
  void refuse(String reason) {
    refusal = reason;
    sendEnded = true;
    endWritten = true;
    ended = true;
    wakeAll();
  }

  boolean isRefused() {
    return refusal != null;
  }

  @Nullable String refusal() {
    return refusal;
  }

  /** Whether nothing more will be sent or come. */
  boolean isOver() {
    return endWritten && ended;
  }

  boolean isSomethingDue() {
    return openDue
        || acceptDue
        || creditDue
        || resetDue
        || !outgoing.isEmpty()
        || (sendEnded && !endWritten);
  }

  /** Writes the next frame of those that are due. */
  void fill(ByteBuffer out) {
    if (openDue) {
      openDue = false;
      MuxFrame.begin(out, MuxFrame.OPEN, mine, id).putInt(window);
      out.put(label.getBytes(StandardCharsets.UTF_8));
    } else if (acceptDue) {
      acceptDue = false;
      MuxFrame.begin(out, MuxFrame.ACCEPT, mine, id).putInt(window);
    } else if (resetDue) {
      resetDue = false;
      MuxFrame.begin(out, MuxFrame.RESET, mine, id);
    } else if (creditDue) {
      creditDue = false;
      MuxFrame.begin(out, MuxFrame.CREDIT, mine, id).putInt(taken);
      granted += taken;
      taken = 0;
    } else {
      ByteBuffer next = outgoing.poll();
      if (next != null) {
        outgoingCost -= MuxFrame.cost(next);
        MuxFrame.begin(out, MuxFrame.DATA, mine, id).put(next);
        room.all();
      } else {
        endWritten = true;
        MuxFrame.begin(out, MuxFrame.END, mine, id);
      }
    }
    out.flip();
  }

  void data(ByteBuffer payload) {
    int cost = MuxFrame.cost(payload);
    if (ended || cost > granted) {
      throw new Breach(
          ended
              ? "sends after the end of " + name
              : "sends " + cost + " bytes where it has credit for " + granted + ", over " + name);
    }
    granted -= cost;
    usedAt = System.nanoTime();
    if (closed) {
      discarded++;
    } else {
      incoming.add(payload);
      message.all();
    }
  }

  void end() {
    if (ended) {
      throw new Breach("ends twice, " + name);
    }
    ended = true;
    message.all();
  }

  /** The other side receives no more. */
  void reset() {
    broken = true;
    outgoing.clear();
    outgoingCost = 0;
    sendEnded = true;
    room.all();
    engine.due(this);
  }

  void credit(int more) {
    if (more < 1 || more > peerWindow - credit) {
      throw new Breach(
          "gives credit for " + more + " bytes to one that has " + credit + ", over " + name);
    }
    credit += more;
    room.all();
  }

  void wakeAll() {
    room.all();
    message.all();
    answered.all();
  }

  void shut() {
    if (!closed) {
      closed = true;
      discarded += incoming.size();
      incoming.clear();
      sendEnded = true;
      resetDue = !ended;
      wakeAll();
      engine.due(this);
    }
  }

  // ------------------------------------------------------------------ to send

  @Override
  public int maxFrame() {
    lock.lock();
    try {
      return longest();
    } finally {
      lock.unlock();
    }
  }

  private int longest() {
    int half = Math.min(window, peerWindow == 0 ? window : peerWindow) / 2;
    return Math.min(engine.maxFrame(), half - MuxFrame.OVERHEAD);
  }

  @Override
  public void send(ByteBuffer frame, Deadline deadline)
      throws ChannelException, InterruptedException {
    Objects.requireNonNull(deadline, "deadline");
    lock.lock();
    try {
      Frames.checkLength(frame, longest(), name);
      checkSendable();
      int cost = MuxFrame.cost(frame);
      if (!hasRoom(cost)) {
        awaitRoom(cost, deadline);
      }
      add(frame, cost);
    } finally {
      lock.unlock();
    }
  }

  /** Each for its turn: or a long frame might wait for ever, while short ones find room. */
  @SuppressWarnings("ReferenceEquality") // it has no other identity
  private void awaitRoom(int cost, Deadline deadline)
      throws ChannelException, InterruptedException {
    Object me = new Object();
    waiting.add(me);
    try {
      boolean more =
          room.await(() -> !isSendable() || (me.equals(waiting.peek()) && fits(cost)), deadline);
      checkSendable();
      if (!more) {
        throw new ChannelTimeoutException(
            name + ": no room, the other side does not receive", null);
      }
    } finally {
      boolean unused = waiting.remove(me);
      room.all(); // for the next one
    }
  }

  @Override
  public boolean trySend(ByteBuffer frame) throws ChannelException {
    lock.lock();
    try {
      Frames.checkLength(frame, longest(), name);
      checkSendable();
      int cost = MuxFrame.cost(frame);
      if (!hasRoom(cost)) {
        return false;
      }
      add(frame, cost);
      return true;
    } finally {
      lock.unlock();
    }
  }

  private boolean hasRoom(int cost) {
    return waiting.isEmpty() && fits(cost);
  }

  private boolean fits(int cost) {
    return cost <= credit && cost <= window - outgoingCost;
  }

  private void add(ByteBuffer frame, int cost) {
    credit -= cost;
    outgoingCost += cost;
    outgoing.add(Frames.taken(frame));
    sent++;
    usedAt = System.nanoTime();
    engine.due(this);
  }

  private boolean isSendable() {
    return !sendEnded && engine.failure() == null;
  }

  private void checkSendable() throws ChannelException {
    if (closed) {
      throw new ChannelClosedException(name + " is closed", null);
    }
    if (broken) {
      throw new BrokenChannelException(name + ": the other side has closed the channel", null);
    }
    if (sendEnded) {
      throw new ChannelClosedException(name + ": its sending half is closed", null);
    }
    engine.throwFailure(name);
  }

  @Override
  public void closeSend() {
    lock.lock();
    try {
      if (!sendEnded) {
        sendEnded = true;
        room.all();
        engine.due(this);
      }
    } finally {
      lock.unlock();
    }
  }

  // ------------------------------------------------------------------ to receive

  @Override
  public @Nullable ByteBuffer receive(Deadline deadline)
      throws ChannelException, InterruptedException {
    Objects.requireNonNull(deadline, "deadline");
    lock.lock();
    try {
      boolean more =
          message.await(
              () -> closed || !incoming.isEmpty() || ended || engine.failure() != null, deadline);
      ByteBuffer frame = take();
      if (frame == null && !more) {
        throw new ChannelTimeoutException(name + ": nothing to receive", null);
      }
      return frame;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Polled tryReceive(Consumer<? super ByteBuffer> handler) throws ChannelException {
    Objects.requireNonNull(handler, "handler");
    ByteBuffer frame;
    lock.lock();
    try {
      frame = take();
      if (frame == null) {
        return ended ? Polled.END : Polled.NOTHING;
      }
    } finally {
      lock.unlock();
    }
    handler.accept(frame);
    return Polled.FRAME;
  }

  private @Nullable ByteBuffer take() throws ChannelException {
    if (closed) {
      throw new ChannelClosedException(name + " is closed", null);
    }
    ByteBuffer frame = incoming.poll();
    if (frame == null) {
      if (!ended) {
        engine.throwFailure(name);
      }
      return null;
    }
    received++;
    taken += MuxFrame.cost(frame);
    // A frame takes half of the window at most. So a sender that waits has more than half on its
    // way, and gets that back.
    if (taken >= window / 2 && !ended) {
      creditDue = true;
      engine.due(this);
    }
    return frame;
  }

  @Override
  public void close() {
    lock.lock();
    try {
      shut();
    } finally {
      lock.unlock();
    }
  }

  // ------------------------------------------------------------------ about it

  @Override
  public boolean isClosed() {
    lock.lock();
    try {
      return closed || engine.failure() != null;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  public Duration idle() {
    lock.lock();
    try {
      return Duration.ofNanos(System.nanoTime() - usedAt);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public ChannelStats stats() {
    lock.lock();
    try {
      return new ChannelStats(sent, received, discarded, incoming.size());
    } finally {
      lock.unlock();
    }
  }

  /** For messages: the name, and its state. */
  @Override
  public String toString() {
    lock.lock();
    try {
      return "LogicalChannel["
          + name
          + (closed ? ", closed" : "")
          + (sendEnded ? ", sends no more" : "")
          + (ended ? ", ended by the other side" : "")
          + ", credit "
          + credit
          + "]";
    } finally {
      lock.unlock();
    }
  }
}
