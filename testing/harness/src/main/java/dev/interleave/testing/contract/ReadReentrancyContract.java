// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Readers that hold the lock acquire it again, whoever waits. */
abstract class ReadReentrancyContract extends SharingContract {

  /**
   * Returns how many times one thread can hold the read lock at once, at least.
   *
   * @return 1,000 unless overridden
   */
  protected int readHolds() {
    return 1_000;
  }

  /** A reader acquires it again by any form; writers get in after as many releases. */
  @ContractTest
  public void readerAcquiresItAgain(Actors actors) throws InterruptedException {
    assumeTrue(reentrant(), "not reentrant");
    Sides lock = sides();
    Actor reader = actors.actor("reader");
    Actor stranger = actors.actor("stranger");
    reader.run(lock.read()::lock);
    for (Acquire how : Acquire.ALL) {
      assertTrue(reader.ask(() -> how.on(lock.read())), () -> how + " by a holding reader");
    }
    for (int i = 0; i < Acquire.ALL.size(); i++) {
      reader.run(lock.read()::unlock);
      lock.assertRead(stranger);
    }
    reader.run(lock.read()::unlock);
    lock.assertFree(stranger);
    assertRefused(reader.start(lock.read()::unlock));
  }

  /** A reader can hold it as many times as the kit says. */
  @ContractTest
  public void readHoldsNestDeeply(Actors actors) throws InterruptedException {
    assumeTrue(reentrant(), "not reentrant");
    Sides lock = sides();
    Actor reader = actors.actor("reader");
    Actor stranger = actors.actor("stranger");
    int holds = readHolds();
    reader.run(() -> repeat(holds, lock.read()::lock));
    reader.run(() -> repeat(holds - 1, lock.read()::unlock));
    lock.assertRead(stranger);
    reader.run(lock.read()::unlock);
    lock.assertFree(stranger);
  }

  /**
   * A reader that re-enters while a writer waits for it must not queue: both would wait for ever.
   */
  @ContractTest
  public void readerAcquiresItAgainWhileAWriterWaits(Actors actors) throws InterruptedException {
    assumeTrue(reentrant(), "not reentrant");
    Actor reader = actors.actor("reader");
    Actor other = actors.actor("other");
    Actor writer = actors.actor("writer");
    for (Acquire first : Acquire.ALL) {
      Sides lock = sides();
      reader.run(lock.read()::lock);
      assertTrue(other.ask(() -> first.on(lock.read())));
      Step<?> waiting = writer.start(lock.write()::lock);
      waiting.awaitBlocked();
      for (Acquire again : Acquire.ALL) {
        assertTrue(reader.ask(() -> again.on(lock.read())), () -> again + " by the first reader");
        assertTrue(other.ask(() -> again.on(lock.read())), () -> again + " by another reader");
      }
      waiting.assertNotDone();
      for (int i = 0; i <= Acquire.ALL.size(); i++) {
        waiting.assertNotDone();
        reader.run(lock.read()::unlock);
        waiting.assertNotDone();
        other.run(lock.read()::unlock);
      }
      waiting.result();
      writer.run(lock.write()::unlock);
      lock.assertFree(reader);
    }
  }
}
