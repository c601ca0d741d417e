// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A scope to be tested, the actor that owns it, and the tasks that are held in it.
 *
 * <p>Closing it releases all tasks, has the owner close the scope, and fails unless that works and
 * all threads have ended. So every test ends with that.
 */
final class Nursery implements AutoCloseable {
  private final Actor owner;
  private final TestedScope scope;
  private final Duration patience;
  private final Queue<Held> held = new ConcurrentLinkedQueue<>();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final AtomicInteger names = new AtomicInteger();

  Nursery(Actor owner, Callable<TestedScope> opening, Duration patience)
      throws InterruptedException {
    this.owner = owner;
    this.patience = patience;
    this.scope = owner.call(opening);
  }

  Actor owner() {
    return owner;
  }

  TestedScope scope() {
    return scope;
  }

  /** Returns a task that is not forked yet. */
  Held held() {
    return add(false);
  }

  /** Returns a task that does not heed interrupts, and is not forked yet. */
  Held stubborn() {
    return add(true);
  }

  private Held add(boolean stubborn) {
    Held task = new Held("task-" + names.incrementAndGet(), stubborn, patience, threads::add);
    held.add(task);
    return task;
  }

  Set<Thread> threads() {
    return threads;
  }

  /** Has the owner fork a task. */
  <T extends @Nullable Object> TestedSubtask<T> fork(Callable<T> task) throws InterruptedException {
    return owner.call(() -> scope.fork(task));
  }

  /** Has the owner fork a task, and waits until that has begun. */
  TestedSubtask<String> forkAndBegin(Held task) throws InterruptedException {
    TestedSubtask<String> subtask = fork(task);
    task.awaitBegun();
    return subtask;
  }

  /** Has the owner begin to join. */
  Step<@Nullable Object> join() {
    return owner.startCall(scope::join);
  }

  /** Ends everything, be it joined and closed or not. */
  @Override
  public void close() throws InterruptedException {
    held.forEach(Held::release);
    Step<?> closing =
        owner.start(() -> {
          try {
            scope.close();
          } catch (IllegalStateException notJoined) {
            // it is closed all the same, and the test is about something else
          }
        });
    closing.result();
    for (Thread thread : threads) {
      assertTrue(thread.join(patience), () -> "left behind: " + Waiting.describe(thread));
    }
  }
}
