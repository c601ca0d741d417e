// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.mutants;

import dev.interleave.mutants.Mutant.Edit;

/**
 * Mistakes that one could make in {@code StopToken} and {@code Service}, and the jcstress test that
 * finds each out.
 */
@SuppressWarnings("ImmutableEnumChecker") // the list of edits is a copy
enum LifecycleMutant implements Mistake.Named {
  LOOKS_BEFORE_THE_LOCK(
      "a callback looks whether the token is stopped before it has the lock, not after",
      "CallbackAgainstStop",
      new Edit(
          In.TOKEN,
          "Objects.requireNonNull(callback, \"callback\"));",
          "Objects.requireNonNull(callback, \"callback\"));\n    boolean open = stop == null;"),
      new Edit(
          In.TOKEN,
          "      if (stop == null) {\n        callbacks.add(registration);",
          "      if (open) {\n        callbacks.add(registration);")),

  CHILD_LOOKS_BEFORE_THE_LOCK(
      "a child looks whether its parent is stopped before it has the lock, not after",
      "ChildAgainstStop",
      new Edit(
          In.TOKEN,
          "    Stop how;\n    lock.lock();\n    try {\n      how = stop;",
          "    Stop how = stop;\n    lock.lock();\n    try {")),

  CANCELLED_AND_RUN(
      "a callback runs without having decided that it is not cancelled",
      "CancelAgainstStop",
      new Edit(
          In.REGISTRATION,
          "    if (!phase.compareAndSet(Phase.REGISTERED, Phase.RUNNING)) {\n      return;\n    }",
          "    if (phase.get() != Phase.REGISTERED) {\n      return;\n    }\n"
              + "    phase.set(Phase.RUNNING);")),

  STOPPED_TWICE(
      "a stop does not look whether there was one before",
      "FirstReasonWins",
      new Edit(
          In.TOKEN,
          "      if (stop != null || (byParent && detached)) {",
          "      if (byParent && detached) {")),

  STOP_WAKES_NOBODY(
      "a stop does not wake those that wait for it",
      "StopWakesWaiter",
      new Edit(In.TOKEN, "    stopped.open();\n    return true;", "    return true;")),

  STARTED_TWICE(
      "a start does not look whether there was one before",
      "StartAgainstStart",
      new Edit(
          In.SERVICE,
          "      if (phase.state() != State.NEW) {",
          "      if (phase.since() == 0) {")),

  STARTED_AFTER_ITS_STOP(
      "a start does not look whether the service has been stopped",
      "StartAgainstStop",
      new Edit(
          In.SERVICE,
          "      if (phase.state() != State.NEW) {",
          "      if (phase.state() == State.STARTING) {")),

  EACH_STOP_REPORTS(
      "each stop makes a report of its own",
      "TwoStoppersOneReport",
      new Edit(In.SERVICE, "      report = made;\n", ""));

  private static final class In {
    static final String TOKEN = "StopToken.java";
    static final String REGISTRATION = "StopRegistration.java";
    static final String SERVICE = "Service.java";
  }

  private final Mistake mistake;

  LifecycleMutant(String words, String test, Edit... edits) {
    mistake = Mistake.in("lifecycle", words, test, edits);
  }

  @Override
  public Mistake mistake() {
    return mistake;
  }
}
