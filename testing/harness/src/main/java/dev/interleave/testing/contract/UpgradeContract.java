// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.util.concurrent.TimeUnit;

/** A reader that asks for the write lock is refused or hangs, as the kit says, and harms no one. */
abstract class UpgradeContract extends DowngradeContract {

  /**
   * Tells what becomes of a reader that asks for the write lock.
   *
   * @return {@link Upgrade#hangs()} unless overridden
   */
  protected Upgrade upgrade() {
    return Upgrade.hangs();
  }

  /** Alone or beside another reader, by any form: an upgrade is not granted. */
  @ContractTest
  public void upgradeIsNotGranted(Actors actors) throws InterruptedException {
    Sides lock = sides();
    Actor reader = actors.actor("reader");
    Actor other = actors.actor("other");
    Actor stranger = actors.actor("stranger");
    for (boolean shared : new boolean[] {false, true}) {
      reader.run(lock.read()::lock);
      if (shared) {
        other.run(lock.read()::lock);
      }
      assertNotGranted(lock, reader);
      lock.assertRead(stranger);
      if (shared) {
        other.run(lock.read()::unlock);
        lock.assertRead(stranger);
      }
      reader.run(lock.read()::unlock);
      lock.assertFree(stranger);
    }
  }

  /** The attempt leaves nothing in the queue: new readers get in by {@code lock()}. */
  @ContractTest
  public void attemptDoesNotHoldBackReaders(Actors actors) throws InterruptedException {
    Sides lock = sides();
    Actor reader = actors.actor("reader");
    Actor newcomer = actors.actor("newcomer");
    reader.run(lock.read()::lock);
    assertNotGranted(lock, reader);
    for (Acquire how : Acquire.ALL) {
      assertTrue(newcomer.ask(() -> how.on(lock.read())), () -> how + " after an upgrade attempt");
      newcomer.run(lock.read()::unlock);
    }
    reader.run(lock.read()::unlock);
    lock.assertFree(newcomer);
  }

  /** An attempt while a writer waits leaves that writer its turn. */
  @ContractTest
  public void attemptWhileAWriterWaits(Actors actors) throws InterruptedException {
    Sides lock = sides();
    Actor reader = actors.actor("reader");
    Actor writer = actors.actor("writer");
    reader.run(lock.read()::lock);
    Step<?> waiting = writer.start(lock.write()::lock);
    waiting.awaitBlocked();
    assertNotGranted(lock, reader);
    waiting.assertNotDone();
    reader.run(lock.read()::unlock);
    waiting.result();
    writer.run(lock.write()::unlock);
    lock.assertFree(reader);
  }

  /** Once the read hold is released, the same thread gets the write lock. */
  @ContractTest
  public void releaseFirstThenWrite(Actors actors) throws InterruptedException {
    Sides lock = sides();
    Actor reader = actors.actor("reader");
    Actor stranger = actors.actor("stranger");
    for (Acquire how : Acquire.ALL) {
      reader.run(lock.read()::lock);
      assertNotGranted(lock, reader);
      reader.run(lock.read()::unlock);
      assertTrue(reader.ask(() -> how.on(lock.write())), () -> how + " after the release");
      lock.assertWritten(stranger);
      reader.run(lock.write()::unlock);
      lock.assertFree(stranger);
    }
  }

  /** A writer that reads as well is no upgrader: it writes again. */
  @ContractTest
  public void writerThatReadsWritesAgain(Actors actors) throws InterruptedException {
    if (!downgradable() || !reentrant()) {
      abort("a writer cannot acquire both");
    }
    Sides lock = sides();
    Actor holder = actors.actor("holder");
    holder.run(lock.write()::lock);
    holder.run(lock.read()::lock);
    for (Acquire how : Acquire.ALL) {
      assertTrue(holder.ask(() -> how.on(lock.write())), () -> how + " by the writer that reads");
      holder.run(lock.write()::unlock);
    }
    holder.run(lock.write()::unlock);
    assertNotGranted(lock, holder);
    holder.run(lock.read()::unlock);
    lock.assertFree(holder);
  }

  private void assertNotGranted(Sides lock, Actor reader) throws InterruptedException {
    switch (upgrade()) {
      case Upgrade.Throws refusal -> assertUpgradeRefused(lock, reader, refusal.type());
      case Upgrade.Hangs hang -> assertHangs(lock, reader);
    }
  }

  private static void assertUpgradeRefused(
      Sides lock, Actor reader, Class<? extends RuntimeException> type)
      throws InterruptedException {
    for (Acquire how : Acquire.ALL) {
      reader.startCall(() -> how.on(lock.write())).failure(type);
    }
    reader.startCall(() -> lock.write().tryLock(0, TimeUnit.SECONDS)).failure(type);
  }

  private static void assertHangs(Sides lock, Actor reader) throws InterruptedException {
    assertFalse(reader.ask(lock.write()::tryLock), "tryLock granted an upgrade");
    assertFalse(
        reader.ask(() -> lock.write().tryLock(1, TimeUnit.MILLISECONDS)),
        "the timed tryLock granted an upgrade");
    Step<?> hanging = reader.start(lock.write()::lockInterruptibly);
    hanging.awaitBlocked();
    reader.interrupt();
    assertInterrupted(hanging);
  }
}
