// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

/**
 * When a {@link ReadWriteSync} is biased: while there are many reads for each write.
 *
 * <p>When {@value #ARM_AFTER} more counted reads are complete (those of first readers and all
 * others are counted apart) and there was no write since that happened the last time, the reader
 * sets the bit of its slot; every further reader that comes by the counter adds its own. A writer
 * that takes the bias away when {@value #SAMPLE} writes or more have been since the last sample
 * adds up the slots' counters; each gives the bias back when it leaves, to the slots that were in
 * use, if there were at least {@value #REARM_RATIO} reads per write; but not under FAIR, where
 * readers that come by a slot would overtake those in line. So a lock with many writes costs about
 * what a counting lock costs, and a writer looks at no idle slot. Writes count whether they took a
 * bias away or not: a lock that lost it to a few writes in a row and has learnt again is judged
 * anew by the next write, not after as many revocations.
 *
 * <p>Only when the lock is fast depends on this, never whether it is right. So readers count
 * without a lock, and may lose counts; the samples are taken by the owner of the token, and others
 * may read an old one.
 */
final class BiasRule {
  /** Counted reads without a write after which the lock becomes biased. A power of two. */
  static final int ARM_AFTER = 16;

  /** Reads per write from which on a leaving writer gives the bias back. */
  private static final int REARM_RATIO = 4;

  /** How many writes at least from one look at the slots' counters to the next. */
  private static final int SAMPLE = 16;

  /** Writes after a sample during which it says something about what is worth to spin for. */
  private static final int READ_MOSTLY_FOR = 32;

  /** Whether a writer may give the bias back, or readers have to ask for it. */
  private final boolean givesBack;

  // ---- written by readers

  /** Counted acquisitions by others than the first reader, roughly: increments may be lost. */
  private int otherReads;

  /** The lock's version when the last {@value #ARM_AFTER} counted reads were complete. */
  private long versionLearnt = 2;

  // ---- written by the owner of the token

  /** Times the bias was taken away. */
  private long revocations;

  /** Reads per write between the last two samples. */
  private long readsPerWrite = Long.MAX_VALUE;

  /** The version up to which the lock counts as read mostly, from the last sample on. */
  private long readMostlyUntil;

  /** The bits of the slots used between the last two samples; only they are given back. */
  private long active = -1;

  /** First readers at the last sample. */
  private long firstReadsAtSample;

  /** The version at the last sample. */
  private long versionAtSample = 2;

  BiasRule(boolean givesBack) {
    this.givesBack = givesBack;
  }

  /** Whether {@code reads} are so many that {@link #wroteNobodySince} should be asked. */
  static boolean isComplete(long reads) {
    return (reads & (ARM_AFTER - 1)) == 0;
  }

  /** Counts a reader that is not the first one, and returns how many such there were. */
  long countOther() {
    return ++otherReads;
  }

  /**
   * Whether nobody wrote since this was asked the last time.
   *
   * @param version the lock's
   */
  boolean wroteNobodySince(long version) {
    boolean nobody = version == versionLearnt;
    versionLearnt = version;
    return nobody;
  }

  /**
   * A writer is in and has taken the bias away.
   *
   * @param bits those taken away, not 0
   * @param version the lock's, with this write
   * @param firstReads acquisitions by first readers so far
   * @param table where all others were counted
   * @return the bits to set when it leaves
   */
  long revoked(long bits, long version, long firstReads, ReaderTable table) {
    revocations++;
    long writes = (version - versionAtSample) >>> 1;
    if (writes >= SAMPLE) {
      ReaderSlots slots = table.slotsMade(); // made long ago, since bits were set
      long reads = slots.readsSinceLastAsked(bits) + firstReads - firstReadsAtSample;
      active = slots.active();
      firstReadsAtSample = firstReads;
      versionAtSample = version;
      readsPerWrite = reads / writes;
      readMostlyUntil = readsPerWrite >= REARM_RATIO ? version + 2 * READ_MOSTLY_FOR : 0;
    }
    return givesBack && readsPerWrite >= REARM_RATIO ? bits & active : 0;
  }

  /** Whether there were many reads per write at the last sample, not too many writes ago. */
  boolean isReadMostly(long version) {
    return version - readMostlyUntil < 0;
  }

  long revocations() {
    return revocations;
  }
}
