// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.Connection;
import dev.interleave.ipc.transport.FrameHandler;
import dev.interleave.ipc.transport.FrameTooLargeException;
import dev.interleave.ipc.transport.Polled;
import dev.interleave.ipc.transport.SharedReceiving;
import dev.interleave.ipc.transport.Transport;
import dev.interleave.ipc.transport.TransportException;
import dev.interleave.ipc.transport.TransportTimeoutException;
import dev.interleave.lifecycle.Threads;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's way to its server: the session there is, those who read it in turn ({@link ReadTurn}),
 * the thread that makes a new one when it ends, and what becomes of pending calls then.
 *
 * <h2>No call is forgotten</h2>
 *
 * <p>A caller (1) puts its call into the table, (2) reads the session, (3) claims the call for it,
 * (4) sends, and if that fails (5) looks whether the session is still there. The thread (a) closes
 * the connection, (b) takes the session away, (c) sweeps the table: whatever is claimed for the
 * session and may not be repeated is failed, what may be is set free; (d) publishes the next
 * session, or why there is none, (e) sweeps again: claims and sends what is free, or fails all. If
 * the claim (3) comes before the sweep (c), that sees it. If it comes after it, then the connection
 * was closed before (4), which fails, and (5) sees that the session is gone: the caller does for
 * its call what the sweep would have done. If (2) finds no session, then either (d) is seen by the
 * caller, who looks after (2), or (1) by the sweep (e).
 */
final class ClientLink implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(ClientLink.class);

  /** How long a cancel may wait for room. */
  private static final Duration CANCEL_PATIENCE = Duration.ofSeconds(1);

  final PendingTable pending;
  final ClientCounts counts = new ClientCounts();
  private final AtomicBoolean completionsHaveFailed = new AtomicBoolean();
  private final String name;
  private final Connecting connecting;
  private final Codec codec;
  private final Duration connectTimeout;
  private final @Nullable Reconnect reconnect;
  private final Thread reader;
  private final ReadTurn turn;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile @Nullable ClientSession session;

  /** The session there is, or the last there was. */
  private volatile ClientSession latest;

  /** Why there will be no further session; null as long as there is or may be one. */
  private volatile @Nullable Lost lost;

  /** Why the session is at its end, as the one found that had the turn; null if it is not. */
  private final AtomicReference<@Nullable Lost> broken = new AtomicReference<>();

  /** Connects to the server: {@link Transport#connect}, but for tests. */
  @FunctionalInterface
  interface Connecting {
    Connection connect(Deadline deadline) throws TransportException, InterruptedException;
  }

  /** Why a connection ended. */
  private record Lost(String reason, @Nullable Throwable cause, boolean byClient) {
    RpcException exception(String what, boolean mayHaveRun) {
      return byClient
          ? new ClientClosedException(what + ": the client is closed", cause)
          : new PeerLostException(what + ": " + reason, cause, mayHaveRun);
    }
  }

  ClientLink(
      String name,
      Connecting connecting,
      Codec codec,
      Duration connectTimeout,
      @Nullable Reconnect reconnect,
      int maxPending)
      throws TransportException, InterruptedException {
    this.name = name;
    this.connecting = connecting;
    this.codec = codec;
    this.connectTimeout = connectTimeout;
    this.reconnect = reconnect;
    pending = new PendingTable(maxPending);
    latest = ClientSession.open(connecting, name, codec, Deadline.after(connectTimeout));
    session = latest;
    turn =
        new ReadTurn(
            pending::needsThread,
            () -> broken.get() != null,
            this::wakeThread,
            ReadTurn.LEASE_NANOS);
    reader = Threads.platform(name + "-reader").daemon(true).build().newThread(this);
  }

  void start() {
    reader.start();
  }

  private void wakeThread() {
    LockSupport.unpark(reader);
  }

  /** As {@link ClientSession#number} has it, to find out before the first call. */
  void check(ClientMethod method) {
    int unused = latest.number(method);
  }

  String server() {
    return latest.server;
  }

  boolean isConnected() {
    return session != null;
  }

  /** Whether callers may read: whether a wait for a frame can be ended otherwise, too. */
  boolean mayBeRead() {
    return latest.connection instanceof SharedReceiving;
  }

  /** What a new call fails with; null if there may be a connection. */
  @Nullable RpcException gone(ClientMethod method) {
    Lost why = lost;
    return why == null ? null : why.exception(name + ": " + method, false);
  }

  // ------------------------------------------------------------------ callers

  /** Sends a call that is in the table, or leaves it to the reader, or ends it. */
  void send(PendingCall call) throws InterruptedException {
    while (call.outcome() == null) {
      ClientSession now = session;
      if (now == null) {
        Lost why = lost;
        if (why != null) {
          lose(call, why, false);
        }
        return; // the reader sends it when it has a session
      }
      if (!call.sentOver.compareAndSet(null, now)) {
        return; // the reader does so
      }
      if (!call.mayLead) {
        turn.passOnIfFree(); // before it has to wait for room, which is made by who reads
      }
      if (sendOver(call, now)) {
        return;
      }
    }
  }

  /** Sends a claimed call; false if it is free again, as the session has gone. */
  private boolean sendOver(PendingCall call, ClientSession over) throws InterruptedException {
    Connection connection = over.connection;
    try {
      Encoder request = call.request(over.number(call.method), connection.maxFrame());
      connection.send(request.toByteBuffer(), call.deadline);
      if (call.isGivenUp()) { // since it was claimed: the cancel may have been faster than this
        cancel(connection, call.id);
      }
      return true;
    } catch (UnknownMethodException | ServiceMismatchException e) {
      boolean unused = end(call, Outcome.Kind.FAILED, () -> e);
    } catch (CodecException | FrameTooLargeException e) {
      boolean unused =
          end(
              call,
              Outcome.Kind.FAILED,
              () ->
                  new BadArgumentException(
                      name + ": " + call + ": cannot be sent: " + e.getMessage(), e));
    } catch (TransportTimeoutException e) {
      boolean unused = end(call, Outcome.Kind.TIMED_OUT, () -> timeout(call));
    } catch (TransportException e) {
      connection.close(); // so the reader sees it as well, if it has not
      if (session != over) {
        return afterSweep(call, over, e);
      }
    }
    return true;
  }

  /**
   * Waits for the outcome, in the thread that made the call, and reads meanwhile if nobody else
   * does; null if the deadline passes first.
   */
  @Nullable Outcome await(PendingCall call) throws InterruptedException {
    if (!call.mayLead) {
      return call.await();
    }
    call.waits();
    while (!call.isSettled() && !call.deadline.isExpired()) {
      if (turn.tryLead() || turn.follow(call)) {
        try {
          lead(call);
        } finally {
          turn.giveUp();
        }
      }
    }
    return call.outcome();
  }

  /** With the turn: receives until the call has ended, its deadline passes, or nobody can. */
  private void lead(PendingCall call) throws InterruptedException {
    ClientSession from = session;
    if (from == null || !(from.connection instanceof SharedReceiving connection)) {
      return; // only when the client was closed, which settles the call
    }
    FrameHandler handler = frame -> message(from, frame);
    try {
      while (!call.isSettled()) {
        Polled found = connection.receive(handler, call::isSettled, call.deadline, call, "reply");
        if (found == Polled.END) {
          broken.set(ended(from));
          return;
        }
      }
    } catch (TransportTimeoutException e) {
      LOG.trace("{}: {} is out of time", name, call, e); // as its caller finds out by itself
    } catch (TransportException | RuntimeException | Error e) {
      broken.set(lost(from, e)); // the thread ends all calls, this one too
    }
  }

  private boolean afterSweep(PendingCall call, ClientSession over, TransportException e) {
    if (reconnect != null && call.safe) {
      return !call.free(over);
    }
    Lost why = lost;
    lose(call, why != null ? why : new Lost(String.valueOf(e.getMessage()), e, false), true);
    return true;
  }

  RpcException timeout(PendingCall call) {
    return new CallTimeoutException(
        name
            + ": "
            + call
            + " did not end in "
            + Duration.ofNanos(System.nanoTime() - call.began)
            + (call.mayHaveRun() ? "" : ", and was not sent, for want of a connection"),
        null);
  }

  /** Ends a call without a reply, and tells the server; false if its reply was faster. */
  boolean giveUp(PendingCall call, Outcome.Kind kind, Supplier<RuntimeException> exception) {
    if (!end(call, kind, exception)) {
      return false;
    }
    ClientSession over = call.sentOver.get();
    if (over != null && over == session) {
      cancel(over.connection, call.id);
    }
    return true;
  }

  private boolean end(PendingCall call, Outcome.Kind kind, Supplier<RuntimeException> exception) {
    if (!pending.giveUp(call)) {
      return false;
    }
    counts.of(kind).increment();
    boolean settled = call.settle(new Outcome.Failure(kind, exception));
    ClientSession now = session;
    if (call.mayLead && now != null && now.connection instanceof SharedReceiving connection) {
      connection.wakeReceiver(); // its caller may be the one that receives
    }
    return settled;
  }

  /**
   * What executes completions has failed; they were run otherwise. Logged in full once, as it may
   * be so for every reply.
   */
  void completionsFailed(Throwable e) {
    if (completionsHaveFailed.compareAndSet(false, true)) {
      LOG.error("{}: the executor of completions fails; they run on threads of their own", name, e);
    } else {
      LOG.debug("{}: the executor of completions fails", name, e);
    }
  }

  private void lose(PendingCall call, Lost why, boolean mayHaveRun) {
    boolean mayHave = mayHaveRun || call.mayHaveRun();
    boolean unused = end(call, Outcome.Kind.LOST, () -> why.exception(name + ": " + call, mayHave));
  }

  /** At once if there is room; else by another thread, as the time of the caller is up. */
  private void cancel(Connection connection, long id) {
    ByteBuffer message = Frames.cancel(id);
    try {
      if (!connection.trySend(message)) {
        // Not on the threads of completions: a server that takes nothing would keep all of them.
        ClientThreads.apart(pending, () -> cancelPatiently(connection, message));
      }
    } catch (TransportException e) {
      LOG.debug("{}: no cancel of {} was sent", name, id, e); // the end of the connection is one
    }
  }

  private void cancelPatiently(Connection connection, ByteBuffer message) {
    try {
      connection.send(message, Deadline.after(CANCEL_PATIENCE));
    } catch (TransportException e) {
      LOG.debug("{}: a cancel was not sent", name, e); // the deadline does it, a little later
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // ------------------------------------------------------------------ who reads

  @Override
  public void run() {
    try {
      ClientSession now = session;
      while (now != null) {
        Lost why = read(now);
        now.connection.close();
        session = null;
        Lost end = lost; // by close
        now = end != null ? finished(end) : reconnect == null ? finished(why) : again(now, why);
      }
    } catch (RuntimeException | Error e) { // for want of memory for a thread, say
      ends(e);
      throw e;
    }
  }

  /** The thread ends, and nothing without it: no call is to wait for a session that never comes. */
  private void ends(Throwable e) {
    ClientSession now = session;
    session = null;
    if (now != null) {
      now.connection.close();
    }
    Lost end = lost;
    ClientSession unused =
        finished(end != null ? end : new Lost("the thread that reads has failed: " + e, e, false));
  }

  /** Until the session ends: then with the turn, so that nobody leads, or interrupted by close. */
  private Lost read(ClientSession from) {
    FrameHandler handler = frame -> message(from, frame);
    try {
      for (; ; ) {
        turn.awaitTurn();
        Lost found = broken.get();
        if (found != null) {
          return found;
        }
        do {
          if (!from.connection.receive(handler, Deadline.none())) {
            return ended(from);
          }
        } while (pending.needsThread());
        // What is there as well may keep the server from going on, and nobody may come to read it.
        Polled more = Polled.FRAME;
        while (more == Polled.FRAME) {
          more = from.connection.tryReceive(handler);
        }
        if (more == Polled.END) {
          return ended(from);
        }
        turn.giveUp();
      }
    } catch (TransportException | RuntimeException | Error e) {
      return lost(from, e);
    } catch (InterruptedException e) {
      return new Lost("the reader was interrupted", e, false); // by close, which has its own reason
    }
  }

  private static Lost ended(ClientSession from) {
    String reason = from.goodbye;
    return new Lost(reason == null ? "the server has closed" : reason, null, false);
  }

  private Lost lost(ClientSession from, Throwable e) {
    if (e instanceof TransportException) {
      String reason = from.goodbye;
      return new Lost(reason == null ? String.valueOf(e.getMessage()) : reason, e, false);
    }
    if (!(e instanceof CodecException)) { // whatever it is, the pending calls must not hang
      LOG.error("{}: reading from {} failed", name, from.connection.name(), e);
      return new Lost("reading failed: " + e, e, false);
    }
    String reason = "the connection broke the protocol: " + e.getMessage();
    try {
      boolean unused = from.connection.trySend(Frames.goodbye(reason)); // best effort
    } catch (TransportException gone) {
      e.addSuppressed(gone);
    }
    return new Lost(reason, e, false);
  }

  private void message(ClientSession from, ByteBuffer frame) {
    Decoder in = new Decoder(frame);
    int kind = Frames.kind(in);
    switch (kind) {
      case Frames.REPLY -> {
        long id = in.readUnsigned();
        Outcome reply = new Outcome.Reply(in); // before the call is out of the table
        PendingCall call = pending.replied(id);
        if (call != null) {
          counts.ok.increment();
          call.method.latency().record(System.nanoTime() - call.began);
          boolean unused = call.settle(reply);
        }
      }
      case Frames.ERROR -> {
        long id = in.readUnsigned();
        Outcome.Failure failure = failure(from, in); // before the call is out of the table
        PendingCall call = pending.replied(id);
        if (call != null) {
          counts.of(failure.kind()).increment();
          boolean unused = call.settle(failure);
        }
      }
      case Frames.GOODBYE -> from.goodbye = Frames.reason(in);
      default -> {
        if (kind < Frames.IGNORABLE) {
          throw new CodecException("unexpected kind of message: " + kind);
        }
        counts.ignored.increment();
      }
    }
  }

  private Outcome.Failure failure(ClientSession from, Decoder in) {
    Frames.Code code = Frames.Code.read(in);
    if (code == Frames.Code.REMOTE) {
      ExceptionFrame thrown = ExceptionFrame.read(in);
      in.requireEnd();
      return new Outcome.Failure(Outcome.Kind.FAILED, () -> thrown.toException(from.server));
    }
    String message = "on " + from.server + ": " + Frames.reason(in);
    in.requireEnd();
    return new Outcome.Failure(
        code == Frames.Code.REJECTED ? Outcome.Kind.REJECTED : Outcome.Kind.FAILED,
        () ->
            switch (code) {
              case UNKNOWN_METHOD -> new UnknownMethodException(message, null);
              case BAD_ARGUMENT -> new BadArgumentException(message, null);
              case BAD_RESULT -> new BadResultException(message, null);
              case REJECTED -> new CallRejectedException(message, null);
              case REMOTE -> throw new AssertionError(message);
            });
  }

  private @Nullable ClientSession finished(Lost why) {
    broken.set(why);
    lost = why;
    for (PendingCall call : pending.all()) {
      lose(call, why, call.sentOver.get() != null);
    }
    return null;
  }

  private @Nullable ClientSession again(ClientSession before, Lost why) {
    LOG.info("{}: lost {}: {}; will try again", name, before.connection.name(), why.reason);
    for (PendingCall call : pending.all()) {
      if (call.sentOver.get() == before) {
        if (!call.safe) {
          lose(call, why, true);
        } else {
          boolean unused = call.free(before);
        }
      }
    }
    ClientSession next;
    try {
      next = reconnected(why);
    } catch (InterruptedException e) {
      next = null; // by close
    }
    Lost end = lost;
    if (next == null || end != null) {
      if (next != null) {
        next.connection.close();
      }
      return finished(end != null ? end : why);
    }
    counts.reconnects.increment();
    broken.set(null); // with the turn
    latest = next;
    session = next;
    if (lost != null) { // either close sees the session, or this sees that it is closed
      next.connection.close();
    }
    resend(next);
    turn.giveUp();
    return next;
  }

  private @Nullable ClientSession reconnected(Lost why) throws InterruptedException {
    Reconnect plan = reconnect;
    if (plan == null) {
      return null;
    }
    Deadline end = Deadline.after(plan.giveUpAfter());
    for (int attempt = 0; !end.isExpired(); attempt++) {
      long delay = Math.min(plan.delayNanos(attempt), end.remainingNanos());
      if (closed.await(delay, TimeUnit.NANOSECONDS)) {
        return null;
      }
      try {
        return ClientSession.open(connecting, name, codec, Deadline.after(connectTimeout).min(end));
      } catch (TransportException | RpcException e) {
        LOG.debug("{}: attempt {} to connect again failed", name, attempt, e);
        Throwable cause = why.cause;
        if (cause != null && attempt == 0) {
          cause.addSuppressed(e);
        }
      }
    }
    return null;
  }

  /** By another thread: replies have to be read meanwhile, or both sides might wait for room. */
  private void resend(ClientSession over) {
    if (pending.size() == 0) {
      return;
    }
    Thread sender =
        Threads.platform(name + "-sender").daemon(true).build().newThread(() -> sendAll(over));
    sender.start();
  }

  private void sendAll(ClientSession over) {
    try {
      for (PendingCall call : pending.all()) {
        if (call.outcome() == null && call.sentOver.compareAndSet(null, over)) {
          counts.repeated.increment();
          if (!sendOver(call, over)) {
            return; // it is free again, and the next session's
          }
        }
      }
    } catch (InterruptedException e) {
      LOG.error("{}: its thread was interrupted; calls may not have been sent", name, e);
    }
  }

  // ------------------------------------------------------------------ the end

  void close() {
    if (lost == null) {
      lost = new Lost("the client is closed", null, true);
    }
    closed.countDown();
    ClientSession now = session;
    if (now != null) {
      try {
        boolean unused = now.connection.trySend(Frames.goodbye("the client is closed"));
      } catch (TransportException e) {
        LOG.debug("{}: the server went at the same time", name, e);
      }
      now.connection.closeSend();
      now.connection.close();
    }
    Lost why = lost;
    if (why != null) {
      for (PendingCall call : pending.all()) {
        lose(call, why, call.sentOver.get() != null);
      }
    }
    reader.interrupt();
  }
}
