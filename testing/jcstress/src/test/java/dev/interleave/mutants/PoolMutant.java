// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.mutants;

import dev.interleave.mutants.Mutant.Edit;

/**
 * Mistakes that one could make in {@code MonitoredPool}, and the jcstress test that finds each out.
 * Where a mistake shows within some nanoseconds only, the edit takes its time there: it shows
 * sooner, and what is right would stand that, too.
 */
@SuppressWarnings("ImmutableEnumChecker") // the list of edits is a copy
enum PoolMutant implements Mistake.Named {
  OLD_DECISION(
      "a submission that has to try again does so with its old decision on a thread",
      "TwoTasksGetTwoThreads",
      new Edit(
          In.ADMISSION,
          "      if (cas(word, start ? next + ONE_LIVE : next)) {",
          """
          boolean in = cas(word, start ? next + ONE_LIVE : next);
          while (!in) {
            word = word();
            in = cas(word, start ? plusOne(word) + ONE_LIVE : plusOne(word));
          }
          if (in) {\
          """)),

  RETIRES_WITH_WORK(
      "a thread that has been idle retires without a look at what has come in",
      "RetiringThreadTakesNoTaskAlong",
      new Edit(
          In.ADMISSION,
          "        if (difference(word, ledgers.sum(Ledger.FREED)) > live - 1) {",
          "        if (live < 1) {"),
      new Edit(In.ADMISSION, "  boolean retire() {\n", "  boolean retire() {\n" + In.LATER),
      new Edit(In.ENGINE, In.STAFF, In.STAFF_IF_IT_DIED)),

  RETIRES_BY_AN_OLD_LOOK(
      "a thread that retires does not look whether a task came in since it looked",
      "RetiringThreadTakesNoTaskAlong",
      new Edit(
          In.ADMISSION,
          "live - 1) {\n          return false;\n        }\n      }\n"
              + "      if (cas(word, word - ONE_LIVE)) {\n        return true;\n      }",
          "live - 1) {\n          return false;\n        }\n      }\n"
              + In.LATER
              + "      leave();\n      return true;"),
      new Edit(In.ENGINE, In.STAFF, In.STAFF_IF_IT_DIED)),

  OPEN_ALTHOUGH_CLOSED(
      "a submission does not look whether the pool is shut down",
      "CloseAgainstSubmit",
      new Edit(
          In.ADMISSION,
          "      if (state(word) != RUNNING) {\n        return CLOSED;",
          "      if (state(word) == STOP) {\n        return CLOSED;")),

  RETURNED_AND_RUN(
      "shutdownNow returns a task without having decided that it does not run",
      "ShutdownNowAgainstSubmit",
      new Edit(
          In.END,
          "      if (task != null && task.isWaiting()) {\n"
              + "        task.keepRunnable();\n        if (engine.discard(task)) {",
          "      if (task != null && task.isWaiting()) {\n"
              + "        task.keepRunnable();\n        if (engine.discard(task) || true) {")),

  CANCELS_WHAT_HAS_ENDED(
      "a cancellation looks whether the task runs, and then says that it is cancelled",
      "CancelAgainstCompletion",
      new Edit(
          In.TASK,
          "      } else if (FATE.compareAndSet(this, RUNNING, to | INTERRUPTING)) {",
          "      } else {\n" + In.LATER + "        fate = to | INTERRUPTING;")),

  INTERRUPT_FOR_THE_NEXT(
      "a task that ends does not wait for the interrupt that is on its way",
      "CancelAgainstCompletion",
      new Edit(
          In.TASK,
          "      if ((now & INTERRUPTING) != 0) {\n        awaitInterrupt();",
          "      if ((now & INTERRUPTING) != 0) {\n        return now & ~INTERRUPTING;"),
      new Edit(In.TASK, "          thread.interrupt();", In.LATE_INTERRUPT)),

  INTERRUPT_STAYS(
      "a worker does not clear the interrupt that a task leaves behind",
      "CancelAgainstCompletion",
      new Edit(
          In.WORKER,
          "    boolean unused = Thread.interrupted(); // meant for the task, which has ended\n",
          ""),
      new Edit(
          In.WORKER,
          "      boolean ignored = Thread.interrupted(); // of an action that depends on the"
              + " future\n",
          "")),

  ENDS_ALTHOUGH_LATE(
      "a task that ends says so without having decided that it is not late",
      "DeadlineAgainstCompletion",
      new Edit(
          In.TASK,
          "      } else if (now != RUNNING || FATE.compareAndSet(this, RUNNING, ENDED)) {\n"
              + "        return now == RUNNING ? ENDED : now;",
          "      } else {\n        Thread.onSpinWait();\n        fate = ENDED;\n"
              + "        return ENDED;")),

  RESIZE_HELPS_LATER_ONLY(
      "a resize starts no thread for what waits already",
      "GrowAgainstSubmit",
      new Edit(
          In.ENGINE, "    try {\n      staff();\n    } finally {", "    try {\n    } finally {")),

  PLACE_WAKES_NOBODY(
      "who makes room wakes nobody who waits for a place",
      "PlaceWakesSubmitter",
      new Edit(In.FULL, "        line.signal();\n", "")),

  LOOKS_BEFORE_IT_WAITS(
      "a submitter looks for a place before it says that it waits, not after",
      "PlaceWakesSubmitter",
      new Edit(
          In.ROOM,
          "          waiting = true;\n          if (hasRoom.getAsBoolean()) {\n"
              + "            return true;\n          }",
          "          if (hasRoom.getAsBoolean()) {\n            return true;\n          }\n"
              + "          Thread.yield();\n          waiting = true;")),

  SLEEPS_UNSEEN(
      "a thread that goes to sleep does not look once more whether a task has come",
      "SleeperIsCalled",
      new Edit(In.WORKER, "    if (engine.queue().hasTasks()) {\n      return false;\n    }\n", ""),
      new Edit(In.WORKER, In.LIE_DOWN, In.LATER + In.LIE_DOWN)),

  CALLS_NO_OTHER(
      "a thread that was called and has found a task calls no other one for the rest",
      "SleepersAreCalled",
      new Edit(
          In.LOUNGE,
          "    if (counted && add(SEARCHING, -1) == 0 && count(SLEEPING) != 0 && queue.hasTasks())"
              + " {\n"
              + "      call();",
          "    if (counted && add(SEARCHING, -1) < 0) {\n      call();")),

  STOP_PASSES_BY(
      "a stop does not interrupt what has no future",
      "StopAgainstRun",
      new Edit(In.WORKER, "      if (bare.isRunning()) {", "      if (bare.isCallable()) {")),

  STARVATION_UNSEEN(
      "a worker looks whether it starves before it is among those that wait",
      "StarvationIsSeen",
      new Edit(
          In.STARVATION,
          "      waiting.put(worker, tasks);\n      finding = look(worker);",
          "      finding = look(worker);\n      waiting.put(worker, tasks);"));

  private static final class In {
    /** A second look, for pools that are resized, which would make good for the mistake. */
    static final String STAFF =
        "    staff(); // it died, or decided by sizes that have changed since\n";

    static final String STAFF_IF_IT_DIED = "    if (!retired) {\n      staff();\n    }\n";

    /** Half as long as a task of the tests looks whether it is interrupted. */
    static final String LATER = Mistake.later(50);

    static final String LATE_INTERRUPT = LATER + "          thread.interrupt();";

    static final String LIE_DOWN = "        Lounge.Sleeper bed = lounge.lieDown(counted);\n";

    static final String ADMISSION = "Admission.java";
    static final String END = "PoolEnd.java";
    static final String ENGINE = "Engine.java";
    static final String FULL = "FullPool.java";
    static final String LOUNGE = "Lounge.java";
    static final String ROOM = "RoomLine.java";
    static final String STARVATION = "Starvation.java";
    static final String TASK = "Task.java";
    static final String WORKER = "Worker.java";
  }

  private final Mistake mistake;

  PoolMutant(String words, String test, Edit... edits) {
    mistake = Mistake.in("pool", words, test, edits);
  }

  @Override
  public Mistake mistake() {
    return mistake;
  }
}
