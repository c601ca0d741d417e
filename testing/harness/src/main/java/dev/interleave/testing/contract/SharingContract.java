// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.concurrent.TimeUnit;

/** Readers share, readers and writers exclude each other, and a waiting writer blocks no one. */
abstract class SharingContract extends ExclusionContract {
  private static final int PLATFORM_CROWD = 24;
  private static final int VIRTUAL_CROWD = 300;

  /** Returns both sides of a fresh lock. */
  abstract Sides sides();

  /**
   * Tells what a new reader does while readers hold the lock and a writer waits.
   *
   * @return {@link NewReaders#UNSPECIFIED} unless overridden
   */
  protected NewReaders newReaders() {
    return NewReaders.UNSPECIFIED;
  }

  /**
   * Tells whether the untimed {@code tryLock} of a reader succeeds whenever no writer holds the
   * lock, be there writers that wait or not.
   *
   * @return true unless overridden
   */
  protected boolean readersTryLockBarges() {
    return true;
  }

  /** By whatever form it comes, a second reader gets in beside the first. */
  @ContractTest
  public void readersShareTheLock(Actors actors) throws InterruptedException {
    Sides lock = sides();
    Actor first = actors.actor("first");
    Actor second = actors.actor("second");
    Actor stranger = actors.actor("stranger");
    first.run(lock.read()::lock);
    for (Acquire how : Acquire.ALL) {
      assertTrue(second.ask(() -> how.on(lock.read())), () -> how + " beside another reader");
      lock.assertRead(stranger);
      second.run(lock.read()::unlock);
    }
    assertTrue(
        second.ask(() -> lock.read().tryLock(0, TimeUnit.SECONDS)), "tryLock(0) beside a reader");
    first.run(lock.read()::unlock);
    lock.assertRead(stranger);
    second.run(lock.read()::unlock);
    lock.assertFree(stranger);
  }

  /** Many readers are inside at once, and a writer gets in when the last of them has left. */
  @ContractTest
  public void writerWaitsForTheLastOfManyReaders(Actors actors) throws InterruptedException {
    Sides lock = sides();
    Actor writer = actors.actor("writer");
    int crowd = actors.kind() == ThreadKind.VIRTUAL ? VIRTUAL_CROWD : PLATFORM_CROWD;
    List<Actor> readers = actors.actors(crowd, "reader");
    for (Actor reader : readers) {
      reader.run(lock.read()::lock);
    }
    Step<?> waiting = writer.start(lock.write()::lock);
    waiting.awaitBlocked();
    for (Actor reader : readers) {
      waiting.assertNotDone();
      reader.run(lock.read()::unlock);
    }
    waiting.result();
    lock.assertWritten(readers.get(0));
    writer.run(lock.write()::unlock);
    lock.assertFree(writer);
  }

  /** All the readers that wait for a writer get in together when it leaves. */
  @ContractTest
  public void waitingReadersGetInTogether(Actors actors) throws InterruptedException {
    Sides lock = sides();
    Actor writer = actors.actor("writer");
    List<Actor> readers = actors.actors(PLATFORM_CROWD, "reader");
    writer.run(lock.write()::lock);
    var waiting = readers.stream().map(reader -> reader.start(lock.read()::lock)).toList();
    for (Step<?> step : waiting) {
      step.awaitBlocked();
    }
    writer.run(lock.write()::unlock);
    for (Step<?> step : waiting) {
      step.result();
    }
    for (Actor reader : readers) {
      assertFalse(writer.ask(lock.write()::tryLock), "a reader still holds it");
      reader.run(lock.read()::unlock);
    }
    lock.assertFree(writer);
  }

  /** A reader that comes while a writer waits queues or passes, as the kit says. */
  @ContractTest
  public void newReaderQueuesOrPassesAsSpecified(Actors actors) throws InterruptedException {
    NewReaders policy = newReaders();
    assumeTrue(policy != NewReaders.UNSPECIFIED, "unspecified");
    Actor reader = actors.actor("reader");
    Actor writer = actors.actor("writer");
    Actor newcomer = actors.actor("newcomer");
    for (Acquire how : Acquire.WAITING) {
      Sides lock = sides();
      reader.run(lock.read()::lock);
      Step<?> waiting = writer.start(lock.write()::lock);
      waiting.awaitBlocked();
      Step<Boolean> coming = newcomer.startCall(() -> how.on(lock.read()));
      if (policy == NewReaders.PASS_WRITERS) {
        assertTrue(coming.result());
        waiting.assertNotDone();
        newcomer.run(lock.read()::unlock);
      } else {
        coming.awaitBlocked();
      }
      reader.run(lock.read()::unlock);
      waiting.result();
      if (policy == NewReaders.QUEUE_BEHIND_WRITERS) {
        coming.assertNotDone();
      }
      writer.run(lock.write()::unlock);
      assertTrue(coming.result());
      if (policy == NewReaders.QUEUE_BEHIND_WRITERS) {
        newcomer.run(lock.read()::unlock);
      }
      lock.assertFree(writer);
    }
  }

  /** The untimed tryLock of a reader barges past waiting writers, if the kit says so. */
  @ContractTest
  public void readersTryLockPassesWaitingWriters(Actors actors) throws InterruptedException {
    assumeTrue(readersTryLockBarges(), "the reader's tryLock need not barge");
    Sides lock = sides();
    Actor reader = actors.actor("reader");
    Actor writer = actors.actor("writer");
    Actor newcomer = actors.actor("newcomer");
    reader.run(lock.read()::lock);
    Step<?> waiting = writer.start(lock.write()::lock);
    waiting.awaitBlocked();
    assertTrue(newcomer.ask(lock.read()::tryLock), "reader's tryLock, a writer waits");
    waiting.assertNotDone();
    reader.run(lock.read()::unlock);
    waiting.assertNotDone();
    newcomer.run(lock.read()::unlock);
    waiting.result();
    writer.run(lock.write()::unlock);
    lock.assertFree(reader);
  }

  /** A writer's untimed tryLock fails beside a reader, whether or not another writer waits. */
  @ContractTest
  public void writersTryLockFailsBesideReaders(Actors actors) throws InterruptedException {
    Sides lock = sides();
    Actor reader = actors.actor("reader");
    Actor writer = actors.actor("writer");
    Actor trier = actors.actor("trier");
    reader.run(lock.read()::lock);
    assertFalse(trier.ask(lock.write()::tryLock), "writer's tryLock beside a reader");
    Step<?> waiting = writer.start(lock.write()::lock);
    waiting.awaitBlocked();
    assertFalse(trier.ask(lock.write()::tryLock), "writer's tryLock, another writer waits");
    reader.run(lock.read()::unlock);
    waiting.result();
    writer.run(lock.write()::unlock);
    lock.assertFree(trier);
  }

  /** Readers behind a writer that stops waiting get in, though a reader still holds the lock. */
  @ContractTest
  public void readersBehindAnInterruptedWriterGetIn(Actors actors) throws InterruptedException {
    Actor reader = actors.actor("reader");
    Actor writer = actors.actor("writer");
    Actor one = actors.actor("one");
    Actor two = actors.actor("two");
    for (Acquire how : Acquire.INTERRUPTIBLE) {
      Sides lock = sides();
      reader.run(lock.read()::lock);
      Step<Boolean> leaving = writer.startCall(() -> how.on(lock.write()));
      leaving.awaitBlocked();
      Step<?> first = one.start(lock.read()::lock);
      first.awaitBlockedOrDone();
      Step<?> second = two.start(lock.read()::lock);
      second.awaitBlockedOrDone();
      writer.interrupt();
      assertInterrupted(leaving);
      first.result();
      second.result();
      one.run(lock.read()::unlock);
      two.run(lock.read()::unlock);
      lock.assertRead(writer);
      reader.run(lock.read()::unlock);
      lock.assertFree(writer);
    }
  }

  /** The same with a writer whose time is up. */
  @ContractTest
  public void readersBehindATimedOutWriterGetIn(Actors actors) throws InterruptedException {
    Sides lock = sides();
    Actor reader = actors.actor("reader");
    Actor writer = actors.actor("writer");
    Actor other = actors.actor("other");
    reader.run(lock.read()::lock);
    Step<Boolean> leaving = writer.startCall(() -> lock.write().tryLock(20, TimeUnit.MILLISECONDS));
    leaving.awaitBlockedOrDone();
    Step<?> behind = other.start(lock.read()::lock);
    behind.awaitBlockedOrDone();
    assertFalse(leaving.result(), "timed tryLock of a writer beside a reader");
    behind.result();
    other.run(lock.read()::unlock);
    lock.assertRead(writer);
    reader.run(lock.read()::unlock);
    lock.assertFree(writer);
  }

  /** A writer that waits behind readers and other writers gets in, and so do the others. */
  @ContractTest
  public void queueOfReadersAndWritersDrains(Actors actors) throws InterruptedException {
    Sides lock = sides();
    Actor holder = actors.actor("holder");
    List<Actor> queue = actors.actors(12, "queued");
    holder.run(lock.write()::lock);
    var waiting =
        queue.stream()
            .map(actor -> {
              var side = queue.indexOf(actor) % 3 == 0 ? lock.write() : lock.read();
              return actor.start(() -> lockAndUnlock(side));
            })
            .toList();
    for (Step<?> step : waiting) {
      step.awaitBlocked();
    }
    holder.run(lock.write()::unlock);
    for (Step<?> step : waiting) {
      step.result();
    }
    lock.assertFree(holder);
  }

  /** The read lock has no conditions. */
  @ContractTest
  public void readLockHasNoCondition(Actors actors) throws InterruptedException {
    Sides lock = sides();
    Actor reader = actors.actor("reader");
    reader.start(lock.read()::newCondition).failure(UnsupportedOperationException.class);
    reader.run(lock.read()::lock);
    reader.start(lock.read()::newCondition).failure(UnsupportedOperationException.class);
    reader.run(lock.read()::unlock);
    lock.assertFree(reader);
  }

  /** Who holds one side cannot release the other. */
  @ContractTest
  public void oneSideDoesNotReleaseTheOther(Actors actors) throws InterruptedException {
    Sides lock = sides();
    Actor holder = actors.actor("holder");
    Actor stranger = actors.actor("stranger");
    holder.run(lock.read()::lock);
    assertRefused(holder.start(lock.write()::unlock));
    lock.assertRead(stranger);
    holder.run(lock.read()::unlock);
    holder.run(lock.write()::lock);
    assertRefused(holder.start(lock.read()::unlock));
    lock.assertWritten(stranger);
    holder.run(lock.write()::unlock);
    lock.assertFree(stranger);
  }

  /** One reader's releases do not use up the holds of another. */
  @ContractTest
  public void readersReleaseOnlyTheirOwn(Actors actors) throws InterruptedException {
    assumeTrue(ownerChecked(), "holds do not belong to threads");
    Sides lock = sides();
    Actor first = actors.actor("first");
    Actor second = actors.actor("second");
    first.run(lock.read()::lock);
    second.run(lock.read()::lock);
    first.run(lock.read()::unlock);
    assertRefused(first.start(lock.read()::unlock));
    lock.assertRead(first);
    second.run(lock.read()::unlock);
    assertRefused(second.start(lock.read()::unlock));
    lock.assertFree(first);
  }
}
