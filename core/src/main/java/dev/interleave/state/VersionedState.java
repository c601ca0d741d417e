// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.state;

import dev.interleave.Deadline;
import dev.interleave.Guard;
import dev.interleave.diagnose.Wait;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An immutable value that is replaced as a whole, and whose replacements are numbered: for what
 * would else be global variables.
 *
 * <pre>{@code
 * VersionedState<Map<String, Integer>> stock = VersionedState.of(Map.of());
 * stock.update(map -> {           // all of it or nothing, for whoever looks
 *   Map<String, Integer> next = new HashMap<>(map);
 *   next.merge("apples", 3, Integer::sum);
 *   next.remove("pears");
 *   return Map.copyOf(next);
 * });
 * Versioned<Map<String, Integer>> now = stock.snapshot();
 * stock.compareAndSet(now.version(), Map.of()); // unless somebody was faster
 * }</pre>
 *
 * <h2>Semantics</h2>
 *
 * <ul>
 *   <li><b>The value must be immutable</b>, deeply. It is handed to all threads as it is.
 *   <li><b>Reading</b> never waits: {@link #snapshot()} is one volatile read, and has the value
 *       with its version.
 *   <li><b>{@link #update} applies its function exactly once</b>, under a lock, to the value that
 *       it replaces; it is not repeated when others interfere, because they wait. So keep it short:
 *       it should compute the next value, and neither block nor call strangers. It must not use
 *       this state except by {@code snapshot()}; everything else is refused with {@link
 *       IllegalStateException}, since it would be lost or wait for itself. If the function throws,
 *       or returns null, nothing has changed and the caller gets the exception. If it returns the
 *       very object it was given, nothing has changed either, and there is no new version.
 *   <li><b>{@link #compareAndSet} compares versions</b>, so that it cannot be deceived by a value
 *       that was changed and changed back. It always makes a new version.
 *   <li><b>Listeners</b> are called when no lock of this state is held, each for one version at a
 *       time, in ascending order. Versions that follow each other faster than a listener listens
 *       are skipped; <b>the last one never is</b>. See {@link #listen(long, Executor, Consumer)}.
 * </ul>
 *
 * <h2>Memory effects, progress</h2>
 *
 * <p>What a thread does before it changes the state happens before what others do that see that
 * version or a later one, by a snapshot, an update, a wait or as a listener. The state is
 * linearizable: a change has its moment when it writes the value, while it has the lock; a
 * snapshot, a compareAndSet that finds another version without waiting, and the end of a wait, when
 * they read it.
 *
 * <p>{@code snapshot} is wait-free. Changes wait for one another, in no particular order; what
 * waits for a version waits for no function, and not for the lock. The forms with a {@link
 * Deadline} can be interrupted. Nothing polls.
 *
 * <p>Thread-safe. Nothing may be {@code null}, the value neither. What is behind it is old; the JDK
 * calls one part {@code AtomicStampedReference}, and Clojure another {@code atom}, whose function
 * may be applied more than once.
 *
 * <p>This class may be lifted out; {@code docs/lift-out.md} lists the files that must come along.
 *
 * @param <T> the value: immutable
 */
public final class VersionedState<T> {
  private static final AtomicLong COUNT = new AtomicLong();

  private final String name;
  private final Consumer<? super Throwable> onListenerError;
  private final ChangeLock changing = new ChangeLock();
  private volatile Versioned<T> current;

  // Of those that await a version. A lock of its own: who has waited must not wait for a function.
  private final StateResource versions;
  private final StateResource turn;
  private final ReentrantLock waitLock = new ReentrantLock();
  private final Condition changed = waitLock.newCondition();
  private volatile int waiting; // written with waitLock; read after current was written

  private final List<Subscription<T>> subscriptions = new CopyOnWriteArrayList<>();

  private final LongAdder conflicts = new LongAdder();
  private final LongAdder calls = new LongAdder();
  private final LongAdder listenerErrors = new LongAdder();
  private final LongAdder timeouts = new LongAdder();

  /** A lock that can name its owner. */
  private static final class ChangeLock extends ReentrantLock {
    private static final long serialVersionUID = 1L;

    @Nullable Thread owner() {
      return getOwner();
    }
  }

  /**
   * A state with a generated name, whose listeners' errors go to the uncaught exception handler of
   * the thread.
   *
   * @param initial version 0
   * @throws NullPointerException if {@code initial} is null
   */
  public static <T> VersionedState<T> of(T initial) {
    return builder(initial).build();
  }

  /**
   * Starts a state with other properties than the default ones.
   *
   * @param initial version 0
   * @throws NullPointerException if {@code initial} is null
   */
  public static <T> Builder<T> builder(T initial) {
    return new Builder<>(Objects.requireNonNull(initial, "initial"));
  }

  private VersionedState(Builder<T> builder) {
    String given = builder.name;
    name = given != null ? given : "state-" + COUNT.incrementAndGet();
    onListenerError = builder.onListenerError;
    current = new Versioned<>(0, builder.initial);
    versions = new StateResource(name, "version", null);
    turn = new StateResource(name, "versioned state", changing::owner);
  }

  /**
   * Properties of a state to be built; not thread-safe. Every method but {@link #build} returns
   * this builder and checks nothing: that is done at once, by {@link #build}.
   *
   * @param <T> the value
   */
  public static final class Builder<T> {
    private final T initial;
    private @Nullable String name;
    private boolean named;
    private Consumer<? super Throwable> onListenerError = VersionedState::uncaught;

    private Builder(T initial) {
      this.initial = initial;
    }

    /**
     * The name that stands in errors and reports; by default {@code state-} and a number. Neither
     * null nor blank.
     */
    public Builder<T> name(String name) {
      this.name = name;
      named = true;
      return this;
    }

    /**
     * Gets what listeners throw, and what their executors throw when they refuse, on the thread
     * where it was thrown; by default that is the uncaught exception handler of that thread. What
     * this throws itself goes there too. Not null.
     */
    public Builder<T> onListenerError(Consumer<? super Throwable> onListenerError) {
      this.onListenerError = onListenerError;
      return this;
    }

    /**
     * The state. A builder may build several.
     *
     * @throws IllegalArgumentException if arguments are wrong; the message names all of them
     */
    public VersionedState<T> build() {
      List<String> wrong = new ArrayList<>();
      if (named && (name == null || name.isBlank())) {
        wrong.add(name == null ? "name is null" : "name is blank: \"" + name + '"');
      }
      if (onListenerError == null) {
        wrong.add("onListenerError is null");
      }
      if (!wrong.isEmpty()) {
        throw new IllegalArgumentException(String.join("; ", wrong));
      }
      return new VersionedState<>(this);
    }
  }

  /** The name given to the builder, or the generated one. */
  public String name() {
    return name;
  }

  /** The value and its version, now. Never waits. */
  public Versioned<T> snapshot() {
    return current;
  }

  // ------------------------------------------------------------------ changing

  /**
   * Replaces the value by what the function makes of it, waiting for other changes as long as it
   * takes; an interrupt is kept for later.
   *
   * @param function is applied once
   * @return the value after the change, with its version: the current one if the function returned
   *     the object it was given
   * @throws NullPointerException if the function is null or returns null; nothing has changed
   * @throws IllegalStateException if called within a function of this state
   */
  public Versioned<T> update(UnaryOperator<T> function) {
    Objects.requireNonNull(function, "function");
    refuseWithin("update");
    lock();
    return apply(function);
  }

  /**
   * Replaces the value by what the function makes of it, waiting for other changes until the
   * deadline, which is not about the time the function may take.
   *
   * @param function is applied once, or not at all if this throws one of the first two exceptions
   * @return the value after the change, with its version: the current one if the function returned
   *     the object it was given
   * @throws InterruptedException if the thread is interrupted, before or during the wait
   * @throws StateTimeoutException if the deadline passes first; with one that has passed, if
   *     another change is under way
   * @throws NullPointerException if an argument is null or the function returns null; nothing has
   *     changed
   * @throws IllegalStateException if called within a function of this state
   */
  public Versioned<T> update(UnaryOperator<T> function, Deadline deadline)
      throws InterruptedException {
    Objects.requireNonNull(function, "function");
    Objects.requireNonNull(deadline, "deadline");
    refuseWithin("update");
    lock(deadline);
    return apply(function);
  }

  /** For who has the lock, which is released before anybody is told. */
  @SuppressWarnings("ReferenceEquality") // whether the function has made anything, not what
  private Versioned<T> apply(UnaryOperator<T> function) {
    Versioned<T> after;
    try {
      Versioned<T> before = current;
      T next = Objects.requireNonNull(function.apply(before.value()), "the function returned null");
      if (next == before.value()) {
        return before;
      }
      after = new Versioned<>(before.version() + 1, next);
      current = after;
    } finally {
      changing.unlock();
    }
    announce();
    return after;
  }

  /**
   * Replaces the value if its version is the expected one, waiting for other changes as long as it
   * takes; an interrupt is kept for later.
   *
   * @param expectedVersion as seen in a snapshot
   * @param next the value of the version that follows
   * @return whether it was replaced; then its version is one more than the expected one
   * @throws NullPointerException if {@code next} is null
   * @throws IllegalStateException if called within a function of this state
   */
  public boolean compareAndSet(long expectedVersion, T next) {
    Objects.requireNonNull(next, "next");
    refuseWithin("compareAndSet");
    if (isConflict(expectedVersion)) {
      return false;
    }
    lock();
    return replace(expectedVersion, next);
  }

  /**
   * Replaces the value if its version is the expected one, waiting for other changes until the
   * deadline.
   *
   * @param expectedVersion as seen in a snapshot
   * @param next the value of the version that follows
   * @return whether it was replaced; then its version is one more than the expected one
   * @throws InterruptedException if the thread is interrupted, before or during the wait
   * @throws StateTimeoutException if the deadline passes first; with one that has passed, if
   *     another change is under way
   * @throws NullPointerException if an argument is null
   * @throws IllegalStateException if called within a function of this state
   */
  public boolean compareAndSet(long expectedVersion, T next, Deadline deadline)
      throws InterruptedException {
    Objects.requireNonNull(next, "next");
    Objects.requireNonNull(deadline, "deadline");
    refuseWithin("compareAndSet");
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    if (isConflict(expectedVersion)) {
      return false;
    }
    lock(deadline);
    return replace(expectedVersion, next);
  }

  private boolean isConflict(long expectedVersion) {
    boolean conflict = current.version() != expectedVersion;
    if (conflict) {
      conflicts.increment();
    }
    return conflict;
  }

  /** For who has the lock, which is released before anybody is told. */
  private boolean replace(long expectedVersion, T next) {
    try {
      if (isConflict(expectedVersion)) {
        return false;
      }
      current = new Versioned<>(expectedVersion + 1, next);
    } finally {
      changing.unlock();
    }
    announce();
    return true;
  }

  private void lock() {
    if (changing.tryLock()) {
      return;
    }
    try (StateWait wait = StateWait.begin(turn, "to change it", Wait.Exit.REFUSAL)) {
      changing.lock();
      wait.succeeded();
    }
  }

  private void lock(Deadline deadline) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    if (changing.tryLock()) {
      return;
    }
    long start = System.nanoTime();
    boolean timed = !deadline.isNone();
    try (StateWait wait = StateWait.begin(turn, "to change it", StateWait.exit(timed))) {
      try {
        if (!timed) {
          changing.lockInterruptibly();
        } else if (!changing.tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
          wait.timedOut();
          timeouts.increment();
          throw StateTimeoutException.updating(name, since(start), changing.owner());
        }
        wait.succeeded();
      } catch (InterruptedException e) {
        throw wait.interrupted(e);
      }
    }
  }

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private void refuseWithin(String what) {
    if (changing.isHeldByCurrentThread()) {
      throw new IllegalStateException(
          "A function that changes " + name + " cannot " + what + " the same state");
    }
  }

  // ------------------------------------------------------------------ awaiting

  /**
   * Waits for a version after the given one, as long as it takes.
   *
   * @return the current value then, which may be several versions later
   * @throws InterruptedException if the thread is interrupted, before or during the wait
   * @throws IllegalStateException if called within a function of this state
   */
  public Versioned<T> awaitAfter(long version) throws InterruptedException {
    return awaitAfter(version, Deadline.none());
  }

  /**
   * Waits for a version after the given one until the deadline.
   *
   * @return the current value then, which may be several versions later
   * @throws InterruptedException if the thread is interrupted, before or during the wait
   * @throws StateTimeoutException if the deadline passes first; with one that has passed, if there
   *     is no such version yet
   * @throws NullPointerException if {@code deadline} is null
   * @throws IllegalStateException if called within a function of this state
   */
  public Versioned<T> awaitAfter(long version, Deadline deadline) throws InterruptedException {
    Objects.requireNonNull(deadline, "deadline");
    refuseWithin("await a change of");
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    Versioned<T> now = current;
    return now.version() > version ? now : waitForAfter(version, deadline);
  }

  private Versioned<T> waitForAfter(long version, Deadline deadline) throws InterruptedException {
    try (StateWait wait =
        StateWait.begin(versions, "a version", StateWait.exit(!deadline.isNone()))) {
      try {
        Versioned<T> seen = waitRegistered(version, deadline);
        wait.succeeded();
        return seen;
      } catch (StateTimeoutException e) {
        wait.timedOut();
        throw e;
      } catch (InterruptedException e) {
        throw wait.interrupted(e);
      }
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // written with the lock only
  private Versioned<T> waitRegistered(long version, Deadline deadline) throws InterruptedException {
    long start = System.nanoTime();
    waitLock.lock(); // held for moments only
    try {
      waiting++;
      Versioned<T> now = current; // after waiting was written: a change sees that, or is seen
      while (now.version() <= version) {
        long left = deadline.remainingNanos();
        if (left == 0) {
          timeouts.increment();
          throw StateTimeoutException.awaiting(name, since(start), version, now.version());
        }
        if (deadline.isNone()) {
          changed.await();
        } else {
          changed.awaitNanos(left);
        }
        now = current;
      }
      return now;
    } finally {
      waiting--;
      waitLock.unlock();
    }
  }

  // ------------------------------------------------------------------ telling

  /** After a change, without any lock. */
  private void announce() {
    if (waiting > 0) {
      waitLock.lock();
      try {
        changed.signalAll();
      } finally {
        waitLock.unlock();
      }
    }
    for (Subscription<T> subscription : subscriptions) {
      subscription.announce();
    }
  }

  /**
   * Calls the listener after each change from now on, on the thread that has made it or made a
   * later one; a version may be skipped if a later one is there already. As {@code
   * listen(snapshot().version(), Runnable::run, listener)}.
   *
   * @return unregisters the listener when closed
   * @throws NullPointerException if {@code listener} is null
   * @throws IllegalStateException if called within a function of this state
   */
  public Guard listen(Consumer<? super Versioned<T>> listener) {
    return listen(snapshot().version(), Runnable::run, listener);
  }

  /**
   * Calls the listener with versions after the given one: each call with a later version than the
   * one before, the next call after the one before has returned, and what is the last version comes
   * in the end. So who takes a snapshot, and then listens from its version on, misses nothing but
   * what was out of date at once. If the state is past that version already, the listener is called
   * now.
   *
   * <p>No lock of this state is held during a call, so the listener may use the state, and change
   * it: it is told of that change after it has returned.
   *
   * <p>The executor gets a task when there is something to tell and none is under way; the task
   * ends when there is nothing more. With {@code Runnable::run} the listener is called by the
   * threads that change the state, before {@code update} or {@code compareAndSet} returns; one of
   * them may be kept for as long as others make changes. For listeners that take their time use a
   * real executor. It may refuse by an exception: then the listener has missed this version, and
   * the next change tries again. It must not drop a task in silence: the listener would never hear
   * again.
   *
   * <p>What a listener or the executor throws, errors included, goes to {@link
   * Builder#onListenerError}, and harms neither who changes the state nor other listeners. The
   * listener stays registered.
   *
   * @param after the last version not to be told
   * @param executor runs the calls
   * @param listener is told
   * @return unregisters the listener when closed, by any thread: a call under way goes on, another
   *     thread may be just about to begin one, and there is none after that
   * @throws NullPointerException if an argument is null
   * @throws IllegalStateException if called within a function of this state
   */
  public Guard listen(long after, Executor executor, Consumer<? super Versioned<T>> listener) {
    Objects.requireNonNull(executor, "executor");
    Objects.requireNonNull(listener, "listener");
    refuseWithin("listen to");
    Subscription<T> subscription = new Subscription<>(this, after, executor, listener);
    subscriptions.add(subscription);
    if (current.version() > after) { // after it was added: a change sees it, or is seen
      subscription.announce();
    }
    return subscription;
  }

  void remove(Subscription<T> subscription) {
    subscriptions.remove(subscription);
  }

  void countCall() {
    calls.increment();
  }

  /** Takes what a listener threw. Throws nothing. */
  @SuppressWarnings("ReferenceEquality") // nothing can be suppressed by itself
  void failed(Throwable error) {
    listenerErrors.increment();
    try {
      onListenerError.accept(error);
    } catch (Throwable another) {
      if (another != error) {
        another.addSuppressed(error);
      }
      uncaught(another);
    }
  }

  private static void uncaught(Throwable error) {
    Thread thread = Thread.currentThread();
    try {
      thread.getUncaughtExceptionHandler().uncaughtException(thread, error);
    } catch (Throwable ignored) {
      // As the JVM does with what such a handler throws: there is nobody left to tell.
    }
  }

  // ------------------------------------------------------------------ figures

  /** What has happened so far, and who waits. */
  public VersionedStats stats() {
    return new VersionedStats(
        name,
        current.version(),
        conflicts.sum(),
        waiting,
        subscriptions.size(),
        calls.sum(),
        listenerErrors.sum(),
        timeouts.sum());
  }

  /** The name and the version; not the value. */
  @Override
  public String toString() {
    return "VersionedState[" + name + ", version " + current.version() + "]";
  }
}
