// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.mutants;

import dev.interleave.mutants.Mutant.Edit;

/** Mistakes that one could make in calls, and the jcstress test that finds each out. */
@SuppressWarnings("ImmutableEnumChecker") // the list of edits is a copy
enum RpcMutant implements Mistake.Named {
  REPLY_LOOKS_AND_THEN_TAKES(
      "a reply looks for its call in the table, and then takes it out",
      "ReplyAgainstGiveUp",
      new Edit(
          In.TABLE,
          "    PendingCall call = calls.remove(id);\n",
          "    PendingCall call = calls.get(id);\n    calls.remove(id);\n")),

  GIVEN_UP_IS_REMEMBERED_AFTERWARDS(
      "who gives up a call remembers that when the call is out of the table, not before",
      "ReplyAgainstGiveUp",
      new Edit(
          In.TABLE,
          "    if (!calls.containsKey(call.id)) {",
          "    if (!calls.remove(call.id, call)) {"),
      new Edit(In.TABLE, "    if (calls.remove(call.id, call)) {", "    if (call.id > 0) {")),

  FASTER_REPLY_IS_STILL_EXPECTED(
      "who gives up a call whose reply was faster still remembers that it has given up",
      "ReplyAgainstGiveUp",
      new Edit(In.TABLE, "    boolean unused = forget(call.id); // its reply was faster\n", "")),

  PLACE_IS_LEFT_TWICE(
      "who gives up a call frees its place, whoever took it out",
      "ReplyAgainstGiveUp",
      new Edit(
          In.TABLE,
          "    if (calls.remove(call.id, call)) {\n      leave();\n",
          "    leave();\n    if (calls.remove(call.id, call)) {\n")),

  CALL_IS_SETTLED_TWICE(
      "who settles a call looks whether it has ended, and then says how",
      "TwoEndsOneOutcome",
      new Edit(
          In.CALL,
          "    if (!outcome.compareAndSet(null, how)) {\n      return false;\n    }\n",
          "    if (outcome.get() != null) {\n      return false;\n    }\n    outcome.set(how);\n")),

  SETTLER_LOOKS_FOR_THE_CALLER_FIRST(
      "who settles a call looks who waits before it says how it ended, not after",
      "OutcomeWakesCaller",
      new Edit(
          In.CALL,
          "    if (!outcome.compareAndSet(null, how)) {\n",
          "    Thread before = waiter;\n"
              + In.LATER
              + "    if (!outcome.compareAndSet(null, how)) {\n"),
      new Edit(In.CALL, "    wake();\n", "    LockSupport.unpark(before);\n")),

  LATE_CALLER_DOES_NOT_WAIT(
      "a caller whose time is up, but whose reply is being handled, does not wait for that",
      "DeadlineAgainstReply",
      new Edit(
          In.CLIENT,
          "    return known != null ? known : call.awaitSettled();\n",
          "    return java.util.Objects.requireNonNull(known != null ? known :"
              + " call.outcome());\n")),

  LOSS_IS_TOLD_AFTER_THE_SWEEP(
      "the reader fails what is pending before it says that there will be no connection",
      "CallAgainstLoss",
      new Edit(
          In.LINK,
          """
              lost = why;
              for (PendingCall call : pending.all()) {
                lose(call, why, call.sentOver.get() != null);
              }
              return null;
          """,
          """
              for (PendingCall call : pending.all()) {
                lose(call, why, call.sentOver.get() != null);
              }
          """
              + In.LATER
              + "    lost = why;\n    return null;\n")),

  FAILED_SEND_IS_LEFT_TO_THE_READER(
      "a caller that cannot send does not look whether the reader has looked already",
      "CallAgainstReconnect",
      new Edit(
          In.LINK,
          "      if (session != over) {\n        return afterSweep(call, over, e);\n      }\n",
          ""),
      new Edit(
          In.LINK,
          "      if (!call.sentOver.compareAndSet(null, now)) {\n",
          In.LATER + "      if (!call.sentOver.compareAndSet(null, now)) {\n")),

  FREED_CALL_IS_SAID_NOT_TO_HAVE_BEEN_SENT(
      "who frees a call remembers that it may have reached a server afterwards, not before",
      "FreedCallMayHaveRun",
      new Edit(
          In.CALL,
          """
              sentBefore = true;
              return sentOver.compareAndSet(from, null);
          """,
          """
              boolean freed = sentOver.compareAndSet(from, null);
          """
              + In.LATER
              + """
                  sentBefore = true;
                  return freed;
              """)),

  FREED_CALL_IS_LOOKED_AT_THE_WRONG_WAY_ROUND(
      "who asks whether a call may have run looks first whether it was freed, and then over what it"
          + " is sent",
      "FreedCallMayHaveRun",
      new Edit(
          In.CALL,
          "    return sentOver.get() != null || sentBefore;",
          "    boolean before = sentBefore;\n"
              + In.LATER
              + "    return before || sentOver.get() != null;")),

  NOTHING_IS_SENT_AGAIN(
      "the reader does not send over a new connection what found none",
      "CallAgainstReconnect",
      new Edit(In.LINK, "    resend(next);\n", "")),

  REQUEST_ENDS_TWICE(
      "who ends a request looks whether it has ended, and then says so",
      "RequestCancelledAgainstReply",
      new Edit(
          In.SERVER_CALL,
          "    State before = state.getAndSet(State.ENDED);\n",
          "    State before = state.get();\n" + In.LATER + "    state.set(State.ENDED);\n")),

  KEY_IS_FORGOTTEN_WHILE_IT_RUNS(
      "who gives a request up forgets its key, as if it had not begun",
      "KeyGivenUpAgainstRun",
      new Edit(
          In.SERVER_CALL,
          "    if (before.waiting()) {\n      release(null, false);\n",
          "    if (before != State.GIVEN_UP) {\n      release(null, false);\n")),

  BEGUN_IS_TAKEN_FOR_WAITING(
      "who gives a request up looks whether it waits, and then ends it",
      "KeyGivenUpAgainstRun",
      new Edit(
          In.SERVER_CALL,
          "    State before = state.getAndUpdate(State::stopped);\n",
          "    State before = state.get();\n" + In.LATER + "    state.set(before.stopped());\n")),

  EXPIRED_REQUEST_REPLIES(
      "a request whose time is up ends without having decided that it is not replied to",
      "RequestExpiredAgainstReply",
      new Edit(
          In.SERVER_CALL,
          "    stop(link.server.counts.expired, link.server.counts.timedOut);\n",
          """
              State before = state.get();
          """
              + In.LATER
              + """
                  state.set(before.stopped());
                  if (before.wanted()) {
                    link.server.counts.timedOut.increment();
                  }
                  if (before.waiting()) {
                    release(null, false);
                  }
              """)),

  FUTURE_IS_NOT_LOOKED_AFTER(
      "a method that has returned a future does not look whether it was cancelled meanwhile",
      "RequestCancelledAgainstStage",
      new Edit(
          In.SERVER_CALL,
          """
              if (stopped) { // before the stage could be seen
                running.cancel(true);
              }
          """,
          "")),

  ASKERS_ARE_COUNTED_TOO_SOON(
      "a call with a key that ends looks who asked again before it says that it has ended",
      "AskedAgainAgainstEnd",
      new Edit(
          In.REPLAYS,
          """
              lock.lock();
              try {
                if (!running.remove(replay.name, replay)) {
                  return;
                }
                askers = List.copyOf(replay.askers);
          """,
          """
              askers = List.copyOf(replay.askers);
              lock.lock();
              try {
                if (!running.remove(replay.name, replay)) {
                  return;
                }
          """)),

  REPLY_IS_KEPT_TOO_LATE(
      "a call with a key is not under way any more before its reply is kept",
      "AskedAgainAgainstEnd",
      new Edit(
          In.REPLAYS,
          "      askers = List.copyOf(replay.askers);\n",
          """
                askers = List.copyOf(replay.askers);
              } finally {
                lock.unlock();
              }
          """
              + In.LATER
              + "    lock.lock();\n    try {\n"));

  private static final class In {
    static final String LATER = Mistake.later(20);

    static final String CALL = "PendingCall.java";
    static final String CLIENT = "RpcClient.java";
    static final String LINK = "ClientLink.java";
    static final String REPLAYS = "Replays.java";
    static final String SERVER_CALL = "ServerCall.java";
    static final String TABLE = "PendingTable.java";
  }

  private final Mistake mistake;

  RpcMutant(String words, String test, Edit... edits) {
    mistake = Mistake.beside("rpc", words, test, edits);
  }

  @Override
  public Mistake mistake() {
    return mistake;
  }
}
