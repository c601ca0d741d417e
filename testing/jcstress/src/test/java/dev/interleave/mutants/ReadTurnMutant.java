// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.mutants;

import dev.interleave.mutants.Mutant.Edit;

/** Mistakes that one could make when the turn to read is handed on, and what finds each out. */
@SuppressWarnings("ImmutableEnumChecker") // the list of edits is a copy
enum ReadTurnMutant implements Mistake.Named {
  LEADER_LOOKS_BEFORE_IT_LEAVES(
      "a leader looks who needs the turn before it gives it up, not after",
      "LeaderLeavesAgainstCaller",
      new Edit(
          In.TURN,
          "    reader.set(null);\n    passOn();\n",
          "    passOn();\n    reader.set(null);\n")),

  CALLER_TRIES_BEFORE_IT_IS_LISTED(
      "a caller tries to take the turn before it is on the list of those who wait, not after",
      "LeaderLeavesAgainstCaller",
      new Edit(
          In.TURN,
          """
              enter(call);
              try {
                while (!call.isSettled()) {
                  if (tryLead()) {
                    return true;
                  }
          """,
          """
              try {
                while (!call.isSettled()) {
                  if (tryLead()) {
                    return true;
                  }
                  enter(call);
          """)),

  FOLLOWER_LEAVES_WITHOUT_A_LOOK(
      "a follower that needs the turn no more does not look whether it was meant to have it",
      "FollowerLeavesAgainstHandOver",
      new Edit(
          In.TURN,
          "    passOnIfFree();\n  }\n\n  /** A call for the thread",
          "  }\n\n  /** A call for the thread")),

  LEADER_FORGETS_THE_THREAD(
      "a leader that leaves does not look whether there are calls that nobody waits for",
      "FutureAgainstLeaderLeaving",
      new Edit(
          In.TURN,
          "    reader.set(null);\n    passOn();\n",
          "    reader.set(null);\n    if (following.get() > 0) {\n      passOn();\n    }\n")),

  NEW_LEADER_DOES_NOT_LOOK_FOR_THE_END(
      "who has taken the turn does not look whether the connection has ended",
      "EndAgainstNewLeader",
      new Edit(
          In.TURN,
          "    if (broken.getAsBoolean()) {\n      giveUp();\n      return false;\n    }\n",
          ""));

  private static final class In {
    static final String TURN = "ReadTurn.java";
  }

  private final Mistake mistake;

  ReadTurnMutant(String words, String test, Edit... edits) {
    mistake = Mistake.beside("rpc", words, test, edits);
  }

  @Override
  public Mistake mistake() {
    return mistake;
  }
}
