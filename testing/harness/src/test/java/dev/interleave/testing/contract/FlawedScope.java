// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A structured scope over virtual threads, simple and slow, with one {@link ScopeFlaw}. All state
 * is guarded by one lock; every change wakes everyone, who looks again.
 */
@SuppressWarnings("NullAway") // a task may return null
final class FlawedScope implements TestedScope {
  private static final Set<FlawedScope> ALL = ConcurrentHashMap.newKeySet();

  /** The scopes that a thread has opened, the last one first; gone when none is open. */
  private static final ThreadLocal<Deque<FlawedScope>> OPEN = new ThreadLocal<>();

  private static final Set<Thread> SUBTASKS = ConcurrentHashMap.newKeySet();

  private enum Phase {
    NEW,
    FORKED,
    JOINING,
    JOINED,
    CLOSED
  }

  /** Thrown when scopes are not closed in the order in which they were opened. */
  static final class WrongOrderException extends RuntimeException {
    private static final long serialVersionUID = 1;

    WrongOrderException() {
      super("a scope that was opened later is still open");
    }
  }

  private final ScopeFlaw flaw;
  private final ScopePolicy policy;
  private final Thread owner = Thread.currentThread();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ReentrantLock turn = new ReentrantLock();
  private final List<Thread> threads = new ArrayList<>();
  private final Set<Thread> running = new HashSet<>();
  private Phase phase = Phase.NEW;
  private boolean cancelled;
  private boolean timedOut;
  private int ended;
  private @Nullable Throwable failure;
  private @Nullable Subtask<?> success;

  FlawedScope(ScopePolicy policy, @Nullable Duration timeout, ScopeFlaw flaw) {
    this.policy = policy;
    this.flaw = flaw;
    if (is(ScopeFlaw.SUBTASK_OPENS_NO_SCOPE) && SUBTASKS.contains(owner)) {
      throw new IllegalStateException("in a subtask");
    }
    if (is(ScopeFlaw.ALL_ARE_CANCELLED_TOGETHER)) {
      ALL.add(this);
    }
    Deque<FlawedScope> open = OPEN.get();
    if (open == null) {
      open = new ArrayDeque<>();
      OPEN.set(open);
    }
    open.push(this);
    if (timeout != null && !is(ScopeFlaw.DEADLINE_IS_IGNORED)) {
      long nanos = timeout.toNanos() / (is(ScopeFlaw.DEADLINE_IS_EARLY) ? 2 : 1);
      threads.add(Thread.ofVirtual().start(() -> cancelAfter(nanos)));
    }
  }

  private boolean is(ScopeFlaw other) {
    return flaw == other;
  }

  @SuppressWarnings("ReferenceEquality") // a thread is itself
  private boolean mine() {
    return Thread.currentThread() == owner;
  }

  private void checkOwner() {
    if (!mine() && !is(ScopeFlaw.ANYONE_MAY)) {
      throw new WrongThreadException("not the owner");
    }
  }

  private void checkNotJoined() {
    if (phase.compareTo(Phase.FORKED) > 0 && !is(ScopeFlaw.JOINED_SCOPE_FORKS)) {
      throw new IllegalStateException("joined or closed");
    }
  }

  @Override
  public <T extends @Nullable Object> TestedSubtask<T> fork(Callable<T> task) {
    requireNonNull(task);
    checkOwner();
    lock.lock();
    try {
      checkNotJoined();
      phase = Phase.FORKED;
      Subtask<T> subtask = new Subtask<>(task);
      if (!cancelled || is(ScopeFlaw.CANCELLED_SCOPE_FORKS)) {
        Thread thread = Thread.ofVirtual().unstarted(subtask::run);
        threads.add(thread);
        running.add(thread);
        thread.start();
      }
      return subtask;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public @Nullable Object join() throws Exception {
    checkOwner();
    lock.lock();
    try {
      checkNotJoined();
      phase = Phase.JOINING;
      while (!running.isEmpty() && !cancelled) {
        if (is(ScopeFlaw.JOIN_WAITS_FOR_THE_FIRST) && ended > 0) {
          break;
        }
        if (is(ScopeFlaw.JOIN_IGNORES_INTERRUPTS)) {
          changed.awaitUninterruptibly();
        } else {
          changed.await();
        }
      }
      if (Thread.interrupted() && !is(ScopeFlaw.JOIN_IGNORES_INTERRUPTS)) {
        throw new InterruptedException();
      }
      if (timedOut) {
        throw new TimeoutException();
      }
      phase = Phase.JOINED;
      changed.signalAll();
      return result();
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Object result() throws ExecutionException {
    return switch (policy) {
      case AWAIT_ALL -> null;
      case ALL_SUCCESSFUL -> {
        if (failure != null) {
          throw new ExecutionException(failure);
        }
        yield null;
      }
      case ANY_SUCCESSFUL -> {
        if (success == null && failure != null && !is(ScopeFlaw.NO_SUCCESS_IS_NULL)) {
          throw new ExecutionException(failure);
        }
        yield success == null ? null : success.result;
      }
    };
  }

  @Override
  public boolean isCancelled() {
    lock.lock();
    try {
      return cancelled;
    } finally {
      lock.unlock();
    }
  }

  private void cancel() {
    lock.lock();
    try {
      cancelled = true;
      for (Thread thread : running) {
        if (!is(ScopeFlaw.CANCEL_DOES_NOT_INTERRUPT)) {
          thread.interrupt();
        }
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void cancelAfter(long nanos) {
    lock.lock();
    try {
      long left = nanos;
      while (left > 0 && phase.compareTo(Phase.JOINED) < 0 && !cancelled) {
        left = changed.awaitNanos(left);
      }
      if (phase.compareTo(Phase.JOINED) < 0 && !cancelled) {
        timedOut = true;
        cancel();
      }
    } catch (InterruptedException e) {
      throw new AssertionError("no one interrupts this thread", e);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    checkOwner();
    Phase before;
    lock.lock();
    try {
      before = phase;
      if (before == Phase.CLOSED) {
        if (is(ScopeFlaw.SECOND_CLOSE_FAILS)) {
          throw new IllegalStateException("closed before");
        }
        return;
      }
      if (before.compareTo(Phase.JOINED) < 0 || is(ScopeFlaw.DEADLINE_OUTLIVES_THE_JOIN)) {
        cancel();
      }
      phase = Phase.CLOSED;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    boolean wrongOrder = closeThoseOpenedLater();
    if (!is(ScopeFlaw.CLOSE_DOES_NOT_WAIT)) {
      joinAll();
    }
    ALL.remove(this);
    boolean unjoined = before == Phase.FORKED && !is(ScopeFlaw.CLOSE_WITHOUT_JOIN_IS_SILENT);
    if (unjoined || (before == Phase.NEW && is(ScopeFlaw.EMPTY_SCOPE_MUST_BE_JOINED))) {
      throw new IllegalStateException("not joined");
    }
    if (wrongOrder) {
      throw new WrongOrderException();
    }
  }

  @SuppressWarnings("ReferenceEquality") // a scope is itself
  private boolean closeThoseOpenedLater() {
    Deque<FlawedScope> open = OPEN.get();
    if (open == null || !open.contains(this)) {
      return false; // closed from outside
    }
    boolean any = false;
    FlawedScope last = open.pop();
    while (last != this) {
      if (!is(ScopeFlaw.ORDER_IS_NOT_CHECKED)) {
        any = true;
        last.cancel();
        last.joinAll();
      }
      last = open.pop();
    }
    if (open.isEmpty()) {
      OPEN.remove();
    }
    return any;
  }

  private void joinAll() {
    boolean interrupted = false;
    for (Thread thread : threads) {
      boolean joined = false;
      while (!joined) {
        try {
          thread.join();
          joined = true;
        } catch (InterruptedException e) {
          interrupted = true;
          joined = is(ScopeFlaw.INTERRUPTED_CLOSE_LEAVES);
        }
      }
    }
    if (interrupted && !is(ScopeFlaw.CLOSE_SWALLOWS_INTERRUPTS)) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Subtask<T extends @Nullable Object> implements TestedSubtask<T> {
    private final Callable<T> task;
    private volatile State state = State.UNAVAILABLE;
    private @Nullable T result;
    private @Nullable Throwable thrown;

    Subtask(Callable<T> task) {
      this.task = task;
    }

    @SuppressWarnings("CatchingUnchecked")
    void run() {
      Thread self = Thread.currentThread();
      SUBTASKS.add(self);
      if (is(ScopeFlaw.DONE_BEFORE_THE_END)) {
        end(self, null, null);
      }
      T value = null;
      Throwable failed = null;
      boolean waits = is(ScopeFlaw.TASKS_TAKE_TURNS);
      if (waits) {
        turn.lock();
      }
      try {
        value = task.call();
      } catch (Throwable e) { // it is what join throws
        failed = e;
      } finally {
        if (waits) {
          turn.unlock();
        }
        SUBTASKS.remove(self);
      }
      end(self, value, failed);
    }

    private void end(Thread self, @Nullable T value, @Nullable Throwable failed) {
      lock.lock();
      try {
        running.remove(self);
        ended++;
        changed.signalAll();
        if (cancelled) {
          if (is(ScopeFlaw.LAST_FAILURE_COUNTS) && failed != null) {
            failure = failed;
          }
          return;
        }
        result = value;
        thrown = failed;
        state = failed == null ? State.SUCCESS : State.FAILED;
        if (failed != null) {
          failure = failure == null ? failed : failure;
        } else if (success == null) {
          success = this;
        }
        if (cancels(failed != null)) {
          cancel();
          if (is(ScopeFlaw.ALL_ARE_CANCELLED_TOGETHER)) {
            ALL.forEach(FlawedScope::cancel);
          }
        }
      } finally {
        lock.unlock();
      }
    }

    private boolean cancels(boolean failed) {
      return switch (policy) {
        case ALL_SUCCESSFUL -> failed && !is(ScopeFlaw.FAILURE_DOES_NOT_CANCEL);
        case ANY_SUCCESSFUL -> !failed && !is(ScopeFlaw.SUCCESS_DOES_NOT_CANCEL);
        case AWAIT_ALL -> failed && is(ScopeFlaw.AWAIT_ALL_CANCELS);
      };
    }

    @Override
    public State state() {
      return state;
    }

    @Override
    public T get() {
      checkJoined();
      boolean none = result == null && is(ScopeFlaw.NULL_IS_NO_RESULT);
      if (state != State.SUCCESS || none) {
        throw new IllegalStateException("no result");
      }
      return result;
    }

    @Override
    public Throwable exception() {
      checkJoined();
      if (state != State.FAILED) {
        throw new IllegalStateException("no failure");
      }
      return thrown;
    }

    private void checkJoined() {
      lock.lock();
      try {
        boolean early = phase.compareTo(Phase.JOINED) < 0;
        if (mine() && early && !is(ScopeFlaw.OUTCOME_IS_THERE_AT_ONCE)) {
          throw new IllegalStateException("not joined");
        }
      } finally {
        lock.unlock();
      }
    }
  }
}
