// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/** Who may do what with a scope, and in which order. */
abstract class StructureContract extends Contract {
  private static final int CHILDREN = 5;

  /**
   * Opens a scope in the calling thread, which becomes its owner. It starts a thread for each task
   * forked in it, without a limit.
   *
   * @param policy what it is joined for
   * @param timeout when it is cancelled if it has not been joined by then, counted from now; null
   *     for never
   * @return the scope to be tested
   */
  protected abstract TestedScope open(ScopePolicy policy, @Nullable Duration timeout);

  /**
   * Returns what {@code join} throws when subtasks have failed; what one of them threw is its
   * cause.
   *
   * @return {@link ExecutionException} unless overridden
   */
  protected Class<? extends Exception> failedException() {
    return ExecutionException.class;
  }

  /**
   * Returns what {@code join} throws when the time is over.
   *
   * @return {@link TimeoutException} unless overridden
   */
  protected Class<? extends Exception> timeoutException() {
    return TimeoutException.class;
  }

  /**
   * Returns what {@code close} throws to an owner who has opened another scope since, and not
   * closed it; after it has closed both.
   *
   * @return null, unless overridden: it is not noticed, and not tested
   */
  protected @Nullable Class<? extends RuntimeException> structureException() {
    return null;
  }

  final Nursery nursery(Actors actors, ScopePolicy policy) throws InterruptedException {
    return nursery(actors.actor("owner"), policy);
  }

  final Nursery nursery(Actor owner, ScopePolicy policy) throws InterruptedException {
    return new Nursery(owner, () -> open(policy, null), patience());
  }

  /** All forked tasks run at once, each in a thread of its own. */
  @ContractTest
  public void everyTaskRunsInAThreadOfItsOwn(Actors actors) throws InterruptedException {
    for (ScopePolicy policy : ScopePolicy.values()) {
      try (Nursery nursery = nursery(actors, policy)) {
        List<Held> tasks = new ArrayList<>();
        for (int i = 0; i < CHILDREN; i++) {
          Held task = nursery.held();
          nursery.fork(task);
          tasks.add(task);
        }
        for (Held task : tasks) {
          task.awaitBegun();
        }
        assertEquals(CHILDREN, nursery.threads().size(), "threads");
        assertFalse(nursery.threads().contains(nursery.owner().thread()), "ran in the owner");
        tasks.forEach(Held::release);
        nursery.join().result();
      }
    }
  }

  /** join waits for the last subtask; then all results are there. */
  @ContractTest
  public void joinWaitsForAll(Actors actors) throws InterruptedException {
    for (ScopePolicy policy : List.of(ScopePolicy.ALL_SUCCESSFUL, ScopePolicy.AWAIT_ALL)) {
      try (Nursery nursery = nursery(actors, policy)) {
        Held one = nursery.held();
        Held other = nursery.held();
        TestedSubtask<String> first = nursery.forkAndBegin(one);
        TestedSubtask<String> second = nursery.forkAndBegin(other);
        Step<?> joining = nursery.join();
        joining.awaitBlocked();
        one.release();
        one.awaitEnded();
        joining.awaitBlocked();
        other.release();
        joining.result();
        nursery
            .owner()
            .run(() -> {
              assertResult(one.toString(), first);
              assertResult(other.toString(), second);
              assertFalse(nursery.scope().isCancelled(), "isCancelled()");
            });
      }
    }
  }

  /** A scope in which nothing was forked may be joined, or closed without that. */
  @ContractTest
  public void emptyScopeIsJoinedOrNot(Actors actors) throws InterruptedException {
    for (ScopePolicy policy : List.of(ScopePolicy.ALL_SUCCESSFUL, ScopePolicy.AWAIT_ALL)) {
      try (Nursery nursery = nursery(actors, policy)) {
        nursery.join().result();
        nursery.owner().run(nursery.scope()::close);
      }
      try (Nursery nursery = nursery(actors, policy)) {
        nursery.owner().run(nursery.scope()::close);
      }
    }
  }

  /** A task may return null; there may be no task that is null. */
  @ContractTest
  @SuppressWarnings("NullAway") // that is the test
  public void nullIsAResultAndNoTask(Actors actors) throws InterruptedException {
    try (Nursery nursery = nursery(actors, ScopePolicy.ALL_SUCCESSFUL)) {
      nursery
          .owner()
          .start(() -> nursery.scope().fork((Callable<String>) null))
          .failure(NullPointerException.class);
      TestedSubtask<@Nullable String> subtask = nursery.fork(() -> null);
      nursery.join().result();
      nursery
          .owner()
          .run(() -> {
            assertEquals(TestedSubtask.State.SUCCESS, subtask.state());
            assertNull(subtask.get());
          });
    }
  }

  /** The owner learns of results and failures after it has joined, not before. */
  @ContractTest
  public void outcomeIsThereAfterTheJoinOnly(Actors actors) throws InterruptedException {
    try (Nursery nursery = nursery(actors, ScopePolicy.AWAIT_ALL)) {
      Actor owner = nursery.owner();
      Exception failure = new Exception("failed");
      TestedSubtask<String> good = nursery.fork(() -> "good");
      TestedSubtask<String> bad = nursery.fork(() -> raise(failure));
      awaitState(TestedSubtask.State.SUCCESS, good);
      awaitState(TestedSubtask.State.FAILED, bad);
      for (TestedSubtask<String> subtask : List.of(good, bad)) {
        owner.start(subtask::get).failure(IllegalStateException.class);
        owner.start(subtask::exception).failure(IllegalStateException.class);
      }
      nursery.join().result();
      owner.run(() -> {
        assertEquals("good", good.get());
        assertThrows(IllegalStateException.class, good::exception);
        assertSame(failure, bad.exception());
        assertThrows(IllegalStateException.class, bad::get);
      });
    }
  }

  /** After the join, or the end, there is no fork and no join. */
  @ContractTest
  public void joinedScopeForksNoMore(Actors actors) throws InterruptedException {
    List<String> ran = new ArrayList<>();
    for (boolean closed : new boolean[] {false, true}) {
      try (Nursery nursery = nursery(actors, ScopePolicy.ALL_SUCCESSFUL)) {
        Actor owner = nursery.owner();
        nursery.fork(() -> "forked");
        nursery.join().result();
        if (closed) {
          owner.run(nursery.scope()::close);
        }
        owner
            .start(() -> nursery.scope().fork(() -> ran.add("forked after the join")))
            .failure(IllegalStateException.class);
        nursery.join().failure(IllegalStateException.class);
      }
    }
    assertEquals(List.of(), ran);
  }

  /** Only the owner forks, joins and closes: neither a stranger may, nor a subtask. */
  @ContractTest
  public void strangersAreRefused(Actors actors) throws InterruptedException {
    Actor stranger = actors.actor("stranger");
    try (Nursery nursery = nursery(actors, ScopePolicy.ALL_SUCCESSFUL)) {
      TestedScope scope = nursery.scope();
      Held task = nursery.held();
      TestedSubtask<String> subtask = nursery.forkAndBegin(task);
      List<Task> refused = List.of(() -> scope.fork(() -> "no"), scope::join, scope::close);
      for (Task call : refused) {
        stranger.start(call).failure(WrongThreadException.class);
      }
      TestedSubtask<Integer> child =
          nursery.fork(() -> {
            for (Task call : refused) {
              assertThrows(WrongThreadException.class, call::run);
            }
            return refused.size();
          });
      task.assertNotInterrupted();
      task.release();
      nursery.join().result();
      nursery
          .owner()
          .run(() -> {
            assertEquals(task.toString(), subtask.get());
            assertEquals(refused.size(), child.get(), "refused to the subtask");
          });
    }
  }

  /** close() may be called again. */
  @ContractTest
  public void closeIsIdempotent(Actors actors) throws InterruptedException {
    try (Nursery nursery = nursery(actors, ScopePolicy.ALL_SUCCESSFUL)) {
      nursery.fork(() -> "forked");
      nursery.join().result();
      nursery.owner().run(nursery.scope()::close);
      nursery.owner().run(nursery.scope()::close);
    }
  }

  /** Two scopes know nothing of each other. */
  @ContractTest
  public void anotherScopeIsAnotherScope(Actors actors) throws InterruptedException {
    try (Nursery mine = nursery(actors.actor("mine"), ScopePolicy.ALL_SUCCESSFUL);
        Nursery other = nursery(actors.actor("other"), ScopePolicy.ALL_SUCCESSFUL)) {
      assertNotSame(mine.scope(), other.scope());
      Held task = mine.held();
      TestedSubtask<String> subtask = mine.forkAndBegin(task);
      other.fork(() -> raise(new Exception("failed")));
      other.join().failure(failedException());
      other.owner().run(other.scope()::close);
      assertFalse(mine.scope().isCancelled(), "isCancelled(), though another scope was");
      task.assertNotInterrupted();
      task.release();
      mine.join().result();
      assertEquals(task.toString(), mine.owner().call(subtask::get));
    }
  }

  /** Whoever has opened a scope within a scope closes it first; else it is told, if promised. */
  @ContractTest
  public void innerScopeIsClosedFirst(Actors actors) throws InterruptedException {
    Class<? extends RuntimeException> violation = structureException();
    if (violation == null) {
      throw new TestAbortedException("the order is not checked");
    }
    Actor owner = actors.actor("owner");
    try (Nursery outer = nursery(owner, ScopePolicy.ALL_SUCCESSFUL);
        Nursery inner = nursery(owner, ScopePolicy.ALL_SUCCESSFUL)) {
      Held task = inner.held();
      inner.forkAndBegin(task);
      Step<?> closing = owner.start(outer.scope()::close);
      closing.awaitBlockedOrDone();
      task.release(); // it may be interrupted, or waited for
      closing.failure(violation);
      assertTrue(task.hasEnded(), "a task in the inner scope goes on after the outer is closed");
    }
  }

  final void awaitState(TestedSubtask.State state, TestedSubtask<?> subtask)
      throws InterruptedException {
    Waiting.until(
        () -> subtask.state() == state, patience(), () -> "not " + state + ": " + subtask);
  }

  static void assertResult(String expected, TestedSubtask<String> subtask) {
    assertEquals(TestedSubtask.State.SUCCESS, subtask.state());
    assertEquals(expected, subtask.get());
  }

  @SuppressWarnings("DoNotCallSuggester") // to be called by a subtask, which fails
  static String raise(Exception failure) throws Exception {
    throw failure;
  }
}
