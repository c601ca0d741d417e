// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import dev.interleave.Deadline;
import dev.interleave.Guard;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A request to stop, which those that are to stop look at, wait for, or are called by. It cannot be
 * taken back.
 *
 * <pre>{@code
 * StopToken stop = StopToken.create("import");
 *
 * while (stop.sleep(Duration.ofSeconds(1))) { // the worker: false as soon as it is to stop
 *   importNext();
 * }
 *
 * stop.stop("the user has left");             // anybody
 * }</pre>
 *
 * <h2>Semantics</h2>
 *
 * <ul>
 *   <li><b>The first reason wins.</b> A token is stopped once, and keeps the reason and cause of
 *       the {@link #stop} that did it; later ones change nothing and return false.
 *   <li><b>Who waits is woken</b> at once, by the stop itself: {@link #await} and {@link #sleep}
 *       poll nothing. The thread is not interrupted.
 *   <li><b>Callbacks run exactly once</b>, in the order of their registration, on the thread that
 *       stops, before its {@code stop} returns; one that is registered later runs at once, on the
 *       thread that registers it. They are for what a flag does not reach: closing a socket,
 *       interrupting a thread. What one throws goes to the token's error handler, and the others
 *       run all the same. Another thread's {@code stop}, which comes second, does not wait for
 *       them.
 *   <li><b>Children.</b> A {@linkplain #child child} is stopped with its parent, for the same
 *       reason; a parent never with its child. All descendants are stopped before the first
 *       callback of any of them runs. Whoever has a token may stop it: hand out a child to those
 *       who should not stop you.
 *   <li><b>Nothing is left behind.</b> A child is held by its parent until it is stopped or {@link
 *       #close() closed}, a callback by its token until it has run or is cancelled.
 * </ul>
 *
 * <h2>Memory effects, progress</h2>
 *
 * <p>What a thread does before it stops a token happens before what others do that find it stopped,
 * and before the callbacks. {@code stop} takes effect when it writes the reason, under a lock that
 * is held for some instructions; each child in turn. {@code isStopped} is one volatile read.
 *
 * <p>Thread-safe. No argument may be {@code null} unless it says so. Who waits is seen by {@code
 * Waits}; anyone could end that wait, so it is part of no deadlock.
 */
public final class StopToken implements Guard {
  /** Why and whether: written once. */
  private record Stop(String reason, @Nullable Throwable cause) {}

  private final String name;
  private final @Nullable StopToken parent;
  private final Consumer<? super Throwable> onError;
  private final Gate stopped;

  /** Guards what follows; no other lock is taken while it is held. */
  private final ReentrantLock lock = new ReentrantLock();

  private volatile @Nullable Stop stop;
  private boolean detached;
  private Set<StopRegistration> callbacks = new LinkedHashSet<>();
  private Set<StopToken> children = new LinkedHashSet<>();

  /**
   * A token that is not stopped, and whose callbacks' errors are logged.
   *
   * @param name stands in errors and reports
   * @throws IllegalArgumentException if {@code name} is blank
   */
  public static StopToken create(String name) {
    return create(
        name, error -> Log.error("A callback of the stop token " + name + " failed", error));
  }

  /**
   * A token that is not stopped.
   *
   * @param name stands in errors and reports
   * @param onError gets what callbacks throw, those of children included, on the thread where it
   *     was thrown
   * @throws IllegalArgumentException if {@code name} is blank
   */
  public static StopToken create(String name, Consumer<? super Throwable> onError) {
    return new StopToken(name, Objects.requireNonNull(onError, "onError"), null);
  }

  private StopToken(String name, Consumer<? super Throwable> onError, @Nullable StopToken parent) {
    Objects.requireNonNull(name, "name");
    if (name.isBlank()) {
      throw new IllegalArgumentException("name is blank: \"" + name + '"');
    }
    this.name = name;
    this.onError = onError;
    this.parent = parent;
    stopped = new Gate(name, "stop token", null);
  }

  /**
   * A token that is stopped with this one, at once if this one is.
   *
   * @param name stands in errors and reports
   * @return the child; close it when it is no longer needed and this token lives on
   * @throws IllegalArgumentException if {@code name} is blank
   */
  public StopToken child(String name) {
    StopToken child = new StopToken(name, onError, this);
    Stop how;
    lock.lock();
    try {
      how = stop;
      if (how == null) {
        children.add(child);
      }
    } finally {
      lock.unlock();
    }
    if (how != null) {
      child.stop(how);
    }
    return child;
  }

  /** The name. */
  public String name() {
    return name;
  }

  /**
   * Stops the token and its children, wakes who waits, and runs the callbacks.
   *
   * @param reason what for, for people
   * @return whether this did it; false if it was stopped before
   */
  public boolean stop(String reason) {
    return stop(new Stop(Objects.requireNonNull(reason, "reason"), null));
  }

  /**
   * Stops the token and its children, wakes who waits, and runs the callbacks.
   *
   * @param reason what for, for people
   * @param cause what led to it
   * @return whether this did it; false if it was stopped before
   */
  public boolean stop(String reason, Throwable cause) {
    Objects.requireNonNull(reason, "reason");
    return stop(new Stop(reason, Objects.requireNonNull(cause, "cause")));
  }

  private boolean stop(Stop how) {
    List<StopRegistration> toRun = new ArrayList<>();
    Deque<StopToken> toStop = new ArrayDeque<>(); // not by recursion: there may be many generations
    if (!mark(how, false, toRun, toStop)) {
      return false;
    }
    for (StopToken child = toStop.poll(); child != null; child = toStop.poll()) {
      child.mark(how, true, toRun, toStop);
    }
    toRun.forEach(StopRegistration::run);
    return true;
  }

  /** Stops this one, and adds what else there is to do. */
  private boolean mark(
      Stop how, boolean byParent, List<StopRegistration> toRun, Deque<StopToken> toStop) {
    lock.lock();
    try {
      if (stop != null || (byParent && detached)) {
        return false;
      }
      stop = how;
      toRun.addAll(callbacks);
      toStop.addAll(children);
      callbacks = Set.of();
      children = Set.of();
    } finally {
      lock.unlock();
    }
    stopped.open();
    return true;
  }

  /** Whether it is stopped. Once true it stays true. */
  public boolean isStopped() {
    return stop != null;
  }

  /** The reason of the first stop; empty if there was none. */
  public Optional<String> reason() {
    Stop how = stop;
    return how == null ? Optional.empty() : Optional.of(how.reason());
  }

  /** The cause that the first stop gave; empty if there was no stop, or it gave none. */
  public Optional<Throwable> cause() {
    Stop how = stop;
    return how == null ? Optional.empty() : Optional.ofNullable(how.cause());
  }

  /**
   * Goes on only if it is not stopped.
   *
   * @throws StoppedException if it is, with the reason
   */
  public void throwIfStopped() {
    Stop how = stop;
    if (how != null) {
      throw new StoppedException(name, how.reason(), how.cause());
    }
  }

  /**
   * Waits until it is stopped.
   *
   * @throws InterruptedException if the thread is interrupted, before or during the wait
   */
  public void await() throws InterruptedException {
    boolean unused = stopped.await("stop", Deadline.none());
  }

  /**
   * Waits until it is stopped, or the deadline passes.
   *
   * @return whether it is stopped
   * @throws InterruptedException if the thread is interrupted, before or during the wait
   */
  public boolean await(Deadline deadline) throws InterruptedException {
    return stopped.await("stop", Objects.requireNonNull(deadline, "deadline"));
  }

  /**
   * Waits for so long, and no longer than until it is stopped: the sleep of a loop that can be
   * stopped.
   *
   * @param time for how long; not at all if zero or negative
   * @return whether to go on: false if it is stopped
   * @throws InterruptedException if the thread is interrupted, before or during the wait
   */
  public boolean sleep(Duration time) throws InterruptedException {
    return !await(Deadline.after(time));
  }

  /**
   * Has {@code callback} run when the token is stopped; at once, on this thread, if it is.
   *
   * @param callback should be short: it holds up the thread that stops
   * @return to take it back, or to wait until it has run
   */
  public StopRegistration onStop(Runnable callback) {
    StopRegistration registration =
        new StopRegistration(this, Objects.requireNonNull(callback, "callback"));
    lock.lock();
    try {
      if (stop == null) {
        callbacks.add(registration);
        return registration;
      }
    } finally {
      lock.unlock();
    }
    registration.run();
    return registration;
  }

  void forget(StopRegistration registration) {
    lock.lock();
    try {
      if (stop == null) {
        callbacks.remove(registration);
      }
    } finally {
      lock.unlock();
    }
  }

  void failed(Throwable error) {
    Log.tell(onError, "A callback of the stop token " + name + " failed", error);
  }

  /**
   * Parts with the parent: once this has returned a stop of the parent does not reach this token
   * any more, and the parent does not hold it. Stops nothing and cancels no callback; without a
   * parent it does nothing. Idempotent; for any thread.
   */
  @Override
  public void close() {
    if (parent == null) {
      return;
    }
    lock.lock();
    try {
      detached = true;
    } finally {
      lock.unlock();
    }
    parent.lock.lock();
    try {
      if (parent.stop == null) {
        parent.children.remove(this);
      }
    } finally {
      parent.lock.unlock();
    }
  }

  /** How many children and callbacks it holds. */
  int held() {
    lock.lock();
    try {
      return children.size() + callbacks.size();
    } finally {
      lock.unlock();
    }
  }

  /** The name, and why it is stopped, if it is. */
  @Override
  public String toString() {
    Stop how = stop;
    return "StopToken[" + name + (how == null ? "]" : ", stopped: " + how.reason() + ']');
  }
}
