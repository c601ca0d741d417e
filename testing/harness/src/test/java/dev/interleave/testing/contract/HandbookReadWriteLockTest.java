// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;

/** The kit finds each defect of the lock that the library replaces. */
@Execution(CONCURRENT) // most of them wait for a hang to be noticed
class HandbookReadWriteLockTest {
  /** The race is narrow, and a run of the kit is short: it may take more than one. */
  private static final int CHANCES = 40;

  @Test
  void readersAndWritersAreInsideTogether() {
    List<Throwable> failures = new ArrayList<>();
    for (int chance = 0; chance < CHANCES && failures.isEmpty(); chance++) {
      List<String> tests = List.of("readersSeeWhatWritersWrote");
      failures.addAll(KitRun.some(MendedKit.class, tests, Map.of()).failures());
    }
    assertThat(failures)
        .anySatisfy(failure -> assertThat(failure).hasMessageContaining("two halves of a write"));
  }

  @Test
  void waitingWriterIsLost() {
    assertFails(
        "writerWaitsForTheLastOfManyReaders",
        "everyWaitingFormWaitsForTheRelease/EXCLUSIVE_BEHIND_SHARED",
        "everyOneOfManyWaitersGetsIn/EXCLUSIVE_BEHIND_SHARED");
  }

  @Test
  void releaseWithoutHoldIsAccepted() {
    assertFails(
        "unlockOfAFreeLockIsRefused/SHARED_BEHIND_EXCLUSIVE",
        "unlockOfAFreeLockIsRefused/EXCLUSIVE",
        "oneSideDoesNotReleaseTheOther",
        "unlockByAStrangerIsRefused/EXCLUSIVE");
  }

  @Test
  void writerStarves() {
    assertFails("writerGetsInBetweenOverlappingReaders");
  }

  @Test
  void writerThatEntersAgainWaitsForItself() {
    assertFails("holderAcquiresItAgain", "writerBecomesReader");
  }

  @Test
  void whatItsDemoShowedDoesWork() {
    KitRun run =
        KitRun.some(
            Kit.class, List.of("readersShareTheLock", "waitingReadersGetInTogether"), Map.of());
    assertThat(run.tests()).hasSize(2);
    assertThat(run.failed()).isEmpty();
  }

  private static KitRun assertFails(String... tests) {
    KitRun run = KitRun.some(Kit.class, List.of(tests), Map.of());
    assertThat(run.failed()).containsExactlyInAnyOrder(tests);
    return run;
  }

  static class Kit extends ReadWriteLockContract {
    @Override
    protected ReadWriteLock create() {
      return new HandbookReadWriteLock(false);
    }

    @Override
    protected boolean conditions() {
      return false;
    }

    @Override
    protected Duration patience() {
      return Duration.ofMillis(500);
    }

    @Override
    protected Duration stressTime() {
      return Duration.ofMillis(300);
    }
  }

  static class MendedKit extends Kit {
    @Override
    protected ReadWriteLock create() {
      return new HandbookReadWriteLock(true);
    }
  }
}
