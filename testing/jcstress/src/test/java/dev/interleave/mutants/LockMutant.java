// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.mutants;

import dev.interleave.mutants.Mutant.Edit;

/**
 * Mistakes that one could make in {@code BiasedReadWriteLock}, at least one for each rule of who is
 * in, what it sees and who wakes whom, and the jcstress test that finds each out.
 */
@SuppressWarnings({
  "ImmutableEnumChecker", // the list of edits is a copy
  "StringConcatToTextBlock" // where a text block would be longer than what it says
})
enum LockMutant implements Mistake.Named {
  READER_DOES_NOT_LOOK_AGAIN(
      "a reader that has taken its slot does not look whether its bit is still set",
      "BiasedReaderExcludesWriter",
      new Edit(
          In.SYNC,
          """
              if ((getState() & bit) != 0) {
                ReaderSlots.countRead(cells, slot);
          """,
          """
              if (slot >= 0) {
                ReaderSlots.countRead(cells, slot);
          """)),

  READER_LOOKS_TOO_EARLY(
      "a reader looks at its bit before it takes its slot, not after",
      "BiasedReaderExcludesWriter",
      new Edit(
          In.SYNC,
          """
              if (!ReaderSlots.take(cells, slot, from, free | ReaderSlots.BIASED)) {
                return false;
              }
              if ((getState() & bit) != 0) {
          """,
          """
              long seen = getState();
              if (!ReaderSlots.take(cells, slot, from, free | ReaderSlots.BIASED)) {
                return false;
              }
              if ((seen & bit) != 0) {
          """)),

  WRITER_ON_TRIAL_DOES_NOT_LOOK(
      "a writer that found no counted reader does not look at the slots",
      "BiasedReaderExcludesWriter",
      new Edit(
          In.SYNC,
          "    if (isHeldBiased(revoked)) {\n",
          "    if (s != PENDING) {\n    } else if (isHeldBiased(revoked)) {\n")),

  PENDING_WRITER_DOES_NOT_LOOK(
      "a writer that waits for readers goes in when none is counted, slots or no slots",
      "BiasedReaderExcludesWriter",
      In.SLOTS_NOT_WAITED_FOR),

  WRITER_LOOKS_AT_ONE_SLOT(
      "a writer looks at one of the slots only",
      "BiasedReaderExcludesWriter",
      new Edit(
          In.SYNC,
          "for (long more = bits; more != 0; more &= more - 1) {\n      if (ReaderSlots.isHeldB",
          "for (long more = Long.highestOneBit(bits); more != 0; more = 0) {\n"
              + "      if (ReaderSlots.isHeldB")),

  WRITER_IGNORES_COUNTED_READERS(
      "a writer goes in although readers are counted",
      "CountedReaderExcludesWriter",
      In.COUNT_IGNORED),

  LATE_READER_KEEPS_SLOT(
      "a reader that came too late does not give its slot back",
      "FailedTryLeavesNothing",
      new Edit(In.SYNC, "    ReaderSlots.withdraw(cells, slot, from); // a writer came", "    //")),

  BIT_SET_UNDER_A_WRITER(
      "a reader sets its bit although a writer has the token",
      "ArmingReaderExcludesWriter",
      new Edit(
          In.SYNC,
          "(s & (TOKEN | bit)) == 0 && mayBias(); s = getState()",
          "(s & bit) == 0; s = getState()")),

  BITS_LEFT_SET(
      "a writer that has taken the bias away sets the bits again when it goes in",
      "BiasedReaderExcludesWriter",
      new Edit(
          In.SYNC, "!(compareAndSetState(s, WRITE)", "!(compareAndSetState(s, WRITE | revoked)")),

  FAILED_TRIAL_IS_NOT_TAKEN_BACK(
      "a writer whose trial failed says that it is in while it waits",
      "TryLockReaderBesideReader",
      new Edit(
          In.SYNC, "compareAndSetState(TRIAL, PENDING);", "compareAndSetState(TRIAL, WRITE);")),

  TRY_LOCK_FAILS_BECAUSE_OF_A_TRIAL(
      "a reader's tryLock() takes a writer that looks for one that is in",
      "TryLockReaderBesideReader",
      new Edit(
          In.SYNC,
          "    for (long s = getState(); !isIn(s);",
          "    for (long s = getState(); s >= 0;")),

  BOTH_GIVE_WAY(
      "a tryLock() goes on trial, and a reader's fails because of that",
      "TryLockBiasedReaderOrWriter",
      new Edit(
          In.SYNC,
          "compareAndSetState(s, s == 0 ? WRITE : TRYING)",
          "compareAndSetState(s, s == 0 ? WRITE : TRIAL)"),
      new Edit(
          In.SYNC,
          "    for (long s = getState(); !isIn(s);",
          "    for (long s = getState(); s >= 0;")),

  READER_GIVES_WAY_TO_A_WRITER_THAT_ONLY_TRIES(
      "a reader that does not overtake fails because of a writer that will not wait",
      "TryZeroReaderOrTryLockWriter",
      new Edit(
          In.SYNC,
          "    return !isIn(s) && ((s & LEFT) != 0 || passesPending());",
          "    return !isIn(s) && passesPending();")),

  GIVING_UP_FORGETS_SLOTS(
      "a pending writer that gives up restores no bits",
      "TryingWriterGivesUp",
      new Edit(
          In.SYNC,
          "      long bits = revoked;\n      if (bits != 0 && (preference",
          "      long bits = 0;\n      if (bits != 0 && (preference")),

  LEFT_WITHOUT_A_RECORD(
      "a pending writer that gives up while others wait does not say whose slots may be held",
      "LeftSlotKeepsWriterOut",
      new Edit(In.SYNC, "        left = bits;\n", "        left = 0;\n")),

  TRY_LOCK_KEEPS_THE_TOKEN(
      "a tryLock() that fails keeps the token",
      "FailedTryLeavesNothing",
      new Edit(
          In.SYNC,
          "    refuseUpgrade(t);\n    release(0);\n    return false;",
          "    refuseUpgrade(t);\n    return false;")),

  OWNER_CLEARED_TOO_LATE(
      "a writer forgets that it is the owner after it has left, not before",
      "WritersExclude",
      new Edit(
          In.SYNC,
          "    setExclusiveOwnerThread(null);\n    long s = getState();",
          "    long s = getState();"),
      new Edit(
          In.SYNC,
          "        s = getState();\n      }\n    }\n    return true;",
          "        s = getState();\n"
              + "      }\n"
              + "    }\n"
              + "    setExclusiveOwnerThread(null);\n"
              + "    return true;")),

  VERSION_EVEN_TOO_LATE(
      "a writer leaves before it makes the version even",
      "OptimisticReadBetweenWriters",
      new Edit(
          In.SYNC,
          "      VERSION.setRelease(this, v + 1);\n      setState(0);",
          "      setState(0);\n      VERSION.setRelease(this, v + 1);")),

  VALIDATE_BELIEVES_ANY_EVEN_VERSION(
      "validate only asks whether a writer is in now",
      "OptimisticReadSeesNoWriter",
      new Edit(
          In.SYNC,
          "(stamp & 1) == 0 && (long) VERSION.getOpaque(this) == stamp",
          "(stamp & 1) == 0 && ((long) VERSION.getOpaque(this) & 1) == 0")),

  DOWNGRADE_LOSES_THE_READ_HOLD(
      "a writer that downgrades is not counted as a reader when it leaves",
      "DowngradeAdmitsNoWriter",
      In.DOWNGRADE_LOST),

  REENTRY_IS_NOT_COUNTED(
      "a second hold by a slot is not counted",
      "ReentryDuringRevocation",
      new Edit(In.SYNC, "        ReaderSlots.addExtra(slots.cells, slot, 1);\n", "")),

  NESTED_HOLD_IS_NOT_MARKED(
      "the word of a slot does not say that there are holds beyond the first",
      "ReentryDuringRevocation",
      new Edit("ReaderSlots.java", "word & ~NESTED : word | NESTED);", "word : word);")),

  BORROWED_SLOT_UNDER_ITS_OLD_NAME(
      "a reader in a slot that another has left does not put its id into it",
      "BorrowedSlotExcludesWriter",
      new Edit(
          In.SYNC,
          "!enterBiased(slots.cells, slot, bit, word, ReaderSlots.freeWord(t.threadId()))",
          "!enterBiased(slots.cells, slot, bit, word, word)")),

  SIGNALLED_WRITER_DOES_NOT_WAIT(
      "a writer that comes back from a condition does not wait for readers",
      "SignalIsNotLost",
      new Edit(
          In.SYNC,
          "      drain(t, false, 0, false, wait);\n    } finally {\n      if (isWriter(t)) {",
          "      refuseUpgrade(t, wait);\n    } finally {\n      if (isWriter(t)) {")),

  BIASED_READER_LEAVES_SILENTLY(
      "a leaving reader does not wake the writer that waits for it, which trusts that it does",
      "BiasedReaderWakesWriter",
      new Edit(In.SYNC, "      wakeDrainer(); // a writer has come", "      // a writer has come"),
      In.NO_TIMEOUT),

  COUNTED_READER_LEAVES_SILENTLY(
      "a leaving counted reader does not wake the writer that waits for it",
      "CountedReaderWakesWriter",
      new Edit(
          In.SYNC,
          """
                  if ((s & (PENDING | READERS)) == (PENDING | 1)) {
                    wakeDrainer();
                  }
          """,
          ""),
      In.NO_TIMEOUT),

  QUEUED_READER_WAKES_NOBODY(
      "a reader that comes out of the queue does not wake the next in line",
      "QueuedReaderWakesWriterBehind",
      new Edit(
          In.QUEUE,
          "    if ((getState() & TOKEN) == 0 && hasQueuedThreads()) {",
          "    if (getState() == TOKEN) {")),

  GIVING_UP_WAKES_NOBODY(
      "a pending writer that gives up does not wake those in line behind it",
      "WriterThatGivesUpWakesReader",
      new Edit(
          In.SYNC,
          "    if (end != Drained.ACQUIRED) {\n      giveTokenBack(t);",
          "    if (end != Drained.ACQUIRED) {\n      tryRelease(0);")),

  OVERFLOWN_READER_STAYS_COUNTED(
      "a reader without a slot is forgotten when it leaves, but is counted still",
      "OverflownReadersShare",
      new Edit(
          In.SYNC,
          "      leaveCount();\n      table.forget(hold);",
          "      wakeDrainer();\n      table.forget(hold);")),

  OVERFLOWN_READER_IS_NOT_FORGOTTEN(
      "a reader without a slot leaves the count, but not the map",
      "OverflownReaderExcludesWriter",
      new Edit(In.SYNC, "      hold.leave(); // whatever", "      hold.extra = 0; //"),
      new Edit(In.SYNC, "      table.forget(hold);\n", "")),

  BITS_TAKEN_FOR_NOTHING(
      "a writer takes a lock whose bits are set, by the writer before, for a free one",
      "RearmingWriterExcludesReader",
      new Edit(
          In.SYNC,
          "compareAndSetState(s, s == 0 ? WRITE : readers == 0 ? TRIAL : PENDING | readers)",
          "compareAndSetState(s, (s & ~BIAS) == 0 ? WRITE : PENDING | readers)"),
      new Edit(
          In.SYNC,
          "    if (before == 0) {\n      beginWrite();",
          "    if ((before & ~BIAS) == 0) {\n      beginWrite();")),

  TOKEN_TAKEN_IN_TWO_STEPS(
      "a tryLock() takes the token by a look and a store",
      "TryLockOneWriter",
      new Edit(
          In.SYNC,
          "      if (compareAndSetState(s, s == 0 ? WRITE : TRYING)) {\n        tookToken(t, s);",
          "      if (s == getState()) {\n"
              + "        setState(s == 0 ? WRITE : TRYING);\n"
              + "        tookToken(t, s);")),

  COUNT_LOWERED_IN_TWO_STEPS(
      "a counted reader leaves by a look and a store",
      "CountedReadersShare",
      new Edit(
          In.SYNC,
          "      } else if (compareAndSetState(s, s - 1)) {\n        if (",
          "      } else {\n        setState(s - 1);\n        if (")),

  ARMING_READER_STAYS_COUNTED(
      "a counted reader in a slot leaves the slot, but not the count",
      "ArmingReadersLeaveNothing",
      new Edit(
          In.SYNC,
          "      ReaderSlots.giveBack(cells, slot, free);\n      leaveCount();",
          "      ReaderSlots.giveBack(cells, slot, free);")),

  LATE_WRITER_DOES_NOT_LOOK(
      "a pending writer whose time is up is in if no reader is counted, slots or no slots",
      "TimedWriterGivesUp",
      new Edit(
          In.SYNC,
          "    return compareAndSetState(PENDING, TRYING) && drainAtOnce();",
          "    writeExtra = 0;\n    return compareAndSetState(PENDING, WRITE);")),

  INTERRUPTED_WRITER_KEEPS_THE_TOKEN(
      "a pending writer that is interrupted does not give the token back",
      "InterruptedWriterLeaves",
      new Edit(
          In.SYNC,
          "    if (end != Drained.ACQUIRED) {\n      giveTokenBack(t);",
          "    if (end == Drained.TIMED_OUT) {\n      giveTokenBack(t);")),

  WRITER_WAKES_NOBODY(
      "a writer that leaves does not wake the first in line",
      "WriterWakesReader",
      new Edit(
          In.SYNC,
          "      setState(0); // as below",
          "      setState(0);\n      return false; // as below")),

  DRAINED_WRITER_WAKES_NOBODY(
      "a writer that had to wait for readers does not wake the first in line when it leaves",
      "DrainedWriterWakesReader",
      new Edit(
          In.SYNC,
          "      setState((s & READERS) | bits);",
          "      setState((s & READERS) | bits);\n      return false;")),

  OVERFLOWN_READER_LEAVES_SILENTLY(
      "a leaving reader without a slot does not wake the writer that waits for it",
      "OverflownReaderWakesWriter",
      new Edit(
          In.SYNC,
          "      leaveCount();\n      table.forget(hold);",
          """
                long s = getState();
                while (!compareAndSetState(s, s - 1)) {
                  s = getState();
                }
                table.forget(hold);\
          """),
      In.NO_TIMEOUT),

  WRITER_MISSES_A_BIASED_RELEASE(
      "a writer that waits for readers is in before one that has a slot has left",
      "BiasedReleaseReachesWriter",
      In.SLOTS_NOT_WAITED_FOR),

  WRITER_MISSES_A_BORROWED_RELEASE(
      "the same, where the slot was another's",
      "BorrowedReleaseReachesWriter",
      In.SLOTS_NOT_WAITED_FOR),

  WRITER_MISSES_A_COUNTED_RELEASE(
      "a writer is in before a counted reader has left",
      "CountedReleaseReachesWriter",
      In.COUNT_IGNORED),

  WRITER_MISSES_AN_OVERFLOWN_RELEASE(
      "the same, where the reader is in the map",
      "OverflownReleaseReachesWriter",
      In.COUNT_IGNORED),

  WRITER_MISSES_A_DOWNGRADED_RELEASE(
      "a writer is in before one that has downgraded has left",
      "DowngradedReleaseReachesWriter",
      In.DOWNGRADE_LOST);

  private static final class In {
    static final String SYNC = "ReadWriteSync.java";
    static final String QUEUE = "TokenQueue.java";

    static final Edit SLOTS_NOT_WAITED_FOR =
        new Edit(
            SYNC,
            "    if (isHeldBiased(revoked)) {\n",
            "    if (s != PENDING && isHeldBiased(revoked)) {\n");

    static final Edit COUNT_IGNORED =
        new Edit(
            SYNC,
            "compareAndSetState(s, s == 0 ? WRITE : readers == 0 ? TRIAL : PENDING | readers)",
            "compareAndSetState(s, WRITE | readers)");

    static final Edit DOWNGRADE_LOST =
        new Edit(SYNC, "      setState((s & READERS) | bits);", "      setState(bits);");

    /** The timeout that makes up for a store seen late hides every other lost wake-up, too. */
    static final Edit NO_TIMEOUT =
        new Edit(
            SYNC,
            "            LockSupport.parkNanos(this, Math.min(park, untilNextAct(timed, deadline,"
                + " start, now)));",
            """
                        if (timed) {
                          LockSupport.parkNanos(this, Math.min(park, deadline - now));
                        } else {
                          LockSupport.park(this);
                        }
            """);
  }

  private final Mistake mistake;

  LockMutant(String words, String test, Edit... edits) {
    mistake = Mistake.in("lock", words, test, edits);
  }

  @Override
  public Mistake mistake() {
    return mistake;
  }
}
