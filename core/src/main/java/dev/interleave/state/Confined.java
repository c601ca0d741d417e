// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.state;

import dev.interleave.Deadline;
import dev.interleave.StopReport;
import dev.interleave.diagnose.Wait;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * State that one thread owns, and to which others send functions: an actor. The state may be as
 * mutable and as little thread-safe as it likes.
 *
 * <pre>{@code
 * try (Confined<List<String>> log = Confined.of(ArrayList::new)) {
 *   var unused = log.submit(list -> list.add("begin"));
 *   int size = log.call(List::size); // sees what this thread has submitted: 1
 * }
 * }</pre>
 *
 * <h2>Semantics</h2>
 *
 * <ul>
 *   <li><b>One at a time, in order.</b> The owner runs the functions one after the other, in the
 *       order in which the mailbox accepted them. So a thread reads its own writes, and the writes
 *       of whoever it has heard from.
 *   <li><b>Bounded.</b> At most {@code capacity} functions wait; the one that runs is not among
 *       them. When the mailbox is full {@link #submit(Function)} waits, {@link #submit(Function,
 *       Deadline)} gives up at the deadline, and {@link #trySubmit} at once.
 *   <li><b>Errors belong to the caller.</b> Whatever a function throws completes its future, or is
 *       the cause of what {@link #call} throws. The owner goes on with the next function, and with
 *       the state as the failed one left it. Who drops a future drops the error: then it is only
 *       counted, in {@link #stats()}.
 *   <li><b>Cancelled means not run.</b> Cancelling the future of a function that has not begun
 *       takes the function back; it keeps its place in the mailbox until its turn. Once it has
 *       begun, {@code cancel} returns false, and the function completes the future. Who completes
 *       the future himself, by {@code complete} or {@code orTimeout}, takes back a function that
 *       has not begun, too; one that has runs on.
 *   <li><b>The owner waits for nobody here.</b> A function must not wait for another function of
 *       the same state, which would have to wait for it: {@code call}, a full mailbox, and {@code
 *       get} or {@code join} on an incomplete future are refused on the owner with {@link
 *       IllegalStateException} at once. They are not run inline, since they would overtake the
 *       mailbox, and see the state in the midst of a change. {@code submit} is fine as long as
 *       there is a place. Two confined states that {@code call} each other may still wait for each
 *       other; give such calls a deadline.
 * </ul>
 *
 * <p>What must not happen: a function that hands out the state, or a part of it that can change.
 * Return copies.
 *
 * <p>Actions that depend on a future, such as {@code thenAccept}, run on the owner if it completes
 * it, as with every {@code CompletableFuture}, and hold up the functions behind. Use the forms that
 * end in {@code Async} for all but short ones.
 *
 * <h2>The end</h2>
 *
 * <p>After {@link #close()} nothing more is accepted and all that was accepted is run; {@link
 * #close(Duration)} bounds that, and reports; {@link #closeNow()} throws the mailbox away. What
 * comes too late, or was thrown away, gets a {@link ConfinedClosedException}: no future is left
 * incomplete, except that of a function that ignores its interrupt. The owner's thread ends then,
 * and not before: it keeps a confined state alive that is dropped without a close.
 *
 * <h2>Memory effects, progress, cost</h2>
 *
 * <p>What a thread does before it submits happens before the function; what a function does, before
 * the next one, and before the result can be had. Functions take effect one at a time, so the whole
 * is linearizable: a call that waits for its result has its moment while its function runs. Among
 * {@code submit}s, the order is that of a compare-and-set (see {@code Mailbox}).
 *
 * <p>Submitting is lock-free while there is a place. Threads that wait for one get in in the order
 * of their arrival; those that arrive when there happens to be one overtake them for at most one
 * millisecond (until the first in line runs after that time), then stand in line as well, {@code
 * trySubmit} excepted. Nothing polls. An idle owner is parked, after having looked some 64 times.
 *
 * <p>Thread-safe. No argument may be {@code null}; functions may return {@code null}. The idea is
 * Hewitt's (Hewitt, Bishop, Steiger, A universal modular ACTOR formalism for artificial
 * intelligence, IJCAI 1973); the mailbox is told in {@code Mailbox}.
 *
 * <p>Who waits for a place, for a result of {@code call}, or for the end is seen by deadlock
 * detectors, and so are the {@code dev.interleave.StateWait} events of a recording that asks for
 * them: so of confined states that call each other one is refused, with a {@code
 * DeadlockException}, if there is a {@code DeadlockDetector} at work. A function that it was about
 * to wait for is taken back unless it has begun.
 *
 * <p>This class may be lifted out; {@code docs/lift-out.md} lists the files that must come along.
 *
 * @param <T> the state
 */
public final class Confined<T> implements AutoCloseable {
  private static final int DEFAULT_CAPACITY = 1024;

  /** How long the function that runs gets to end after its interrupt. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private static final AtomicLong COUNT = new AtomicLong();

  private final String name;
  private final int capacity;
  private final T state;
  private final Mailbox<Message<T, ?>> mailbox;
  private final Thread owner;
  private final CountDownLatch ended = new CountDownLatch(1);

  /** What callers wait for: that the owner runs their functions, or ends. */
  private final StateResource functions;

  /** What the owner runs, or is about to run if it has not been taken back; null in between. */
  private final AtomicReference<@Nullable Message<T, ?>> current = new AtomicReference<>();

  // Written by the owner alone.
  private final AtomicLong completed = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong cancelled = new AtomicLong();

  private final LongAdder discarded = new LongAdder();
  private final LongAdder full = new LongAdder();
  private final LongAdder rejected = new LongAdder();

  /**
   * Confines what {@code initial} makes, with a generated name, a capacity of 1024, and a virtual
   * thread as its owner.
   *
   * @param initial makes the state, once, on the calling thread; nobody else may keep it
   * @throws NullPointerException if {@code initial} is null or returns null
   */
  public static <T> Confined<T> of(Supplier<? extends T> initial) {
    return Confined.<T>builder(initial).build();
  }

  /**
   * Starts a confined state with other properties than the default ones.
   *
   * @param initial makes the state, once for each that is built, on the thread that builds it;
   *     nobody else may keep it
   * @throws NullPointerException if {@code initial} is null
   */
  public static <T> Builder<T> builder(Supplier<? extends T> initial) {
    return new Builder<>(Objects.requireNonNull(initial, "initial"));
  }

  private Confined(Builder<T> builder) {
    String given = builder.name;
    name = given != null ? given : "confined-" + COUNT.incrementAndGet();
    capacity = builder.capacity;
    state = Objects.requireNonNull(builder.initial.get(), "initial returned null");
    mailbox = new Mailbox<>(name, capacity);
    owner =
        Objects.requireNonNull(
            builder.threads.newThread(this::own), () -> "threads made no thread for " + name);
    owner.setName(name);
    mailbox.setOwner(owner);
    Thread alone = owner;
    functions = new StateResource(name, "confined state", () -> alone);
  }

  /**
   * Properties of a confined state to be built; not thread-safe. Every method but {@link #build}
   * returns this builder and checks nothing: that is done at once, by {@link #build}.
   *
   * @param <T> the state
   */
  public static final class Builder<T> {
    private final Supplier<? extends T> initial;
    private @Nullable String name;
    private boolean named;
    private int capacity = DEFAULT_CAPACITY;
    private ThreadFactory threads =
        Thread.ofVirtual().inheritInheritableThreadLocals(false).factory();

    private Builder(Supplier<? extends T> initial) {
      this.initial = initial;
    }

    /**
     * The name of the state and of its thread, in errors, reports and thread dumps; by default
     * {@code confined-} and a number. Neither null nor blank.
     */
    public Builder<T> name(String name) {
      this.name = name;
      named = true;
      return this;
    }

    /** How many functions may wait, at least 1; by default 1024. Takes no memory in advance. */
    public Builder<T> capacity(int capacity) {
      this.capacity = capacity;
      return this;
    }

    /**
     * Makes the owner's thread, platform or virtual, which gets the name of the state; by default
     * virtual threads that inherit no thread locals. Not null.
     */
    public Builder<T> threads(ThreadFactory threads) {
      this.threads = threads;
      return this;
    }

    /**
     * The confined state, its owner started. A builder may build several.
     *
     * @throws IllegalArgumentException if arguments are wrong; the message names all of them
     * @throws NullPointerException if the supplier or the thread factory returns null
     */
    public Confined<T> build() {
      List<String> wrong = new ArrayList<>();
      if (named && (name == null || name.isBlank())) {
        wrong.add(name == null ? "name is null" : "name is blank: \"" + name + '"');
      }
      if (capacity < 1) {
        wrong.add("capacity is less than 1: " + capacity);
      }
      if (threads == null) {
        wrong.add("threads is null");
      }
      if (!wrong.isEmpty()) {
        throw new IllegalArgumentException(String.join("; ", wrong));
      }
      Confined<T> confined = new Confined<>(this);
      confined.owner.start();
      return confined;
    }
  }

  /** The name given to the builder, or the generated one. */
  public String name() {
    return name;
  }

  // ------------------------------------------------------------------ sending

  /**
   * Sends a function to the owner, waiting for a place in the mailbox as long as it takes.
   *
   * @return completes with the result of the function, or with what it throws
   * @throws InterruptedException if the thread is interrupted, before or during the wait; the
   *     function will not run
   * @throws ConfinedClosedException if this is closed, before or during the wait
   * @throws IllegalStateException if the mailbox is full and the caller is the owner, which would
   *     wait for itself
   */
  public <R extends @Nullable Object> CompletableFuture<R> submit(
      Function<? super T, ? extends R> function) throws InterruptedException {
    return send(function, Deadline.none());
  }

  /**
   * Sends a function to the owner, waiting for a place in the mailbox until the deadline, which is
   * not about the time the function may take.
   *
   * @return completes with the result of the function, or with what it throws
   * @throws InterruptedException if the thread is interrupted, before or during the wait; the
   *     function will not run
   * @throws ConfinedTimeoutException if there is no place before the deadline; with one that has
   *     passed, if there is none now
   * @throws ConfinedClosedException if this is closed, before or during the wait
   * @throws IllegalStateException if the mailbox is full and the caller is the owner, which would
   *     wait for itself
   */
  public <R extends @Nullable Object> CompletableFuture<R> submit(
      Function<? super T, ? extends R> function, Deadline deadline) throws InterruptedException {
    Objects.requireNonNull(deadline, "deadline");
    return send(function, deadline);
  }

  /**
   * Sends a function to the owner if there is a place in the mailbox.
   *
   * @return completes with the result of the function, or with what it throws; empty if the mailbox
   *     is full
   * @throws ConfinedClosedException if this is closed
   */
  public <R extends @Nullable Object> Optional<CompletableFuture<R>> trySubmit(
      Function<? super T, ? extends R> function) {
    Message<T, R> message = message(function);
    return switch (mailbox.offer(message)) {
      case ACCEPTED -> Optional.of(message);
      case FULL -> {
        full.increment();
        yield Optional.empty();
      }
      case CLOSED -> throw rejected();
    };
  }

  private <R extends @Nullable Object> Message<T, R> message(
      Function<? super T, ? extends R> function) {
    return new Message<>(this, Objects.requireNonNull(function, "function"));
  }

  private <R extends @Nullable Object> Message<T, R> send(
      Function<? super T, ? extends R> function, Deadline deadline) throws InterruptedException {
    Message<T, R> message = message(function);
    long start = deadline.isNone() ? 0 : System.nanoTime();
    Mailbox.Sent sent =
        Thread.currentThread() == owner ? sendToSelf(message) : mailbox.put(message, deadline);
    return switch (sent) {
      case ACCEPTED -> message;
      case FULL -> {
        full.increment();
        throw timedOut(ConfinedTimeoutException.Stage.NOT_ACCEPTED, start);
      }
      case CLOSED -> throw rejected();
    };
  }

  private Mailbox.Sent sendToSelf(Message<T, ?> message) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    Mailbox.Sent sent = mailbox.offer(message);
    if (sent == Mailbox.Sent.FULL) {
      full.increment();
      requireNotOwner("wait for a place in the full mailbox of");
    }
    return sent;
  }

  private ConfinedClosedException rejected() {
    rejected.increment();
    return ConfinedClosedException.rejected(name);
  }

  private ConfinedTimeoutException timedOut(ConfinedTimeoutException.Stage stage, long start) {
    Duration waited = Duration.ofNanos(System.nanoTime() - start);
    return new ConfinedTimeoutException(name, stage, waited, running());
  }

  /** The one wait that can never end. */
  void requireNotOwner(String what) {
    if (Thread.currentThread() == owner) {
      throw new IllegalStateException(
          "A function of " + name + " cannot " + what + ' ' + name + ": it would wait for itself");
    }
  }

  // ------------------------------------------------------------------ calling

  /**
   * Sends a function to the owner and waits for its result as long as it takes.
   *
   * @return what the function returns
   * @throws CompletionException if the function throws, with what it threw as its cause
   * @throws InterruptedException if the thread is interrupted, before or during a wait; if the
   *     function has not begun, it will not, and if it has, it runs on
   * @throws ConfinedClosedException if this is closed before the function was accepted, or in a way
   *     that discards it
   * @throws IllegalStateException if the caller is the owner, which would wait for itself
   */
  public <R extends @Nullable Object> R call(Function<? super T, ? extends R> function)
      throws InterruptedException {
    return call(function, Deadline.none());
  }

  /**
   * Sends a function to the owner and waits for its result until the deadline.
   *
   * @return what the function returns
   * @throws CompletionException if the function throws, with what it threw as its cause
   * @throws ConfinedTimeoutException if the deadline passes first. If the function has not begun,
   *     it will not; if it has, it runs on: {@link ConfinedTimeoutException#stage()} says which
   * @throws InterruptedException if the thread is interrupted, before or during a wait; if the
   *     function has not begun, it will not, and if it has, it runs on
   * @throws ConfinedClosedException if this is closed before the function was accepted, or in a way
   *     that discards it
   * @throws IllegalStateException if the caller is the owner, which would wait for itself
   */
  public <R extends @Nullable Object> R call(
      Function<? super T, ? extends R> function, Deadline deadline) throws InterruptedException {
    Objects.requireNonNull(function, "function");
    Objects.requireNonNull(deadline, "deadline");
    requireNotOwner("call a function of");
    long start = deadline.isNone() ? 0 : System.nanoTime();
    Message<T, R> message = send(function, deadline);
    try {
      return message.isDone() ? message.get() : await(message, deadline);
    } catch (InterruptedException e) {
      message.cancel(false);
      throw e;
    } catch (TimeoutException e) {
      return late(message, start);
    } catch (ExecutionException | CancellationException e) {
      throw failure(message);
    }
  }

  private <R extends @Nullable Object> R await(Message<T, R> message, Deadline deadline)
      throws InterruptedException, ExecutionException, TimeoutException {
    boolean timed = !deadline.isNone();
    try (StateWait wait = beginToWait(message, timed)) {
      try {
        R result =
            timed ? message.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS) : message.get();
        wait.succeeded();
        return result;
      } catch (TimeoutException e) {
        wait.timedOut();
        throw e;
      } catch (InterruptedException e) {
        throw wait.interrupted(e);
      }
    }
  }

  private StateWait beginToWait(Message<T, ?> message, boolean timed) {
    try {
      return StateWait.begin(functions, "the result", StateWait.exit(timed));
    } catch (RuntimeException e) { // refused: nobody waits for it any more
      message.cancel(false);
      throw e;
    }
  }

  /** When the time is up: takes the function back, or says that it could not. */
  private <R extends @Nullable Object> R late(Message<T, R> message, long start) {
    if (message.takeBack()) {
      throw timedOut(ConfinedTimeoutException.Stage.NOT_BEGUN, start);
    }
    if (message.isDiscarded()) {
      throw failure(message);
    }
    return switch (message.state()) {
      case RUNNING -> throw timedOut(ConfinedTimeoutException.Stage.RUNNING, start);
      case SUCCESS -> message.resultNow();
      case FAILED, CANCELLED -> throw failure(message);
    };
  }

  private RuntimeException failure(Message<T, ?> message) {
    if (message.isDiscarded()) {
      return ConfinedClosedException.discarded(name);
    }
    Throwable thrown = message.thrown();
    return new CompletionException("A function of " + name + " failed: " + thrown, thrown);
  }

  // ------------------------------------------------------------------ the owner

  private void own() {
    try {
      for (Message<T, ?> message = mailbox.take(); message != null; message = mailbox.take()) {
        serve(message);
      }
    } finally {
      // By the normal end there is nothing left. Should memory end first, nobody waits in vain.
      mailbox.close();
      discard();
      ended.countDown();
    }
  }

  private <R extends @Nullable Object> void serve(Message<T, R> message) {
    // What interrupted an earlier function is not for this one. Before this one begins: who closes
    // and cannot discard it any more interrupts it.
    Thread.interrupted();
    message.beginsAt(System.nanoTime());
    current.setRelease(message);
    Function<? super T, ? extends R> function = message.begin();
    mailbox.forget();
    if (function != null) {
      run(function, message);
    } else if (!message.isDiscarded()) {
      increment(cancelled);
    }
    current.setRelease(null);
  }

  private <R extends @Nullable Object> void run(
      Function<? super T, ? extends R> function, Message<T, R> message) {
    R result;
    try {
      result = function.apply(state);
    } catch (Throwable e) { // whatever it is, it is the caller's
      increment(failed);
      message.fail(e);
      return;
    }
    increment(completed);
    message.succeed(result);
  }

  /** For the owner, without the cost of an atomic increment. */
  private static void increment(AtomicLong count) {
    count.setRelease(count.getPlain() + 1);
  }

  private long finished() {
    return completed.get() + failed.get();
  }

  /** What the owner runs now, or null. */
  private StopReport.@Nullable Running running() {
    Message<T, ?> message = current.get();
    return message == null || !message.isBegun() ? null : running(ranFor(message));
  }

  private StopReport.Running running(Duration ran) {
    return StopReport.Running.of("function " + mailbox.taken() + " of " + name, owner, ran);
  }

  private static Duration ranFor(Message<?, ?> message) {
    return Duration.ofNanos(Math.max(0, System.nanoTime() - message.begunAt()));
  }

  // ------------------------------------------------------------------ the end

  /** Whether a close has begun: nothing more is accepted. */
  public boolean isClosed() {
    return mailbox.isClosed();
  }

  /**
   * Accepts nothing more, and waits until all that was accepted has run. Idempotent; a call while
   * another one waits waits as well.
   *
   * <p>If the thread is interrupted, it does what {@link #closeNow()} does and returns, still
   * interrupted. On the owner, that is, in a function, it returns at once: what was accepted runs
   * after the function.
   */
  @Override
  public void close() {
    mailbox.close();
    if (Thread.currentThread() == owner) {
      return;
    }
    if (ended.getCount() == 0) {
      return;
    }
    // A close must end with the state closed: nobody refuses it.
    try (StateWait wait = StateWait.begin(functions, "the end", Wait.Exit.NONE)) {
      ended.await();
      wait.succeeded();
    } catch (InterruptedException e) {
      closeNow();
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Accepts nothing more, and lets what was accepted run for so long. Then it discards what has not
   * begun, whose futures fail with {@link ConfinedClosedException}, interrupts the function that
   * runs, and gives it a second to end. Then it gives up waiting: the owner ends when the function
   * does. Idempotent; each call reports what it has found itself.
   *
   * <p>If the thread is interrupted, the rest of both times is not waited for; it is still
   * interrupted when this returns.
   *
   * @param drain how long to let functions run; not at all if zero or negative
   * @return what was still running, and how much was discarded
   * @throws IllegalStateException if the caller is the owner, which would wait for itself
   */
  public StopReport close(Duration drain) {
    Objects.requireNonNull(drain, "drain");
    requireNotOwner("close, and wait for,");
    long start = System.nanoTime();
    long before = finished();
    mailbox.close();
    boolean waiting = true;
    boolean over = false;
    try {
      over = ended.await(nanos(drain), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      waiting = false;
    }
    List<StopReport.Running> interrupted = List.of();
    List<StopReport.Running> abandoned = List.of();
    int dropped = 0;
    if (!over) {
      dropped = discard().size();
      StopReport.Running seen = running();
      owner.interrupt();
      try {
        over = ended.await(waiting ? nanos(GRACE) : 0, TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        waiting = false;
        over = ended.getCount() == 0;
      }
      if (!over) {
        StopReport.Running still = running();
        abandoned = List.of(still != null ? still : running(Duration.ZERO));
      } else if (seen != null) {
        interrupted = List.of(seen);
      }
    }
    if (!waiting) {
      Thread.currentThread().interrupt();
    }
    // One that was seen running had been counted if it was just completing its future.
    long drained = Math.max(0, finished() - before - interrupted.size());
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    return new StopReport(name, took, drained, interrupted, abandoned, dropped);
  }

  /**
   * Accepts nothing more, discards what has not begun, whose futures fail with {@link
   * ConfinedClosedException}, and interrupts the function that runs, unless it is that function
   * which calls. Does not wait. Idempotent.
   *
   * @return the functions that were discarded, in the order in which they would have run
   */
  public List<Function<? super T, ?>> closeNow() {
    mailbox.close();
    List<Function<? super T, ?>> functions = discard();
    if (Thread.currentThread() != owner) {
      owner.interrupt();
    }
    return functions;
  }

  private List<Function<? super T, ?>> discard() {
    List<Function<? super T, ?>> functions = new ArrayList<>();
    for (Message<T, ?> message : mailbox.pending()) {
      Function<? super T, ?> function = message.discard(ConfinedClosedException.discarded(name));
      if (function != null) {
        functions.add(function);
      }
    }
    discarded.add(functions.size());
    return functions;
  }

  private static long nanos(Duration duration) {
    return Math.min(TimeUnit.NANOSECONDS.convert(duration), Deadline.MAX_NANOS); // saturates
  }

  // ------------------------------------------------------------------ figures

  /** What this has done so far and what waits in its mailbox. */
  public ConfinedStats stats() {
    return new ConfinedStats(
        name,
        capacity,
        mailbox.sent(),
        completed.get(),
        failed.get(),
        cancelled.get(),
        discarded.sum(),
        full.sum(),
        rejected.sum(),
        mailbox.length(),
        mailbox.highWater());
  }

  /** The name, how many functions wait, and for how long one has been running; not the state. */
  @Override
  public String toString() {
    Message<T, ?> message = current.get();
    return "Confined["
        + name
        + ", "
        + mailbox.length()
        + " of "
        + capacity
        + " waiting"
        + (message == null || !message.isBegun() ? "" : ", one running for " + ranFor(message))
        + (isClosed() ? ", closed]" : "]");
  }
}
