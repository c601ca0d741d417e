// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who waits in line behind one that has to wait has missed nothing; who need not wait has. */
class QuiescentTest {
  private static final Linearizability<?> READ_WRITE_LOCK =
      Linearizability.of(Models.readWriteLock()).quiescent();
  private static final Linearizability<?> SEMAPHORE =
      Linearizability.of(Models.semaphore(0)).quiescent();

  private final HistoryRecorder recorder = History.recorder();
  private final Actors actors = new Actors(ThreadKind.PLATFORM, Duration.ofSeconds(30));
  private final Actor a = actors.actor("a");
  private final Actor b = actors.actor("b");
  private final Actor c = actors.actor("c");

  @AfterEach
  void endActors() {
    actors.close();
  }

  private static void holds(Linearizability<?> check, String history) {
    check.check(History.parse(history)).assertHolds();
  }

  private static void isStuck(Linearizability<?> check, String history, String who) {
    Verdict verdict = check.check(History.parse(history));
    assertThat(verdict.kind()).as("%s", verdict).isEqualTo(Verdict.Kind.VIOLATED);
    assertThat(verdict.toString())
        .startsWith("Not linearizable: " + who + " still waits, though it could go on.");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void readerBehindAWriterIsNotStuck(boolean fair) throws Exception {
    ReentrantReadWriteLock lock = new ReentrantReadWriteLock(fair);
    a.run(() -> recorder.run("readLock", () -> lock.readLock().lock()));
    Step<?> writes = b.start(() -> recorder.run("writeLock", lock.writeLock()::lockInterruptibly));
    writes.awaitBlocked();
    Step<?> reads = c.start(() -> recorder.run("readLock", lock.readLock()::lockInterruptibly));
    reads.awaitBlocked();
    History history = recorder.history();
    giveUp(c, reads);
    giveUp(b, writes);
    READ_WRITE_LOCK.check(history).assertHolds();
  }

  private static void giveUp(Actor actor, Step<?> step) throws InterruptedException {
    actor.interrupt();
    step.failure(InterruptedException.class);
  }

  @Test
  void timedReaderBehindATimedWriterIsNotStuck() {
    holds(
        READ_WRITE_LOCK, "a: readLock()\na: done\nb: timedTryWriteLock()\nc: timedTryReadLock()\n");
  }

  @Test
  void readerBehindNobodyIsStuck() {
    isStuck(READ_WRITE_LOCK, "a: readLock()\na: done\nc: readLock()\n", "readLock() of c");
    isStuck(
        READ_WRITE_LOCK,
        "a: readLock()\na: done\nc: timedTryReadLock()\n",
        "timedTryReadLock() of c");
  }

  /** Such a writer is not in the line any more. */
  @Test
  void readerBehindAWriterThatHasGivenUpIsStuck() {
    isStuck(
        READ_WRITE_LOCK,
        """
        a: readLock()
        a: done
        b: timedTryWriteLock()
        c: readLock()
        b: returned false
        """,
        "readLock() of c");
  }

  /** Who reads already is no new reader. */
  @Test
  void readerThatHoldsTheLockIsStuckBehindAWriterToo() {
    isStuck(
        READ_WRITE_LOCK,
        "a: readLock()\na: done\nb: writeLock()\na: readLock()\n",
        "readLock() of a");
  }

  @Test
  void writerOfAFreeLockIsStuckAndNotTheReaderBehindIt() {
    isStuck(
        READ_WRITE_LOCK,
        "a: readLock()\na: done\nc: writeLock()\nb: writeLock()\na: readUnlock()\na: done\n",
        "writeLock() of c");
  }

  @Test
  void attemptThatDoesNotWaitIsStuckBehindAWriterToo() {
    isStuck(
        READ_WRITE_LOCK,
        "a: readLock()\na: done\nb: writeLock()\nc: tryReadLock()\n",
        "tryReadLock() of c");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whoWantsFewPermitsBehindOneThatWantsManyIsNotStuck(boolean fair) throws Exception {
    Semaphore semaphore = new Semaphore(0, fair);
    Step<?> many = b.start(() -> recorder.run("acquire", 2, () -> semaphore.acquire(2)));
    many.awaitBlocked();
    Step<?> few = c.start(() -> recorder.run("acquire", 1, () -> semaphore.acquire(1)));
    few.awaitBlocked();
    a.run(() -> recorder.run("release", 1, () -> semaphore.release(1)));
    History history = recorder.history();
    giveUp(c, few);
    giveUp(b, many);
    SEMAPHORE.check(history).assertHolds();
  }

  /** One of two that wait need not, whichever it is; what follows another one proves nothing. */
  @Test
  void counterexampleHasNobodyInLineWithoutTheOneAhead() {
    Verdict verdict =
        Linearizability.of(new Doors())
            .quiescent()
            .check(
                History.parse(
                    """
                    a: open("x")
                    b: open("y")
                    a: done
                    b: done
                    c: await("x")
                    d: await("y")
                    e: await("z")
                    f: follow("x")
                    g: follow("y")
                    """));
    assertThat(verdict.counterexample().culprit()).isEmpty();
    assertThat(verdict.counterexample().history().operations())
        .extracting(Operation::toString)
        .containsExactly("open(\"x\")", "open(\"y\")", "await(\"x\") ...", "await(\"y\") ...");
  }

  /** Only the door opened last is open. Who follows lets those go first that wait for a door. */
  private static final class Doors implements Model<String> {
    @Override
    public String initial() {
      return "";
    }

    @Override
    public Transition<String> step(String open, Operation call) {
      String door = String.valueOf(call.argument(0));
      if (call.name().equals("open")) {
        return Transition.done(door);
      }
      return open.equals(door) ? Transition.done(open) : Transition.blocked();
    }

    @Override
    public boolean mayWaitBehind(String open, Operation call, Operation other) {
      return call.name().equals("follow") && other.name().equals("await");
    }
  }

  @Test
  void whoWantsFewPermitsBehindOthersThatWantFewIsStuck() {
    isStuck(SEMAPHORE, "b: acquire()\nc: acquire()\na: release()\na: done\n", "acquire() of b");
    isStuck(
        SEMAPHORE, "b: acquire(2)\nc: tryAcquire()\na: release()\na: done\n", "tryAcquire() of c");
  }
}
