// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.mutants;

import dev.interleave.mutants.Mutant.Edit;

/**
 * Mistakes that one could make in the key table of {@code OrderedLockManager}, in {@code
 * ResettableEvent} and in {@code WatchedLock}, and the jcstress test that finds each out.
 */
@SuppressWarnings("ImmutableEnumChecker") // the list of edits is a copy
enum OrderMutant implements Mistake.Named {
  DEAD_ENTRY_IS_JOINED(
      "who finds an entry joins it although it has just left",
      "KeyBesideAnotherHasOneLock",
      new Edit(
          In.TABLE,
          """
                    for (int i = 0; i < more; i++) {
                      alike.get(i).refs++;
                    }
          """,
          ""),
      new Edit(
          In.TABLE,
          "        if (result != null) {\n          return result;\n",
          """
                  if (result != null) {
                    mutex.lock();
                    result.refs++;
                    mutex.unlock();
                    return result;
          """),
      new Edit(In.TABLE, "      leaveAllBut(result, joined, mutex);\n", "")),

  CROWD_THAT_HAS_LEFT_IS_JOINED(
      "who finds a crowd joins it although another has taken it out of its bin meanwhile",
      "KeyHasOneLock",
      new Edit(
          In.TABLE,
          """
                    if (bins.get(at) != crowd) {
                      return null;
                    }
                    List<KeyLock<K>> alike = crowd.alike(fresh.hash, joined);
          """,
          """
                    List<KeyLock<K>> alike = crowd.alike(fresh.hash, joined);
          """)),

  EQUAL_KEY_COMES_MEANWHILE(
      "who has compared its key with those in the bin does not look whether there are new ones",
      "KeyBesideAnotherHasOneLock",
      new Edit(
          In.TABLE,
          "          if (more == 0) {\n",
          "          if (more == 0 || !joined.isEmpty()) {\n")),

  ENTRY_STAYS(
      "the last one that wanted a key leaves its entry in the table",
      "KeyTriedWhileReleased",
      new Edit(In.TABLE, "    crowd.remove(lock);\n", "")),

  HOLDER_DOES_NOT_LOOK_WHETHER_IT_IS_ALONE(
      "who releases an entry takes it out although others have joined it",
      "KeyHasOneLock",
      new Edit(
          In.TABLE,
          "BIN.compareAndExchange(bins.array, bins.indexOf(lock.hash), (Object) lock, (Object)"
              + " null);\n"
              + "      if (there == lock) {",
          "BIN.getAndSet(bins.array, bins.indexOf(lock.hash), (Object) null);\n"
              + "      if (!(there instanceof Bins)) {")),

  BIN_IS_MOVED_AS_IT_WAS(
      "who moves a bin does not look whether it has been changed meanwhile",
      "KeyIsMovedOnce",
      new Edit(
          In.TABLE,
          "    if (BIN.compareAndSet(bins.array, at, (Object) lock, (Object) next)) {",
          "    BIN.setVolatile(bins.array, at, (Object) next);\n    if (next != null) {")),

  KEY_RELEASE_WAKES_NOBODY(
      "who releases a key does not wake the first in line",
      "KeyReleaseWakesWaiter",
      new Edit(
          In.LOCK,
          "      exit(hold);\n      next = firstIfFree();\n",
          "      exit(hold);\n      next = null;\n")),

  KEY_LETS_A_SECOND_WRITER_IN(
      "who tries a key, or arrives for it, does not look for a writer",
      "KeyTriedWhileReleased",
      new Edit(
          In.LOCK,
          "    return writer == null && (mode == Mode.READ || !isRead());",
          "    return mode == Mode.READ || !isRead();")),

  HELD_BY_ANOTHER_COUNTS_AS_HELD(
      "who finds a watched lock held takes it for its own",
      "WatchedLockExcludes",
      new Edit(
          In.WATCHED,
          """
                return true;
              }
              return getExclusiveOwnerThread() == t && holdOnceMore();
          """,
          """
                return true;
              }
              return getExclusiveOwnerThread() != null && holdOnceMore();
          """)),

  EVENT_IS_LOOKED_AT_AND_NOT_ITS_GENERATION(
      "who waits for an event looks whether it is set, not whether its generation is over",
      "SetAndResetWakeWaiter",
      new Edit(
          In.EVENT, "      while (generation == mine) {", "      while (generation != SET) {")),

  EVENT_IS_LOOKED_AT_TOO_EARLY(
      "who waits for an event looks before it adds itself, and not after",
      "SetWakesWaiter",
      new Edit(
          In.EVENT,
          "    mine.waiting.add(thread);\n    Wait wait = null;\n    try {\n",
          """
              boolean over = generation != mine;
              mine.waiting.add(thread);
              Wait wait = null;
              try {
                if (!over) {
                  LockSupport.park(this);
                }
          """)),

  PULSE_WAKES_NOBODY(
      "a pulse ends the generation, but wakes none of those in it",
      "PulseWakesWaiter",
      new Edit(
          In.EVENT, "    before.end();\n", "    if (next == SET) {\n      before.end();\n    }\n"));

  private static final class In {
    static final String LOCK = "KeyLock.java";
    static final String TABLE = "KeyTable.java";
    static final String EVENT = "ResettableEvent.java";
    static final String WATCHED = "WatchedSync.java";
  }

  private final Mistake mistake;

  OrderMutant(String words, String test, Edit... edits) {
    mistake = Mistake.in("lock", words, test, edits);
  }

  @Override
  public Mistake mistake() {
    return mistake;
  }
}
