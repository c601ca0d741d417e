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
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A request, from its arrival to its end. It ends once, by who first changes its state to {@link
 * State#ENDED}: the reply, a cancel, its deadline, the end of the connection. So there is at most
 * one reply, and each request is counted once.
 */
final class ServerCall implements Callable<@Nullable Void> {
  private enum State {
    WAITING,
    RUNNING,
    ENDED
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
      // Whoever cancelled for the client has ended this before; else it is the pool that closes.
      reject("the server is closing");
    } else if (error != null) {
      fail(error); // not of the method: of a codec, or for want of memory
    }
  }

  void reject(String why) {
    if (end() != null) {
      link.server.counts.rejected.increment();
      finish(Frames.error(id, Frames.Code.REJECTED, why));
    }
  }

  @Override
  public @Nullable Void call() {
    if (!state.compareAndSet(State.WAITING, State.RUNNING)) {
      return null;
    }
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
      if (end() != null) {
        link.server.counts.bad.increment();
        finish(Frames.error(id, Frames.Code.BAD_ARGUMENT, method + ": " + e.getMessage()));
      }
      return null;
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
    return null;
  }

  /** As {@link #call}, by the thread that reads the connection; nothing interrupts it. */
  void callHere() {
    if (deadline.isExpired()) {
      expire();
      return;
    }
    try {
      Object unused = call();
    } catch (RuntimeException | Error e) {
      fail(e); // not of the method: of a codec, or for want of memory
    }
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
    if (state.get() == State.ENDED) { // it was cancelled before the stage could be seen
      running.cancel(true);
    }
    link.server.asynchronous(this, running);
    CompletableFuture<?> unused =
        running.whenComplete((value, error) -> {
          if (error == null) {
            reply(value);
          } else {
            Throwable cause = error.getCause();
            fail(error instanceof CompletionException && cause != null ? cause : error);
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
      if (end() != null) {
        link.server.counts.bad.increment();
        finish(Frames.error(id, Frames.Code.BAD_RESULT, method + ": " + e.getMessage()));
      }
      return;
    }
    if (end() != null) {
      link.server.counts.ok.increment();
      finish(out.toByteBuffer());
    }
  }

  @SuppressWarnings("unchecked") // a coder finds out by itself what is not of its type
  private static <T> void encode(Coder<T> coder, @Nullable Object value, Encoder out) {
    coder.encode((T) value, out);
  }

  private void fail(Throwable thrown) {
    if (deadline.isExpired()) { // what it threw is likely to be of the interrupt for that
      expire();
      return;
    }
    ByteBuffer reply = failure(thrown);
    if (end() != null) {
      link.server.counts.failed.increment();
      finish(reply);
    }
  }

  private ByteBuffer failure(Throwable thrown) {
    Encoder out = new Encoder(link.maxFrame());
    try {
      out.writeByte(Frames.ERROR);
      out.writeUnsigned(id);
      Frames.Code.REMOTE.write(out);
      ExceptionFrame.write(thrown, out);
      return out.toByteBuffer();
    } catch (CodecException e) { // frames are so short that no exception fits
      return Frames.error(id, Frames.Code.BAD_RESULT, method + " threw " + thrown.getClass());
    }
  }

  /** The time is up. The client knows that by itself, and wants no reply. */
  void expire() {
    State before = end();
    if (before != null) {
      (before == State.WAITING ? link.server.counts.expired : link.server.counts.timedOut)
          .increment();
      stop();
      finish(null);
    }
  }

  /** The connection has ended. One with a key goes on: it may be asked for again over another. */
  void disconnected() {
    if (replay == null) {
      cancel();
    }
  }

  /** Nobody waits for the reply any more. */
  void cancel() {
    if (end() != null) {
      link.server.counts.cancelled.increment();
      stop();
      finish(null);
    }
  }

  private void stop() {
    CompletableFuture<?> running = task;
    if (running != null) {
      running.cancel(true);
    }
    CompletableFuture<?> later = stage;
    if (later != null) {
      later.cancel(true);
    }
  }

  /** Ends this; null if that was done before. */
  private @Nullable State end() {
    State before = state.getAndSet(State.ENDED);
    return before == State.ENDED ? null : before;
  }

  private void finish(@Nullable ByteBuffer reply) {
    if (entered) {
      method.leave();
    }
    link.remove(this);
    if (replay != null) {
      replay.ended(reply == null ? null : reply.duplicate());
    }
    if (reply != null) {
      link.send(reply);
    }
  }

  @Override
  public String toString() {
    return method + " " + id + " of " + link;
  }
}
