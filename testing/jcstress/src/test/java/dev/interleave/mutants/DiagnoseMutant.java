// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.mutants;

import dev.interleave.mutants.Mutant.Edit;
import java.nio.file.Path;
import java.util.List;

/**
 * Mistakes that one could make in the registry of waits and in the deadlock detector, and the
 * jcstress test that finds each out.
 */
@SuppressWarnings("ImmutableEnumChecker") // the list of edits is a copy
enum DiagnoseMutant implements Mistake {
  LOOKS_BEFORE_IT_REGISTERS(
      "a waiter looks for a deadlock before it registers, as in Guava issue 2048",
      "TwoRequestersOneVictim",
      new Edit(
          In.WAITS,
          "    link(wait);\n    inspect(wait);\n",
          "    inspect(wait);\n    link(wait);\n")),

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
          """));

  private static final class In {
    static final String WAITS = "Waits.java";
    static final String WAIT = "Wait.java";
    static final String DETECTOR = "DeadlockDetector.java";
  }

  private static final Path SOURCES = Path.of("../../core/src/main/java/dev/interleave/diagnose");

  private final String mistake;
  private final String test;
  private final List<Edit> edits;

  DiagnoseMutant(String mistake, String test, Edit... edits) {
    this.mistake = mistake;
    this.test = "dev.interleave.jcstress.diagnose." + test;
    this.edits = List.of(edits);
  }

  @Override
  public String mistake() {
    return mistake;
  }

  @Override
  public String test() {
    return test;
  }

  @Override
  public Mutant mutant() {
    return new Mutant(SOURCES, edits);
  }

  static Mutant original() {
    return new Mutant(SOURCES, List.of());
  }
}
