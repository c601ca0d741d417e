// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import dev.interleave.Deadline;
import dev.interleave.context.Context;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A request, from its arrival to its end. For its client it ends once, by who first changes its
 * state to one that is not {@linkplain State#wanted wanted}: the reply, a cancel, its deadline, the
 * end of the connection. So there is at most one reply, and each request is counted once.
 *
 * <p>The method may run on after that: an interrupt is a request. Only when that has ended, too,
 * does another have its place within the limit of the method, and is its key not under way any
 * more; all of it is decided by the same word:
 *
 * <pre>
 *   WAITING ────── begun ─────▶ RUNNING ─── the method has ended ──▶ ENDED
 *      │ │                         │                                 ▲ ▲ ▲
 *      │ └── cancelled, expired, rejected: it has never run ─────────┼─┘ │
 *      │ cancelled, but            │ cancelled, expired              │   │
 *      ▼ others asked again        ▼                                 │   │
 *   FOR_OTHERS ──── begun ────▶ GIVEN_UP ── the method has ended ────┘   │
 *      └──────── expired, rejected, or they have cancelled it, too ──────┘
 * </pre>
 *
 * <p>Thread-safe; there is no lock.
 */
final class ServerCall implements Callable<@Nullable Void> {
  private enum State {
    WAITING,

    /** Its client wants it no more, but it waits on for those who asked again with its key. */
    FOR_OTHERS,

    RUNNING,

    /** It runs, and there will be no reply but to those who asked again with its key. */
    GIVEN_UP,

    ENDED;

    boolean waiting() {
      return this == WAITING || this == FOR_OTHERS;
    }

    /** Whether its client is still to be told. */
    boolean wanted() {
      return this == WAITING || this == RUNNING;
    }

    /** What it is when the client alone wants it no more. */
    State left() {
      return this == WAITING ? FOR_OTHERS : this == RUNNING ? GIVEN_UP : this;
    }

    /** What it is when nobody wants it any more: what does not run never will. */
    State stopped() {
      return waiting() ? ENDED : left();
    }
  }

  final ServerLink link;
  final long id;
  final ServerMethod method;
  final Deadline deadline;

  /** Of waiting requests that with the least comes first. */
  final long order;

  private final Decoder arguments;
  private final Map<String, String> headers;
  private final Replays.@Nullable Replay replay;
  private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
  private boolean entered; // by the reader, before anybody else has this
  private volatile @Nullable CompletableFuture<?> task;
  private volatile @Nullable CompletableFuture<?> stage;

  /** Whether the stage is of no use: after the state, and before the stage is looked for. */
  private volatile boolean stopped;

  ServerCall(
      ServerLink link,
      long id,
      ServerMethod method,
      Deadline deadline,
      long order,
      Map<String, String> headers,
      Decoder arguments,
      Replays.@Nullable Replay replay) {
    this.link = link;
    this.id = id;
    this.method = method;
    this.deadline = deadline;
    this.order = order;
    this.headers = headers;
    this.arguments = arguments;
    this.replay = replay;
  }

  /** Counts for the limit of its method; false if that is reached. */
  boolean enter() {
    entered = method.enter();
    return entered;
  }

  /** The pool has taken it. */
  void submitted(CompletableFuture<?> task) {
    this.task = task;
    CompletableFuture<?> unused = task.whenComplete((nothing, error) -> taskEnded(error));
  }

  private void taskEnded(@Nullable Throwable error) {
    if (error instanceof TimeoutException) {
      expire();
    } else if (error instanceof CancellationException) {
      // Whoever cancelled for the client has ended this before; else it is the pool that closes,
      // by a thread that must not wait here for a client that takes nothing.
      if (state.get().waiting()) {
        link.server.thrownAway(this);
      }
    } else if (error != null) {
      reject("it could not be run: " + error); // it has not begun
    }
  }

  /** It will not run; nothing if it has begun, or has ended. */
  void reject(String why) {
    State before = state.getAndUpdate(now -> now.waiting() ? State.ENDED : now);
    if (before.waiting()) {
      ended(
          before, link.server.counts.rejected, Frames.error(id, Frames.Code.REJECTED, why), false);
    }
  }

  @Override
  public @Nullable Void call() {
    if (!state.compareAndSet(State.WAITING, State.RUNNING)
        && !state.compareAndSet(State.FOR_OTHERS, State.GIVEN_UP)) {
      return null;
    }
    try {
      link.server.serve(this::run);
    } catch (Throwable e) { // not of the method: of a codec, of its future, or for want of memory
      fail(e); // here: who gave the task up hears of it no more, and it has to end nevertheless
    }
    return null;
  }

  private void run() {
    @Nullable Object @Nullable [] values;
    Context context;
    try {
      values = method.shape.arguments().decode(arguments);
      if (values == null) {
        throw new CodecException("there are no arguments");
      }
      arguments.requireEnd();
      context = link.server.context(headers, deadline);
    } catch (CodecException | IllegalArgumentException e) {
      outcome(
          link.server.counts.bad,
          Frames.error(id, Frames.Code.BAD_ARGUMENT, method + ": " + e.getMessage()),
          false);
      return;
    } catch (Throwable e) { // of a codec, or for want of memory: nothing has run
      outcome(link.server.counts.failed, failure(e), false);
      return;
    }
    try {
      Object result = invoke(context, values);
      if (method.shape.async()) {
        follow(result);
      } else {
        reply(result);
      }
    } catch (Thrown e) {
      fail(e.getCause());
    }
  }

  /** As {@link #call}, by the thread that reads the connection; nothing interrupts it. */
  void callHere() {
    if (deadline.isExpired()) {
      expire();
      return;
    }
    Object unused = call();
  }

  /** What the method threw, whatever it is, through a context that knows of exceptions only. */
  private static final class Thrown extends Exception {
    private static final long serialVersionUID = 1L;

    Thrown(Throwable cause) {
      super(null, cause, false, false);
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // it is never changed
    public Throwable getCause() {
      Throwable cause = super.getCause();
      return cause == null ? this : cause;
    }
  }

  private @Nullable Object invoke(Context context, @Nullable Object[] values) throws Thrown {
    try {
      return context.<@Nullable Object>call(() -> {
        try {
          return method.invoke(values);
        } catch (Throwable e) { // all of it is for the client
          throw new Thrown(e);
        }
      });
    } catch (Thrown e) {
      throw e;
    } catch (Exception e) {
      throw new Thrown(e);
    }
  }

  private void follow(@Nullable Object result) {
    if (!(result instanceof CompletionStage<?> future)) {
      fail(new NullPointerException(method + " returned null for a future"));
      return;
    }
    CompletableFuture<?> running = future.toCompletableFuture();
    stage = running;
    if (stopped) { // before the stage could be seen
      running.cancel(true);
    }
    link.server.asynchronous(this, running);
    Future<?> timer =
        deadline.isNone() || running.isDone()
            ? null
            : ServerClock.after(deadline.remainingNanos(), this::expire);
    CompletableFuture<?> unused =
        running.whenComplete((value, error) -> {
          if (timer != null) {
            boolean unusedToo = timer.cancel(false);
          }
          if (error == null) {
            reply(value);
          } else {
            fail(
                error instanceof CompletionException wrapper && wrapper.getCause() != null
                    ? wrapper.getCause()
                    : error);
          }
        });
  }

  private void reply(@Nullable Object value) {
    Encoder out = new Encoder(link.maxFrame());
    try {
      out.writeByte(Frames.REPLY);
      out.writeUnsigned(id);
      encode(method.shape.result(), value, out);
    } catch (CodecException e) {
      outcome(
          link.server.counts.bad,
          Frames.error(id, Frames.Code.BAD_RESULT, method + ": " + e.getMessage()),
          true);
      return;
    } catch (Throwable e) { // of the value or its codec; the caller may have nobody to tell
      fail(e);
      return;
    }
    outcome(link.server.counts.ok, out.toByteBuffer(), true);
  }

  @SuppressWarnings("unchecked") // a coder finds out by itself what is not of its type
  private static <T> void encode(Coder<T> coder, @Nullable Object value, Encoder out) {
    coder.encode((T) value, out);
  }

  private void fail(Throwable thrown) {
    ByteBuffer reply = failure(thrown);
    if (deadline.isExpired()) { // what it threw is likely to be of the interrupt for that
      leave(link.server.counts.timedOut);
    }
    outcome(link.server.counts.failed, reply, true);
  }

  private ByteBuffer failure(Throwable thrown) {
    Encoder out = new Encoder(link.maxFrame());
    try {
      out.writeByte(Frames.ERROR);
      out.writeUnsigned(id);
      Frames.Code.REMOTE.write(out);
      ExceptionFrame.write(thrown, out);
      return out.toByteBuffer();
    } catch (Throwable e) { // frames are so short that none fits, or it cannot even be looked at
      return Frames.error(id, Frames.Code.BAD_RESULT, method + " threw " + thrown.getClass());
    }
  }

  /** The time is up. The client knows that by itself, and wants no reply. */
  void expire() {
    stop(link.server.counts.expired, link.server.counts.timedOut);
  }

  /** The connection has ended. One with a key goes on: it may be asked for again over another. */
  void disconnected() {
    if (replay == null) {
      cancel();
    } else {
      boolean unused = replay.leave();
    }
  }

  /** The client waits for the reply no more; if others do, it goes on for them. */
  void cancel() {
    if (replay == null || replay.leave()) {
      abandon();
    } else {
      leave(link.server.counts.cancelled);
    }
  }

  /** Nobody waits for the reply any more. */
  void abandon() {
    stop(link.server.counts.cancelled, link.server.counts.cancelled);
  }

  /** Its client is not told any more. */
  private void leave(LongAdder counter) {
    State before = state.getAndUpdate(State::left);
    if (before.wanted()) {
      counter.increment();
      link.remove(this);
    }
  }

  private void stop(LongAdder ifWaiting, LongAdder ifRunning) {
    State before = state.getAndUpdate(State::stopped);
    if (before == State.ENDED) {
      return;
    }
    if (before.wanted()) {
      (before == State.WAITING ? ifWaiting : ifRunning).increment();
      link.remove(this);
    }
    stopped = true;
    CompletableFuture<?> running = task;
    if (running != null) {
      running.cancel(true);
    }
    CompletableFuture<?> later = stage;
    if (later != null) {
      // What its users do then may block, and this may be the thread that reads a connection.
      ServerClock.apart(() -> later.cancel(true));
    }
    if (before.waiting()) {
      release(null, false);
    }
  }

  /**
   * What it has come to, by itself.
   *
   * @param ran whether the method has run
   */
  private void outcome(LongAdder counter, ByteBuffer reply, boolean ran) {
    State before = state.getAndSet(State.ENDED);
    if (before != State.ENDED) {
      ended(before, counter, reply, ran);
    }
  }

  private void ended(State before, LongAdder counter, ByteBuffer reply, boolean ran) {
    if (before.wanted()) {
      counter.increment();
      link.remove(this);
    }
    release(reply, ran, before.wanted() ? link : null);
  }

  private void release(@Nullable ByteBuffer reply, boolean ran) {
    release(reply, ran, null);
  }

  /**
   * Once, by who has ended it: the method runs no more.
   *
   * @param client whose own it is, if it waits for the reply
   */
  private void release(@Nullable ByteBuffer reply, boolean ran, @Nullable ServerLink client) {
    if (entered) {
      method.leave();
    }
    if (replay == null) {
      if (client != null && reply != null) {
        client.send(reply);
      }
    } else if (ran && reply != null) {
      replay.ended(reply, client);
    } else {
      replay.forget(reply, client);
    }
  }

  @Override
  public String toString() {
    return method + " " + id + " of " + link;
  }
}
