// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.util.List;

/**
 * One thing that can be wrong with a read-write lock, and the tests of the kit that must notice.
 *
 * <p>A test is named by its method; if it runs for each {@link Side}, that follows after a slash.
 * Together the flaws make every test of the kit fail at least once.
 */
enum Flaw {
  /** Nothing is wrong: the kit passes. */
  NONE,

  // Acquiring and releasing, either side.
  TRY_LOCK_NEVER_SUCCEEDS(
      "everyFormTakesAFreeLock/EXCLUSIVE", "everyFormTakesAFreeLock/SHARED_BEHIND_EXCLUSIVE"),
  TIMED_TRY_LOCK_DOES_NOT_WAIT(
      "everyWaitingFormWaitsForTheRelease/EXCLUSIVE",
      "everyWaitingFormWaitsForTheRelease/EXCLUSIVE_BEHIND_SHARED",
      "everyWaitingFormWaitsForTheRelease/SHARED_BEHIND_EXCLUSIVE"),
  RELEASE_WAKES_NO_ONE(
      "everyOneOfManyWaitersGetsIn/EXCLUSIVE",
      "everyOneOfManyWaitersGetsIn/SHARED_BEHIND_EXCLUSIVE",
      "queueOfReadersAndWritersDrains",
      "readerGetsInAmongBusyWriters"),
  TRY_LOCK_WAITS("tryLockDoesNotWait/EXCLUSIVE"),
  NEGATIVE_TIME_WAITS("timedTryLockWithZeroOrNegativeTimeDoesNotWait/EXCLUSIVE"),
  TIMES_OUT_EARLY("timedTryLockGivesUpAfterItsTime/EXCLUSIVE"),
  TIME_OVERFLOWS("timedTryLockWaitsForTheLongestTime/EXCLUSIVE"),
  NULL_UNIT_MEANS_NANOSECONDS("timedTryLockRefusesNullUnit/EXCLUSIVE", "timedAwaitRefusesNull"),
  FREE_LOCK_IGNORES_INTERRUPTS("interruptBeforeEntryThrowsAndIsCleared/EXCLUSIVE"),
  TIMED_TRY_LOCK_IGNORES_INTERRUPTS(
      "interruptWhileWaitingThrowsAndIsCleared/EXCLUSIVE",
      "interruptWhileWaitingThrowsAndIsCleared/SHARED_BEHIND_EXCLUSIVE",
      "interruptBeforeEntryThrowsAndIsCleared/EXCLUSIVE"),
  INTERRUPT_STATUS_STAYS_SET(
      "interruptWhileWaitingThrowsAndIsCleared/EXCLUSIVE",
      "interruptBeforeEntryThrowsAndIsCleared/EXCLUSIVE"),
  LOCK_SWALLOWS_INTERRUPTS("lockKeepsTheInterruptForLater/EXCLUSIVE"),
  TRY_LOCK_CLEARS_INTERRUPTS("tryLockLeavesTheInterruptAlone/EXCLUSIVE"),
  INTERRUPTED_WAITER_STAYS_QUEUED(
      "interruptedWaiterDoesNotBlockTheOthers/EXCLUSIVE", "readersBehindAnInterruptedWriterGetIn"),
  TIMED_OUT_WAITER_STAYS_QUEUED(
      "timedOutWaiterDoesNotBlockTheOthers/EXCLUSIVE", "readersBehindATimedOutWriterGetIn"),
  LEAVING_WAITER_WAKES_NO_ONE(
      "readersBehindAnInterruptedWriterGetIn", "readersBehindATimedOutWriterGetIn"),
  LEAVING_WAITER_SWALLOWS_THE_WAKE_UP("releaseThatMeetsALeavingWaiterWakesTheNext/EXCLUSIVE"),
  UNLOCK_OF_A_FREE_LOCK_IS_IGNORED(
      "unlockOfAFreeLockIsRefused/EXCLUSIVE",
      "unlockOfAFreeLockIsRefused/SHARED_BEHIND_EXCLUSIVE",
      "oneSideDoesNotReleaseTheOther"),
  ANYONE_MAY_UNLOCK(
      "unlockByAStrangerIsRefused/EXCLUSIVE",
      "unlockByAStrangerIsRefused/SHARED_BEHIND_EXCLUSIVE",
      "readersReleaseOnlyTheirOwn"),
  LOCKS_SHARE_THEIR_STATE("anotherLockIsAnotherLock/EXCLUSIVE"),

  // The write lock as an exclusive lock.
  NOT_REENTRANT("holderAcquiresItAgain"),
  REENTRY_QUEUES(
      "holderAcquiresItAgainWhileOthersWait",
      "readerAcquiresItAgainWhileAWriterWaits",
      "downgradeWithAWaitingWriter"),
  HOLDS_OVERFLOW("holdsNestDeeply", "readHoldsNestDeeply"),
  LAST_COME_FIRST_SERVED("waitersGetInInOrder", "writerGetsInBetweenOverlappingWriters"),
  CHECK_THEN_ACT("holdersExcludeAndSeeEachOther", "readersSeeWhatWritersWrote"),
  LEAVING_WAITER_ACQUIRES("timeoutsAndInterruptsLeakNothing", "mixOfReadersAndWritersLeaksNothing"),
  CONDITIONS_DESPITE_ALL("conditionsAreRefusedIfUnsupported"),

  // Its conditions.
  SIGNAL_IS_LOST("signalWakesAWaiter"),
  AWAIT_RETURNS_WITHOUT_THE_LOCK("wokenWaiterWaitsForTheLock"),
  SIGNAL_FORGETS_THE_OTHERS("everySignalWakesOne"),
  SIGNAL_ALL_WAKES_ONE("signalAllWakesAll"),
  CONDITIONS_SHARE_THEIR_WAITERS("conditionsOfALockAreApart"),
  AWAIT_WAKES_NO_ONE("awaitLetsTheNextOneIn"),
  AWAIT_RESTORES_ONE_HOLD("awaitRestoresAllHolds"),
  AWAIT_ENDS_EARLY("timedAwaitEndsAfterItsTime"),
  NEGATIVE_AWAIT_WAITS("timedAwaitWithZeroOrNegativeTimeDoesNotWait"),
  AWAIT_TIME_OVERFLOWS("timedAwaitWaitsForTheLongestTime"),
  AWAIT_CLEARS_INTERRUPTS("interruptBeforeAwaitThrowsAndIsCleared"),
  AWAIT_THROWS_WITHOUT_THE_LOCK("interruptDuringAwaitThrowsAndIsCleared"),
  AWAIT_UNINTERRUPTIBLY_SWALLOWS_INTERRUPTS("awaitUninterruptiblyKeepsTheInterruptForLater"),
  INTERRUPTED_WAITER_SWALLOWS_THE_SIGNAL("signalIsNotLostToAnInterruptedWaiter"),
  CONDITION_NEEDS_NO_LOCK("withoutTheLockAllIsRefused"),

  // Readers beside readers, and beside writers.
  READERS_EXCLUDE_EACH_OTHER("readersShareTheLock"),
  LAST_READER_WAKES_NO_ONE(
      "writerWaitsForTheLastOfManyReaders",
      "everyWaitingFormWaitsForTheRelease/EXCLUSIVE_BEHIND_SHARED",
      "writerGetsInAmongBusyReaders"),
  WRITER_WAKES_ONE_READER("waitingReadersGetInTogether"),
  READERS_PASS_WRITERS(
      "newReaderQueuesOrPassesAsSpecified", "writerGetsInBetweenOverlappingReaders"),
  READERS_QUEUE_THOUGH_THEY_SHOULD_PASS("newReaderQueuesOrPassesAsSpecified"),
  READERS_TRY_LOCK_QUEUES("readersTryLockPassesWaitingWriters"),
  WRITERS_TRY_LOCK_IGNORES_READERS(
      "writersTryLockFailsBesideReaders", "tryLockDoesNotWait/EXCLUSIVE_BEHIND_SHARED"),
  READ_LOCK_HAS_CONDITIONS("readLockHasNoCondition"),
  READ_UNLOCK_RELEASES_THE_WRITE_LOCK(
      "oneSideDoesNotReleaseTheOther", "writerGivesUpItsReadHoldFirst"),
  READ_HOLDS_ARE_NOT_COUNTED("readerAcquiresItAgain"),

  // Both sides in one thread.
  DOWNGRADE_HANGS("writerBecomesReader"),
  HOLDS_OF_BOTH_KINDS_ARE_MIXED("holdsOfBothKindsAreCountedApart"),
  DOWNGRADE_WAKES_NO_ONE("downgradeLetsWaitingReadersIn"),
  UPGRADE_IS_GRANTED("upgradeIsNotGranted"),
  REFUSED_UPGRADE_STAYS_QUEUED("attemptDoesNotHoldBackReaders"),
  UPGRADE_HANGS("upgradeIsNotGranted", "attemptWhileAWriterWaits"),
  REFUSED_UPGRADE_DROPS_THE_READ_HOLD("releaseFirstThenWrite"),
  WRITER_THAT_READS_COUNTS_AS_UPGRADER("writerThatReadsWritesAgain"),

  // Progress.
  WRITERS_PASS_READERS("readerGetsInBetweenOverlappingWriters");

  @SuppressWarnings("ImmutableEnumChecker") // of List.of
  private final List<String> caughtBy;

  Flaw(String... caughtBy) {
    this.caughtBy = List.of(caughtBy);
  }

  /** Returns the names of the tests that must fail. */
  List<String> caughtBy() {
    return caughtBy;
  }
}
