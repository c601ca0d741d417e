// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.mutants;

import dev.interleave.mutants.Mutant.Edit;

/**
 * Mistakes that one could make in {@code Confined} and {@code VersionedState}, and the jcstress
 * test that finds each out.
 */
@SuppressWarnings("ImmutableEnumChecker") // the list of edits is a copy
enum StateMutant implements Mistake.Named {
  SENDER_DOES_NOT_LOOK_FOR_THE_END(
      "a sender does not look whether the mailbox is closed",
      "SubmitAgainstClose",
      new Edit(
          In.MAILBOX,
          "      if (last.end) {\n        return Sent.CLOSED;",
          "      if (node.end) {\n        return Sent.CLOSED;")),

  SENDER_LEAVES_THE_OWNER_ASLEEP(
      "a sender does not wake the owner",
      "IdleOwnerIsWoken",
      new Edit(In.MAILBOX, "    if (idle) {\n", "    if (owner == null) {\n")),

  OWNER_LOOKS_BEFORE_IT_IS_IDLE(
      "the owner looks for a message before it says that it is idle, not after",
      "IdleOwnerIsWoken",
      new Edit(
          In.MAILBOX,
          "      idle = true;\n      Node<E> node = last.next;",
          "      Node<E> node = last.next;\n      idle = true;")),

  OWNER_LEAVES_THE_LINE_ASLEEP(
      "the owner does not wake the first in line when there is a place",
      "FullMailboxWakesSender",
      new Edit(In.MAILBOX, "    head = node;\n    wakeFirst();\n", "    head = node;\n")),

  FIRST_LOOKS_BEFORE_IT_SAYS_WHO(
      "the first in line looks for a place before it says who is to be woken, not after",
      "FullMailboxWakesSender",
      new Edit(
          In.MAILBOX,
          "    first = Thread.currentThread();\n    long start = System.nanoTime();",
          "    long start = System.nanoTime();"),
      new Edit(
          In.MAILBOX,
          "      if (deadline.isNone()) {\n        LockSupport.park(this);",
          "      first = Thread.currentThread();\n"
              + "      if (deadline.isNone()) {\n        LockSupport.park(this);")),

  CLOSE_LEAVES_THE_LINE_ASLEEP(
      "a close does not wake the first in line",
      "CloseWakesSender",
      new Edit(In.MAILBOX, "        wakeFirst(); // who", "        // who")),

  CANCELLED_AND_RUN(
      "the owner runs a function without having decided that it is not cancelled",
      "CancelAgainstBegin",
      new Edit(
          In.MESSAGE,
          "FATE.compareAndSet(this, NEW, end) && end == BEGUN;",
          "!isDone();\n    FATE.setVolatile(this, end);")),

  COMPARED_WITHOUT_THE_LOCK(
      "compareAndSet does not compare again once it has the lock",
      "OneCompareAndSetWins",
      new Edit(
          In.STATE,
          "    try {\n      if (isConflict(expectedVersion)) {",
          "    try {\n      if (expectedVersion < 0) {")),

  CHANGE_WAKES_NOBODY(
      "a change does not wake those that await a version",
      "ChangeWakesWaiter",
      new Edit(In.STATE, "        changed.signalAll();\n", "")),

  TELLER_DOES_NOT_LOOK_AGAIN(
      "who tells a listener does not look for a later version before it goes",
      "LastVersionIsTold",
      new Edit(
          In.SUBSCRIPTION,
          "      tellLatest();\n    } while (!phase.compareAndSet(Phase.TELLING, Phase.IDLE));",
          "      tellLatest();\n    } while (phase.getAndSet(Phase.IDLE) == Phase.IDLE);")),

  LISTENER_DOES_NOT_LOOK(
      "a listener that registers does not look whether there is a later version",
      "ListenAgainstChange",
      new Edit(In.STATE, "    if (current.version() > after) {", "    if (after < 0) {"));

  private static final class In {
    static final String MAILBOX = "Mailbox.java";
    static final String MESSAGE = "Message.java";
    static final String STATE = "VersionedState.java";
    static final String SUBSCRIPTION = "Subscription.java";
  }

  private final Mistake mistake;

  StateMutant(String words, String test, Edit... edits) {
    mistake = Mistake.in("state", words, test, edits);
  }

  @Override
  public Mistake mistake() {
    return mistake;
  }
}
