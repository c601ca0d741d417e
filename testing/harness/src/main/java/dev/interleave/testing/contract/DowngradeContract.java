// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** A writer acquires the read lock too, and may release the two in either order. */
abstract class DowngradeContract extends ReadReentrancyContract {

  /**
   * Tells whether a writer can acquire the read lock too.
   *
   * @return true unless overridden
   */
  protected boolean downgradable() {
    return true;
  }

  /** Returns a fresh lock, or aborts the test if a writer cannot read. */
  private Sides downgradableSides() {
    assumeTrue(downgradable(), "a writer cannot acquire the read lock");
    return sides();
  }

  /**
   * By whatever form it takes the read lock, a writer becomes a reader by releasing the write lock.
   */
  @ContractTest
  public void writerBecomesReader(Actors actors) throws InterruptedException {
    Actor holder = actors.actor("holder");
    Actor stranger = actors.actor("stranger");
    for (Acquire how : Acquire.ALL) {
      Sides lock = downgradableSides();
      holder.run(lock.write()::lock);
      assertTrue(holder.ask(() -> how.on(lock.read())), () -> how + " for reading, by the writer");
      lock.assertWritten(stranger);
      holder.run(lock.write()::unlock);
      lock.assertRead(stranger);
      holder.run(lock.read()::unlock);
      lock.assertFree(stranger);
    }
  }

  /** A writer that took the read lock and releases it first is a writer still. */
  @ContractTest
  public void writerGivesUpItsReadHoldFirst(Actors actors) throws InterruptedException {
    Sides lock = downgradableSides();
    Actor holder = actors.actor("holder");
    Actor stranger = actors.actor("stranger");
    holder.run(lock.write()::lock);
    holder.run(lock.read()::lock);
    holder.run(lock.read()::unlock);
    lock.assertWritten(stranger);
    assertRefused(holder.start(lock.read()::unlock));
    lock.assertWritten(stranger);
    holder.run(lock.write()::unlock);
    lock.assertFree(stranger);
    assertRefused(holder.start(lock.write()::unlock));
  }

  /** With several holds of both kinds, each kind ends with its own last release. */
  @ContractTest
  public void holdsOfBothKindsAreCountedApart(Actors actors) throws InterruptedException {
    assumeTrue(reentrant(), "not reentrant");
    Sides lock = downgradableSides();
    Actor holder = actors.actor("holder");
    Actor stranger = actors.actor("stranger");
    holder.run(lock.write()::lock);
    holder.run(lock.read()::lock);
    holder.run(lock.write()::lock);
    holder.run(lock.read()::lock);
    holder.run(lock.write()::unlock);
    lock.assertWritten(stranger);
    holder.run(lock.read()::unlock);
    lock.assertWritten(stranger);
    holder.run(lock.write()::unlock);
    lock.assertRead(stranger);
    assertRefused(holder.start(lock.write()::unlock));
    holder.run(lock.read()::unlock);
    lock.assertFree(stranger);
  }

  /** A downgrade wakes the readers that wait; a writer goes on waiting. */
  @ContractTest
  public void downgradeLetsWaitingReadersIn(Actors actors) throws InterruptedException {
    Sides lock = downgradableSides();
    Actor holder = actors.actor("holder");
    Actor reader = actors.actor("reader");
    Actor writer = actors.actor("writer");
    holder.run(lock.write()::lock);
    Step<?> reading = reader.start(lock.read()::lock);
    reading.awaitBlocked();
    holder.run(lock.read()::lock);
    reading.assertNotDone();
    holder.run(lock.write()::unlock);
    reading.result();
    Step<?> writing = writer.start(lock.write()::lock);
    writing.awaitBlocked();
    holder.run(lock.read()::unlock);
    writing.assertNotDone();
    reader.run(lock.read()::unlock);
    writing.result();
    writer.run(lock.write()::unlock);
    lock.assertFree(holder);
  }

  /** A writer that waited through the downgrade gets in when the read hold ends. */
  @ContractTest
  public void downgradeWithAWaitingWriter(Actors actors) throws InterruptedException {
    Sides lock = downgradableSides();
    Actor holder = actors.actor("holder");
    Actor writer = actors.actor("writer");
    holder.run(lock.write()::lock);
    Step<?> writing = writer.start(lock.write()::lock);
    writing.awaitBlocked();
    for (Acquire how : Acquire.ALL) {
      assertTrue(holder.ask(() -> how.on(lock.read())), () -> how + " by the writer, one waits");
    }
    holder.run(lock.write()::unlock);
    for (int i = 0; i < Acquire.ALL.size(); i++) {
      writing.awaitBlocked();
      holder.run(lock.read()::unlock);
    }
    writing.result();
    writer.run(lock.write()::unlock);
    lock.assertFree(holder);
  }
}
