// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** What ends a scope before its time: a failure, a success, an interrupt, a deadline, its end. */
abstract class CancellationContract extends StructureContract {
  private static final Duration SHORT = Duration.ofMillis(30);

  /** The first failure cancels the others, and is the cause of what join throws. */
  @ContractTest
  public void failureCancelsTheOthers(Actors actors) throws InterruptedException {
    List<Throwable> failures =
        List.of(new IllegalStateException("unchecked"), new IOException("checked"), new Bug());
    for (Throwable failure : failures) {
      try (Nursery nursery = nursery(actors, ScopePolicy.ALL_SUCCESSFUL)) {
        Held task = nursery.held();
        Held failing = nursery.held();
        TestedSubtask<String> sibling = nursery.forkAndBegin(task);
        TestedSubtask<String> failed =
            nursery.fork(() -> {
              failing.call();
              throw sneaky(failure);
            });
        failing.awaitBegun();
        Step<?> joining = nursery.join();
        joining.awaitBlocked();
        failing.release();
        Exception thrown = joining.failure(failedException());
        assertSame(failure, thrown.getCause(), "the cause of " + thrown);
        task.awaitInterrupted();
        assertTrue(nursery.scope().isCancelled(), "isCancelled()");
        nursery
            .owner()
            .run(() -> {
              assertEquals(TestedSubtask.State.FAILED, failed.state());
              assertSame(failure, failed.exception());
              assertUnavailable(sibling);
            });
      }
    }
  }

  /** What fails after the first failure, as those who are interrupted do, changes nothing. */
  @ContractTest
  public void laterFailuresChangeNothing(Actors actors) throws InterruptedException {
    try (Nursery nursery = nursery(actors, ScopePolicy.ALL_SUCCESSFUL)) {
      Held task = nursery.stubborn();
      TestedSubtask<String> late =
          nursery.fork(() -> {
            task.call();
            throw new IllegalStateException("late");
          });
      task.awaitBegun();
      Exception first = new Exception("first");
      nursery.fork(() -> raise(first));
      task.awaitInterrupted();
      task.release();
      assertSame(first, nursery.join().failure(failedException()).getCause());
      nursery.owner().run(nursery.scope()::close);
      nursery.owner().run(() -> assertUnavailable(late));
    }
  }

  /** A cancelled scope forks nothing: the subtask never runs, and has no outcome. */
  @ContractTest
  public void cancelledScopeRunsNoMore(Actors actors) throws InterruptedException {
    AtomicBoolean ran = new AtomicBoolean();
    try (Nursery nursery = nursery(actors, ScopePolicy.ALL_SUCCESSFUL)) {
      nursery.fork(() -> raise(new Exception("failed")));
      Waiting.until(nursery.scope()::isCancelled, patience(), () -> "not cancelled by a failure");
      TestedSubtask<String> late =
          nursery.fork(() -> {
            ran.set(true);
            return "late";
          });
      nursery.join().failure(failedException());
      nursery.owner().run(nursery.scope()::close);
      nursery.owner().run(() -> assertUnavailable(late));
    }
    assertFalse(ran.get(), "forked after the cancellation, and run");
  }

  /** The first success cancels the others, failures or not, and is the result of join. */
  @ContractTest
  public void firstSuccessCancelsTheOthers(Actors actors) throws InterruptedException {
    try (Nursery nursery = nursery(actors, ScopePolicy.ANY_SUCCESSFUL)) {
      Held slow = nursery.held();
      Held chosen = nursery.held();
      TestedSubtask<String> sibling = nursery.forkAndBegin(slow);
      TestedSubtask<String> winner = nursery.forkAndBegin(chosen);
      TestedSubtask<String> failed = nursery.fork(() -> raise(new Exception("failed")));
      awaitState(TestedSubtask.State.FAILED, failed);
      Step<?> joining = nursery.join();
      joining.awaitBlocked();
      slow.assertNotInterrupted();
      chosen.release();
      assertEquals(chosen.toString(), joining.result());
      slow.awaitInterrupted();
      assertTrue(nursery.scope().isCancelled(), "isCancelled()");
      nursery
          .owner()
          .run(() -> {
            assertResult(chosen.toString(), winner);
            assertUnavailable(sibling);
          });
    }
  }

  /** If none succeeds, join throws, for what one of them threw. */
  @ContractTest
  public void anySuccessfulFailsIfAllFail(Actors actors) throws InterruptedException {
    try (Nursery nursery = nursery(actors, ScopePolicy.ANY_SUCCESSFUL)) {
      Exception one = new Exception("one");
      Exception other = new Exception("other");
      nursery.fork(() -> raise(one));
      nursery.fork(() -> raise(other));
      Throwable cause = nursery.join().failure(failedException()).getCause();
      assertTrue(List.of(one, other).contains(cause), () -> "the cause: " + cause);
    }
  }

  /** With nothing that cancels it, a scope goes on after a failure, and join tells of none. */
  @ContractTest
  public void awaitAllGoesOnAfterAFailure(Actors actors) throws InterruptedException {
    try (Nursery nursery = nursery(actors, ScopePolicy.AWAIT_ALL)) {
      Held task = nursery.held();
      TestedSubtask<String> good = nursery.forkAndBegin(task);
      Exception failure = new Exception("failed");
      TestedSubtask<String> bad = nursery.fork(() -> raise(failure));
      Step<?> joining = nursery.join();
      awaitState(TestedSubtask.State.FAILED, bad);
      joining.awaitBlocked();
      task.assertNotInterrupted();
      assertFalse(nursery.scope().isCancelled(), "isCancelled()");
      task.release();
      joining.result();
      nursery
          .owner()
          .run(() -> {
            assertResult(task.toString(), good);
            assertSame(failure, bad.exception());
          });
    }
  }

  /** Who is interrupted in join leaves it; the subtasks go on until the scope is closed. */
  @ContractTest
  public void interruptedJoinLeavesTheRestToClose(Actors actors) throws InterruptedException {
    for (boolean before : new boolean[] {true, false}) {
      try (Nursery nursery = nursery(actors, ScopePolicy.ALL_SUCCESSFUL)) {
        Actor owner = nursery.owner();
        Held task = nursery.held();
        TestedSubtask<String> subtask = nursery.forkAndBegin(task);
        Step<@Nullable Object> joining =
            owner.startCall(() -> {
              if (before) {
                Thread.currentThread().interrupt();
              }
              return nursery.scope().join();
            });
        if (!before) {
          joining.awaitBlocked();
          owner.interrupt();
        }
        joining.failure(InterruptedException.class);
        assertFalse(joining.endedInterrupted(), "interrupt status still set");
        owner.start(subtask::get).failure(IllegalStateException.class);
        owner.run(nursery.scope()::close);
        assertTrue(task.hasEnded(), "a subtask goes on after close()");
        task.awaitInterrupted();
      }
    }
  }

  /** close() returns when the last subtask has ended, however little that heeds. */
  @ContractTest
  public void closeWaitsForTheSubtasks(Actors actors) throws InterruptedException {
    try (Nursery nursery = nursery(actors, ScopePolicy.ALL_SUCCESSFUL)) {
      Held task = nursery.stubborn();
      nursery.forkAndBegin(task);
      nursery.fork(() -> raise(new Exception("failed")));
      nursery.join().failure(failedException());
      Step<?> closing = nursery.owner().start(nursery.scope()::close);
      closing.awaitBlocked();
      task.awaitInterrupted();
      closing.awaitBlocked();
      task.release();
      closing.result();
      assertTrue(task.hasEnded(), "a subtask goes on after close()");
    }
  }

  /** Who is interrupted in close() waits on, and stays interrupted. */
  @ContractTest
  public void interruptedCloseWaitsOn(Actors actors) throws InterruptedException {
    for (boolean before : new boolean[] {true, false}) {
      try (Nursery nursery = nursery(actors, ScopePolicy.ALL_SUCCESSFUL)) {
        Actor owner = nursery.owner();
        Held task = nursery.stubborn();
        nursery.forkAndBegin(task);
        nursery.fork(() -> raise(new Exception("failed")));
        nursery.join().failure(failedException());
        Step<?> closing =
            owner.start(() -> {
              if (before) {
                Thread.currentThread().interrupt();
              }
              nursery.scope().close();
            });
        closing.awaitBlocked();
        if (!before) {
          owner.interrupt();
          closing.awaitBlocked();
        }
        task.release();
        assertTrue(closing.endedInterrupted(), "close() cleared the interrupt status");
        closing.result();
        assertTrue(task.hasEnded(), "a subtask goes on after close()");
      }
    }
  }

  /** Who forks and does not join is told by close(), which cancels and waits all the same. */
  @ContractTest
  public void closeWithoutJoinCancelsAndTells(Actors actors) throws InterruptedException {
    try (Nursery nursery = nursery(actors, ScopePolicy.ALL_SUCCESSFUL)) {
      Held task = nursery.held();
      TestedSubtask<String> subtask = nursery.forkAndBegin(task);
      nursery.owner().start(nursery.scope()::close).failure(IllegalStateException.class);
      assertTrue(task.hasEnded(), "a subtask goes on after close()");
      task.awaitInterrupted();
      assertTrue(nursery.scope().isCancelled(), "isCancelled()");
      assertEquals(TestedSubtask.State.UNAVAILABLE, subtask.state());
    }
  }

  /** When its time is over a scope is cancelled, not before, and join says so. */
  @ContractTest
  public void deadlineCancels(Actors actors) throws InterruptedException {
    for (ScopePolicy policy : ScopePolicy.values()) {
      long start = System.nanoTime();
      try (Nursery nursery = timed(actors, policy, SHORT)) {
        Held task = nursery.held();
        TestedSubtask<String> subtask = nursery.fork(task);
        nursery.join().failure(timeoutException());
        long waited = System.nanoTime() - start;
        assertTrue(waited >= SHORT.toNanos(), () -> "cancelled after " + waited + " ns");
        assertTrue(nursery.scope().isCancelled(), "isCancelled()");
        nursery.owner().run(nursery.scope()::close);
        assertTrue(task.hasEnded() || !task.hasBegun(), "a subtask goes on after close()");
        assertEquals(TestedSubtask.State.UNAVAILABLE, subtask.state());
      }
    }
  }

  /** The time may be over before the owner comes to join: it is told all the same. */
  @ContractTest
  public void deadlineBeforeTheJoinCancels(Actors actors) throws InterruptedException {
    try (Nursery nursery = timed(actors, ScopePolicy.ALL_SUCCESSFUL, SHORT)) {
      Held task = nursery.held();
      nursery.fork(task);
      Waiting.until(nursery.scope()::isCancelled, patience(), () -> "not cancelled in time");
      nursery.join().failure(timeoutException());
    }
  }

  /** A scope that is joined in time is not touched by the time that is left. */
  @ContractTest
  public void deadlineThatIsMetDoesNothing(Actors actors) throws InterruptedException {
    try (Nursery nursery = timed(actors, ScopePolicy.ALL_SUCCESSFUL, Duration.ofDays(1))) {
      TestedSubtask<String> subtask = nursery.fork(() -> "in time");
      nursery.join().result();
      nursery.owner().run(nursery.scope()::close);
      nursery.owner().run(() -> assertResult("in time", subtask));
      assertFalse(nursery.scope().isCancelled(), "isCancelled()");
    }
  }

  /** A scope that is cancelled takes with it the scopes that its subtasks have opened. */
  @ContractTest
  public void cancellationReachesNestedScopes(Actors actors) throws InterruptedException {
    List<Throwable> thrown = new ArrayList<>();
    try (Nursery nursery = nursery(actors, ScopePolicy.ALL_SUCCESSFUL)) {
      Held innermost = nursery.held();
      TestedSubtask<String> nested =
          nursery.fork(() -> {
            try (TestedScope inner = open(ScopePolicy.ALL_SUCCESSFUL, null)) {
              TestedSubtask<String> subtask = inner.fork(innermost);
              try {
                inner.join();
              } catch (InterruptedException e) {
                thrown.add(e);
                throw e;
              }
              return subtask.get();
            }
          });
      innermost.awaitBegun();
      nursery.fork(() -> raise(new Exception("failed")));
      nursery.join().failure(failedException());
      nursery.owner().run(nursery.scope()::close);
      assertTrue(innermost.hasEnded(), "a subtask of a nested scope goes on after close()");
      innermost.awaitInterrupted();
      assertEquals(Set.of(InterruptedException.class), classes(thrown), "thrown by the inner join");
      nursery.owner().run(() -> assertUnavailable(nested));
    }
  }

  private Nursery timed(Actors actors, ScopePolicy policy, Duration timeout)
      throws InterruptedException {
    Callable<TestedScope> opening = () -> open(policy, timeout);
    return new Nursery(actors.actor("owner"), opening, patience());
  }

  private static void assertUnavailable(TestedSubtask<?> subtask) {
    assertEquals(TestedSubtask.State.UNAVAILABLE, subtask.state());
    assertThrows(IllegalStateException.class, subtask::get);
    assertThrows(IllegalStateException.class, subtask::exception);
  }

  private static Set<Class<?>> classes(List<Throwable> thrown) {
    return new HashSet<>(thrown.stream().map(Object::getClass).toList());
  }

  private static Exception sneaky(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    return (Exception) failure;
  }

  /** An Error that no handler could take for one of the JVM. */
  private static final class Bug extends Error {
    private static final long serialVersionUID = 1;

    Bug() {
      super("a bug in a task");
    }
  }
}
