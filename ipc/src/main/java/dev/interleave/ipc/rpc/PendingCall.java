// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import dev.interleave.Deadline;
import dev.interleave.diagnose.Owners;
import dev.interleave.diagnose.Resource;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A call from its beginning to its end. It ends once: by who first {@linkplain #settle settles} it.
 * The thread that made it waits in {@link ClientLink#await}, or a {@link CallFuture} is told.
 */
final class PendingCall implements Resource, ReadTurn.Follower {
  final long id;
  final ClientMethod method;
  final Deadline deadline;
  final boolean safe;

  /** Whether its caller waits for it, and may read meanwhile. Set before others can see this. */
  boolean mayLead;

  final long began = System.nanoTime();

  /** The session over which it was sent last, or is being sent; null if over none. */
  final AtomicReference<@Nullable ClientSession> sentOver = new AtomicReference<>();

  /**
   * Whether it may have reached a server over a session that has ended; set before that is freed.
   */
  private volatile boolean sentBefore;

  private final int lane;
  private final @Nullable String key;
  private final Map<String, String> headers;
  private final byte[] arguments;
  private final @Nullable CallFuture future;
  private final AtomicReference<@Nullable Outcome> outcome = new AtomicReference<>();
  private volatile @Nullable Thread waiter;

  PendingCall(
      long id,
      ClientMethod method,
      CallOptions options,
      Deadline deadline,
      Map<String, String> headers,
      byte[] arguments,
      @Nullable CallFuture future) {
    this.id = id;
    this.method = method;
    this.deadline = deadline;
    this.headers = headers;
    this.arguments = arguments;
    this.future = future;
    key = options.idempotencyKey();
    safe = key != null || Boolean.TRUE.equals(options.retrySafe());
    Integer priority = options.priority();
    lane = priority == null ? CallOptions.NORMAL : priority;
  }

  /**
   * The request, with the time that is left now.
   *
   * @throws CodecException if it is longer than that
   */
  Encoder request(int number, int maxFrame) {
    Encoder out = new Encoder(maxFrame);
    out.writeByte(Frames.REQUEST);
    out.writeUnsigned(id);
    out.writeUnsigned(number);
    out.writeUnsigned(deadline.isNone() ? 0 : deadline.remainingNanos() + 1);
    out.writeByte(lane);
    out.writeString(key);
    out.writeUnsigned(headers.size());
    headers.forEach((name, text) -> {
      out.writeString(name);
      out.writeString(text);
    });
    out.writeBytes(arguments);
    return out;
  }

  /**
   * The session has ended over which it was sent, or was being sent: it is to be sent over another.
   *
   * @return false if somebody else was faster
   */
  boolean free(ClientSession from) {
    sentBefore = true;
    return sentOver.compareAndSet(from, null);
  }

  /** Whether it may have reached a server. */
  boolean mayHaveRun() {
    return sentOver.get() != null || sentBefore; // in this order: see free
  }

  /**
   * What its caller gets for what a server, or this client, says of it: that it was not run is true
   * of the last attempt only.
   */
  RuntimeException told(RuntimeException failure) {
    boolean notRun =
        failure instanceof CallRejectedException
            || failure instanceof BadArgumentException
            || failure instanceof UnknownMethodException
            || failure instanceof ServiceMismatchException;
    return notRun && sentBefore
        ? new PeerLostException(
            this + ": the connection was lost, and when it was sent again: " + failure.getMessage(),
            failure,
            true)
        : failure;
  }

  /** Whether its caller wants it no more, and the server may not know that. */
  boolean isGivenUp() {
    return outcome.get() instanceof Outcome.Failure failure
        && (failure.kind() == Outcome.Kind.CANCELLED || failure.kind() == Outcome.Kind.TIMED_OUT);
  }

  /** Ends it; false if it had ended. */
  boolean settle(Outcome how) {
    if (!outcome.compareAndSet(null, how)) {
      return false;
    }
    wake();
    if (future != null) {
      future.settled(this, how);
    }
    return true;
  }

  /** How it ended; null if it has not. */
  @Nullable Outcome outcome() {
    return outcome.get();
  }

  /** Waits for the outcome, in the thread that made the call; null if the deadline passes first. */
  @Nullable Outcome await() throws InterruptedException {
    waits();
    Outcome how = outcome.get();
    if (how != null) {
      return how;
    }
    Wait wait = enterWait();
    try {
      while ((how = outcome.get()) == null) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        long left = deadline.remainingNanos();
        if (left == 0) {
          return null;
        }
        LockSupport.parkNanos(this, Math.min(left, Deadline.MAX_NANOS));
      }
      return how;
    } catch (InterruptedException e) {
      throw Waits.causedBy(wait, e);
    } finally {
      wait.leave();
    }
  }

  /** Before the thread that made the call waits: whoever settles it wakes that thread. */
  void waits() {
    waiter = Thread.currentThread();
  }

  /** The thread that made the call is about to park. */
  Wait enterWait() {
    return Waits.enter(this, "reply", deadline.isNone() ? Wait.Exit.INTERRUPT : Wait.Exit.TIMEOUT);
  }

  /** Wakes the thread that made the call, if it waits. */
  @Override
  public void wake() {
    Thread waiting = waiter;
    if (waiting != Thread.currentThread()) { // else it leads, and has settled its own call
      LockSupport.unpark(waiting);
    }
  }

  /** Whether it has ended. */
  boolean isSettled() {
    return outcome.get() != null;
  }

  /** Waits for who has taken this out of the table, and settles it within some instructions. */
  Outcome awaitSettled() {
    waiter = Thread.currentThread();
    for (; ; ) {
      Outcome how = outcome.get();
      if (how != null) {
        return how;
      }
      LockSupport.parkNanos(this, 1_000_000); // bounded, as an interrupted thread does not park
    }
  }

  @Override
  public String name() {
    return method.toString();
  }

  @Override
  public String kind() {
    return "remote call";
  }

  /** The server, which may be in another process. */
  @Override
  public Owners owners(Wait wait) {
    return Owners.anyone();
  }

  @Override
  public String toString() {
    return method.toString();
  }
}
