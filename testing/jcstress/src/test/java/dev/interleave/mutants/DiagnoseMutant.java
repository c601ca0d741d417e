// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.mutants;

import dev.interleave.mutants.Mutant.Edit;

/**
 * Mistakes that one could make in the registry of waits and in the deadlock detector, and the
 * jcstress test that finds each out.
 */
@SuppressWarnings("ImmutableEnumChecker") // the list of edits is a copy
enum DiagnoseMutant implements Mistake.Named {
  LOOKS_BEFORE_IT_REGISTERS(
      "a waiter looks for a deadlock before it registers, as in Guava issue 2048",
      "TwoRequestersOneVictim",
      new Edit(
          In.WAITS,
          "    link(wait);\n    try {\n      inspect(wait);\n",
          "    try {\n      inspect(wait);\n      link(wait);\n")),

  LEFT_WAIT_STAYS(
      "a wait that is over stays registered",
      "ReleaseAgainstRegistration",
      new Edit(
          In.WAIT, "      return;\n    }\n    Waits.unlink(this);\n", "      return;\n    }\n")),

  VERDICTS_AT_THE_SAME_TIME(
      "two threads of one deadlock come to a verdict at the same time",
      "TwoRequestersOneVictim",
      new Edit(
          In.DETECTOR,
          "VERDICT = new ReentrantLock();",
          """
          VERDICT =
                new ReentrantLock() {
                  @Override
                  public void lock() {}

                  @Override
                  public void unlock() {}
                };
          """)),

  LEAVES_WITHOUT_COUNTING_A_STEP(
      "whoever leaves a wait that was settled counts no step",
      "SettledWaitLeaves",
      new Edit(
          In.WAIT,
          "      leaveEnded();\n    }\n    unsettle();\n",
          "      leaveEnded();\n    }\n")),

  SETTLES_WITHOUT_A_LAST_LOOK(
      "nobody looks after it has settled waits whether their threads are still there",
      "SettledWaitLeaves",
      new Edit(
          In.GRAPH,
          "if (!nodes.values().stream().allMatch(WaitGraph::isParkedThere)) {",
          "if (false) {")),

  LEAVES_BEFORE_THE_INTERRUPT(
      "whoever leaves a wait that is being ended does not wait for the interrupt",
      "EndAgainstLeave",
      new Edit(
          In.WAIT,
          "  private void leaveEnded() {\n    awaitEnding();\n",
          "  private void leaveEnded() {\n")),

  ENDS_WHAT_HAS_LEFT(
      "whoever ends a wait looks whether it is going on, and then ends it",
      "EndAgainstLeave",
      new Edit(
          In.WAIT,
          "!STATE.compareAndSet(this, WAITING, ENDING)) {\n      return false;\n    }\n",
          "state != WAITING) {\n      return false;\n    }\n    state = ENDING;\n"));

  private static final class In {
    static final String WAITS = "Waits.java";
    static final String WAIT = "Wait.java";
    static final String GRAPH = "WaitGraph.java";
    static final String DETECTOR = "DeadlockDetector.java";
  }

  private final Mistake mistake;

  DiagnoseMutant(String words, String test, Edit... edits) {
    mistake = Mistake.in("diagnose", words, test, edits);
  }

  @Override
  public Mistake mistake() {
    return mistake;
  }
}
