// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import dev.interleave.Deadline;
import dev.interleave.Guard;
import dev.interleave.StopReport;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A thread with a state: it is started once, says when it is ready, is asked to stop, and says what
 * became of it.
 *
 * <pre>{@code
 * Service mail = Service.builder("mail", (stop, ready) -> {
 *   try (Connection connection = connect()) {
 *     ready.run();
 *     while (stop.sleep(Duration.ofSeconds(1))) {
 *       deliver(connection);
 *     }
 *   }
 * }).build();
 *
 * mail.start(Deadline.after(Duration.ofSeconds(5))); // returns when it is ready
 * StopReport report = mail.stop(Duration.ofSeconds(5));
 * }</pre>
 *
 * <h2>States</h2>
 *
 * <ul>
 *   <li>{@code NEW} becomes {@code STARTING} by {@code start}, that {@code RUNNING} by {@code
 *       ready}. Either becomes {@code STOPPING} when the service is asked to stop, by {@link
 *       #stop}, {@link #requestStop}, its body, or a parent token.
 *   <li>{@code STOPPED} is the end of a body that returns after it was ready, or after it was asked
 *       to stop; also of one that then throws {@link InterruptedException} or {@link
 *       StoppedException}. A service that is stopped before it was started is {@code STOPPED}, and
 *       its body never runs.
 *   <li>{@code FAILED} is the end of a body that throws anything else, whether it was asked to stop
 *       or not, or that returns before it was ready. The failure is kept, and told to the error
 *       handler before the state changes.
 * </ul>
 *
 * <p>Nothing leads back: a service is started once, and another one is built for another start.
 * {@link #status} can be had at any time, without a lock.
 *
 * <h2>Stop</h2>
 *
 * <p>{@link #stop(Duration)} stops the token of the body, lets the body end by itself for so long,
 * interrupts it, gives it a second more, and abandons it: then the report has its stack. Who stops
 * while another one does gets <b>the same report</b>, and the least time that any of them granted
 * counts. A body that was abandoned may end later; {@link #awaitEnd} tells.
 *
 * <p>When the body has ended, the token is stopped in any case, so that what the body has started
 * with it ends, too, and is taken from its parent.
 *
 * <h2>Listeners</h2>
 *
 * <p>are told of each change of state, in order, one at a time, on a thread that changes it, with
 * no lock held. What they throw goes to the error handler. A flight recording that asks for {@code
 * dev.interleave.ServiceState} has the changes, too.
 *
 * <h2>Memory effects, progress</h2>
 *
 * <p>What a thread does before {@code start} happens before the body; what the body does before
 * {@code ready}, before what others do that find it running; all that it does, before what others
 * do that find it ended. A change of state takes effect at one volatile write, under a lock that is
 * held for some instructions.
 *
 * <p>Thread-safe. No argument may be {@code null}. Who waits for the body is seen by {@code Waits}.
 */
public final class Service implements Managed, AutoCloseable {
  /** How long a body gets to end after its interrupt. */
  static final Duration GRACE = Duration.ofSeconds(1);

  private static final Duration DEFAULT_STOP_TIMEOUT = Duration.ofSeconds(10);

  /** What a service is in; see there. */
  public enum State {
    /** Not started. */
    NEW,
    /** Started, and not ready. */
    STARTING,
    /** Ready. */
    RUNNING,
    /** Asked to stop; the body has not ended. */
    STOPPING,
    /** Ended as it should. */
    STOPPED,
    /** Ended otherwise. */
    FAILED;

    /** Whether it is over: nothing runs, and the state will not change. */
    public boolean isEnd() {
      return this == STOPPED || this == FAILED;
    }
  }

  /** What a service does. */
  @FunctionalInterface
  public interface Body {
    /**
     * Does it, on the service's own thread; called once.
     *
     * @param stop says when to stop
     * @param ready is to be run when the service is ready, by any thread; later calls do nothing
     * @throws Exception if it fails
     */
    void run(StopToken stop, Runnable ready) throws Exception;
  }

  /** Hears of changes of state. */
  @FunctionalInterface
  public interface Listener {
    /**
     * The state has changed.
     *
     * @param from the state before
     * @param to the status after it
     */
    void changed(State from, ServiceStatus to);
  }

  /** One state, since when, and all that belongs to it. */
  private record Phase(
      State state, long since, @Nullable String stopReason, @Nullable Throwable failure) {}

  private record Change(State from, ServiceStatus to) {}

  private final String name;
  private final Body body;
  private final ThreadFactory threads;
  private final Duration stopTimeout;
  private final Consumer<? super Throwable> onError;
  private final StopToken token;
  private final Announcer<Change> announcer;

  /** Ready, or never to be. */
  private final Gate settled;

  private final Gate ended;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private volatile Phase phase = new Phase(State.NEW, System.nanoTime(), null, null);
  private volatile @Nullable Thread thread;
  private volatile long begun; // the start, by nanoTime

  // Guarded by the lock.
  private boolean wasReady;
  private boolean foundRunning;
  private long askedAt;
  private @Nullable Deadline grace;
  private StopReport.@Nullable Running interrupted;
  private @Nullable StopReport report;

  /**
   * Starts a service with other properties than the default ones.
   *
   * @param name of the service and of its thread, in errors, reports and thread dumps
   * @param body what it does
   */
  public static Builder builder(String name, Body body) {
    return new Builder(name, body);
  }

  private Service(Builder builder) {
    name = builder.name;
    body = builder.body;
    threads = builder.threads != null ? builder.threads : Threads.platform(name).build();
    stopTimeout = builder.stopTimeout;
    onError =
        builder.onError != null
            ? builder.onError
            : e -> Log.error("Service " + name + " failed", e);
    StopToken parent = builder.parent;
    token = parent != null ? parent.child(name) : StopToken.create(name, onError);
    announcer = new Announcer<>("A listener of " + name + " failed", onError);
    settled = new Gate(name, "service", null);
    ended = new Gate(name, "service", () -> thread);
    StopRegistration unused = token.onStop(this::stopping);
  }

  /**
   * Properties of a service to be built; not thread-safe. Every method but {@link #build} returns
   * this builder and checks nothing: that is done at once, by {@link #build}.
   */
  public static final class Builder {
    private final String name;
    private final Body body;
    private @Nullable ThreadFactory threads;
    private boolean threadsGiven;
    private Duration stopTimeout = DEFAULT_STOP_TIMEOUT;
    private @Nullable StopToken parent;
    private boolean parentGiven;
    private @Nullable Consumer<? super Throwable> onError;
    private boolean onErrorGiven;

    private Builder(String name, Body body) {
      this.name = name;
      this.body = body;
    }

    /**
     * Makes the thread, platform or virtual, which gets the name of the service; by default a
     * platform thread that is no daemon. Not null.
     */
    public Builder threads(ThreadFactory threads) {
      this.threads = threads;
      threadsGiven = true;
      return this;
    }

    /** How long {@link Service#close()} lets the body go on; by default 10 s. Not negative. */
    public Builder stopTimeout(Duration stopTimeout) {
      this.stopTimeout = stopTimeout;
      return this;
    }

    /** Stops the service when it is stopped; by default there is none. Not null. */
    public Builder parent(StopToken parent) {
      this.parent = parent;
      parentGiven = true;
      return this;
    }

    /**
     * Gets what the body fails with, and what listeners and callbacks throw (those of the token of
     * a service with a parent excepted, which go to the parent's handler); by default it is logged.
     * Not null.
     */
    public Builder onError(Consumer<? super Throwable> onError) {
      this.onError = onError;
      onErrorGiven = true;
      return this;
    }

    /**
     * The service, not started. A builder may build several.
     *
     * @throws IllegalArgumentException if arguments are wrong; the message names all of them
     */
    public Service build() {
      List<String> wrong = new ArrayList<>();
      if (name == null || name.isBlank()) {
        wrong.add(name == null ? "name is null" : "name is blank: \"" + name + '"');
      }
      if (body == null) {
        wrong.add("body is null");
      }
      if (threadsGiven && threads == null) {
        wrong.add("threads is null");
      }
      if (stopTimeout == null || stopTimeout.isNegative()) {
        wrong.add(
            stopTimeout == null
                ? "stopTimeout is null"
                : "stopTimeout is negative: " + stopTimeout);
      }
      if (parentGiven && parent == null) {
        wrong.add("parent is null");
      }
      if (onErrorGiven && onError == null) {
        wrong.add("onError is null");
      }
      if (!wrong.isEmpty()) {
        throw new IllegalArgumentException(String.join("; ", wrong));
      }
      return new Service(this);
    }
  }

  @Override
  public String name() {
    return name;
  }

  /** The state now. */
  public State state() {
    return phase.state();
  }

  /** The state now, for how long, and why. */
  public ServiceStatus status() {
    return status(phase);
  }

  private ServiceStatus status(Phase of) {
    Duration inState = Duration.ofNanos(Math.max(0, System.nanoTime() - of.since()));
    return new ServiceStatus(
        name,
        of.state(),
        inState,
        Optional.ofNullable(of.stopReason()),
        Optional.ofNullable(of.failure()));
  }

  @Override
  public boolean runsOn(Thread thread) {
    return this.thread == thread;
  }

  // ------------------------------------------------------------------ changes of state

  /** For who has the lock. */
  private void move(State to, @Nullable String stopReason, @Nullable Throwable failure) {
    State from = phase.state();
    Phase next = new Phase(to, System.nanoTime(), stopReason, failure);
    phase = next;
    ServiceStatus status = status(next);
    announcer.add(new Change(from, status));
    ServiceStateEvent.record(from, status);
    if (to != State.STARTING) {
      settled.open();
    }
    if (to.isEnd()) {
      ended.open();
    }
    moved.signalAll();
  }

  private void ready() {
    lock.lock();
    try {
      if (phase.state() == State.STARTING) {
        wasReady = true;
        move(State.RUNNING, null, null);
      }
    } finally {
      lock.unlock();
    }
    announcer.deliver();
  }

  /** The token is stopped. */
  private void stopping() {
    lock.lock();
    try {
      askToStop();
    } finally {
      lock.unlock();
    }
    announcer.deliver();
    token.close(); // it has nothing to hear from its parent any more
  }

  private void askToStop() {
    String reason = token.reason().orElse("");
    switch (phase.state()) {
      case NEW -> {
        askedAt = System.nanoTime();
        move(State.STOPPED, reason, null);
      }
      case STARTING, RUNNING -> {
        askedAt = System.nanoTime();
        foundRunning = true;
        move(State.STOPPING, reason, null);
      }
      default -> {
        // asked before, by who found the token stopped earlier than this callback; or ended
      }
    }
  }

  private void run() {
    Throwable failure = null;
    try {
      if (!token.isStopped()) {
        body.run(token, this::ready);
      }
    } catch (Throwable e) { // kept, and told
      failure = e;
    }
    end(failure);
  }

  private void end(@Nullable Throwable thrown) {
    Throwable failure = failure(thrown);
    if (failure != null) { // told first: who finds it failed can rely on that
      Log.tell(onError, "Service " + name + " failed", failure);
    }
    lock.lock();
    try {
      String reason = phase.stopReason();
      move(failure == null ? State.STOPPED : State.FAILED, reason, failure);
    } finally {
      lock.unlock();
    }
    if (Thread.currentThread() == thread) {
      boolean unused = Thread.interrupted(); // it was the body's; no other can come now
    }
    announcer.deliver();
    token.stop(name + " has ended");
    token.close();
  }

  /** What the service fails with, if it does. */
  private @Nullable Throwable failure(@Nullable Throwable thrown) {
    lock.lock();
    try {
      if (token.isStopped()) {
        askToStop(); // the body may have seen it before the callback ran
        return thrown instanceof InterruptedException || thrown instanceof StoppedException
            ? null
            : thrown;
      }
      return thrown == null && !wasReady
          ? new IllegalStateException(name + " returned before it was ready")
          : thrown;
    } finally {
      lock.unlock();
    }
  }

  // ------------------------------------------------------------------ start

  /**
   * Starts the service, and does not wait for it.
   *
   * @throws IllegalStateException if it is not new; the message names its state
   */
  public void start() {
    lock.lock();
    try {
      if (phase.state() != State.NEW) {
        throw new IllegalStateException(name + " cannot be started, it is " + phase.state());
      }
      begun = System.nanoTime();
      move(State.STARTING, null, null);
    } finally {
      lock.unlock();
    }
    try {
      Thread made =
          Objects.requireNonNull(
              threads.newThread(this::run), () -> "threads made no thread for " + name);
      made.setName(name);
      thread = made;
      made.start();
    } catch (Throwable e) { // no thread, no body: it is over
      thread = null;
      end(e);
      throw e;
    }
    announcer.deliver(); // now: a listener may stop it
  }

  @Override
  public void start(Deadline deadline) throws InterruptedException {
    Objects.requireNonNull(deadline, "deadline");
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    start();
    awaitReady(deadline);
  }

  /**
   * Waits until the service is ready; also for one that is yet to be started.
   *
   * @throws InterruptedException if the thread is interrupted, before or during the wait
   * @throws ServiceTimeoutException if it is not ready before the deadline; it goes on starting
   * @throws StoppedException if it was stopped before it was ready
   * @throws ServiceFailedException if it failed, before or after it was ready
   * @throws IllegalStateException if called by the body, before it is ready
   */
  public void awaitReady(Deadline deadline) throws InterruptedException {
    Objects.requireNonNull(deadline, "deadline");
    if (!settled.isOpen()) {
      refuseOwnThread("wait until it is ready");
    }
    long start = System.nanoTime();
    if (!settled.await("ready", deadline)) {
      Duration waited = Duration.ofNanos(System.nanoTime() - start);
      throw new ServiceTimeoutException(name, waited, running());
    }
    boolean ready;
    Phase now;
    lock.lock();
    try {
      now = phase;
      ready = wasReady;
    } finally {
      lock.unlock();
    }
    if (now.failure() != null) {
      throw new ServiceFailedException(name, now.failure());
    }
    if (!ready) {
      throw new StoppedException(
          name, Objects.requireNonNullElse(now.stopReason(), ""), token.cause().orElse(null));
    }
  }

  private void refuseOwnThread(String what) {
    if (runsOn(Thread.currentThread())) {
      throw new IllegalStateException(
          "The body of " + name + " cannot " + what + ": it would wait for itself");
    }
  }

  // ------------------------------------------------------------------ stop

  /**
   * Asks the service to stop, and does not wait; also for the body itself.
   *
   * @param reason what for, for people
   * @return whether this did it; false if it was asked before, or has ended
   */
  public boolean requestStop(String reason) {
    return token.stop(reason);
  }

  @Override
  public StopReport stop(Duration timeout) {
    return stop("stop was called", timeout);
  }

  /**
   * As {@link #stop(Duration)}, with a reason.
   *
   * @param reason what for, for people; counts if nobody asked before
   * @param timeout how long to let it go on after it was asked; not at all if zero or negative
   * @return what became of it: the same report for all who stop it
   * @throws IllegalStateException if called by the body, which would wait for itself; see {@link
   *     #requestStop}
   */
  public StopReport stop(String reason, Duration timeout) {
    Objects.requireNonNull(reason, "reason");
    Deadline patience = Deadline.after(timeout);
    refuseOwnThread("stop it");
    token.stop(reason);
    Wait wait = ended.isOpen() ? null : Waits.enter(ended, "the end", Wait.Exit.TIMEOUT);
    boolean hurried = false;
    lock.lock();
    try {
      while (report == null && !phase.state().isEnd()) {
        Deadline until = grace != null ? grace : patience;
        if (grace == null && (hurried || patience.isExpired())) {
          interrupt();
        } else if (until.isExpired()) {
          break;
        } else {
          try {
            long unused = moved.awaitNanos(until.remainingNanos());
          } catch (InterruptedException e) {
            hurried = true; // and told when this returns
          }
        }
      }
      return reported();
    } finally {
      lock.unlock();
      if (wait != null) {
        wait.leave();
      }
      if (hurried) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** For who has the lock: once. */
  private void interrupt() {
    interrupted = running();
    grace = Deadline.after(GRACE);
    Thread of = thread;
    if (of != null) {
      of.interrupt();
    }
    moved.signalAll(); // the grace counts for all who stop
  }

  /** For who has the lock: made once. */
  private StopReport reported() {
    StopReport made = report;
    if (made == null) {
      boolean over = phase.state().isEnd();
      List<StopReport.Running> late = List.of();
      List<StopReport.Running> left = List.of();
      if (!over) {
        StopReport.Running now = running();
        left = List.of(now != null ? now : notBegun());
      } else if (interrupted != null) {
        late = List.of(interrupted);
      }
      Duration took = Duration.ofNanos(Math.max(0, System.nanoTime() - askedAt));
      if (!foundRunning) {
        took = Duration.ZERO; // it had ended, or never begun
      }
      long drained = foundRunning && over && late.isEmpty() ? 1 : 0;
      made = new StopReport(name, took, drained, late, left, 0);
      report = made;
    }
    return made;
  }

  /** What the thread does now; null if there is none. */
  private StopReport.@Nullable Running running() {
    Thread of = thread;
    return of == null ? null : StopReport.Running.of("the body of " + name, of, ran());
  }

  /** The thread factory has not come back yet. */
  private StopReport.Running notBegun() {
    return new StopReport.Running("the start of " + name, "", ran(), List.of());
  }

  private Duration ran() {
    return Duration.ofNanos(Math.max(0, System.nanoTime() - begun));
  }

  /**
   * Waits until the service has ended, or the deadline passes; also for one that is yet to be
   * started.
   *
   * @return whether it has ended
   * @throws InterruptedException if the thread is interrupted, before or during the wait
   * @throws IllegalStateException if called by the body, which would wait for itself
   */
  public boolean awaitEnd(Deadline deadline) throws InterruptedException {
    Objects.requireNonNull(deadline, "deadline");
    refuseOwnThread("wait for its end");
    return ended.await("the end", deadline);
  }

  /**
   * As {@link #stop(Duration)} with the stop timeout of the builder; what does not end is logged.
   * The body may call this, too, and is then only asked.
   */
  @Override
  public void close() {
    if (runsOn(Thread.currentThread())) {
      boolean unused = requestStop("close was called");
      return;
    }
    StopReport found = stop("close was called", stopTimeout);
    if (!found.isClean()) {
      Log.warn(found.toString());
    }
  }

  // ------------------------------------------------------------------ listeners

  /**
   * Tells {@code listener} of each change of state from now on.
   *
   * @return to be closed by who no longer wants to know; it may be told of a change that was under
   *     way
   */
  public Guard listen(Listener listener) {
    Objects.requireNonNull(listener, "listener");
    return announcer.listen(change -> listener.changed(change.from(), change.to()));
  }

  @Override
  public Guard onFailure(Consumer<? super Throwable> listener) {
    Objects.requireNonNull(listener, "listener");
    AtomicBoolean told = new AtomicBoolean();
    Consumer<ServiceStatus> once =
        status -> {
          if (status.state() == State.FAILED && told.compareAndSet(false, true)) {
            listener.accept(status.failure().orElseThrow());
          }
        };
    Guard guard = listen((from, to) -> once.accept(to));
    once.accept(status());
    return guard;
  }

  /** The name, the state, and for how long. */
  @Override
  public String toString() {
    return "Service[" + status() + ']';
  }
}
