// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.mutants;

import dev.interleave.mutants.Mutant.Edit;

/** Mistakes that one could make in reliable channels, and the jcstress test that finds each out. */
@SuppressWarnings("ImmutableEnumChecker") // the list of edits is a copy
enum ChannelMutant implements Mistake.Named {
  TIME_MAKES_NOTHING_DUE(
      "a message is repeated only if later ones have arrived, not when its time is up",
      "LostMessageIsRepeated",
      new Edit(In.OUTBOX, "if (item.lost || item.dueAt - now <= 0) {", "if (item.lost) {")),

  OVERTAKEN_IS_NOT_LOST(
      "a message that later ones have overtaken is repeated only when its time is up",
      "OvertakenMessageIsRepeated",
      new Edit(
          In.OUTBOX,
          "        item.lost = true;\n        someLost = true;\n",
          "        someLost = true;\n")),

  HIGHEST_IS_ACKNOWLEDGED(
      "the highest number that has come is acknowledged, whatever is missing before it",
      "OvertakenMessageIsRepeated",
      new Edit(
          In.INBOX,
          "return expected == end ? end : expected - 1;",
          "return expected == end ? end : highest;")),

  OLD_MESSAGE_IS_PUT_IN_AGAIN(
      "a message that has come before is put in again",
      "OldMessageComesAgain",
      new Edit(
          In.ARRIVALS,
          "case AGAIN -> duplicates++;",
          "case AGAIN -> inbox.put(frame.number(), Frames.copy(frame.payload()));")),

  GAP_HOLDS_UP_NOTHING(
      "a message that comes early is received although one is missing before it",
      "OvertakenMessageIsRepeated",
      new Edit(
          In.INBOX,
          "while (expected <= taken + window && slots[slot(expected)] != null) {",
          "while (expected <= highest) {")),

  BITMAP_BEGINS_TOO_LOW(
      "the first bit of an acknowledgement is taken for the last message before",
      "OvertakenMessageIsRepeated",
      new Edit(
          In.OUTBOX, "long base = frame.acknowledged() + 1;", "long base = frame.acknowledged();")),

  TIME_TO_REPEAT_STAYS(
      "the time after which a message is repeated does not grow",
      "RepeatsAgainstAcknowledgement",
      new Edit(In.ROUND_TRIP, "      timeout *= 2;\n", "")),

  OLD_ACKNOWLEDGEMENT_TAKES_ROOM(
      "an acknowledgement that was overtaken takes back the room of the newer one",
      "RoomAgainstOldAcknowledgement",
      new Edit(In.OUTBOX, "limit = Math.max(limit, frame.limit());", "limit = frame.limit();")),

  LOST_WITH_ITS_CONNECTION(
      "what was on its way over a connection that is lost is not sent again",
      "MessageSurvivesConnection",
      new Edit(In.TRANSMITTER, "    outbox.connectionLost();\n", "")),

  QUIET_SIDE_IS_SILENT(
      "the time until a sign of life begins anew with each look",
      "QuietSideIsHeard",
      new Edit(
          In.TRANSMITTER,
          "long beatAt = sentAt + options.heartbeat().toNanos();",
          "long beatAt = now + options.heartbeat().toNanos();")),

  END_OVERTAKES_MESSAGES(
      "the end counts when it comes, not behind the last message",
      "EndIsBehindTheLastMessage",
      new Edit(In.INBOX, "return taken + 1 == end;", "return end != 0;")),

  LEAVER_DOES_NOT_SAY_SO(
      "who closes does not say that it takes no more messages in",
      "TwoEndsClose",
      new Edit(
          In.TRANSMITTER,
          "            answerDue,\n            leaving,\n",
          "            answerDue,\n            false,\n")),

  LEAVER_TAKES_MESSAGES_IN(
      "who has closed acknowledges what nobody will receive",
      "SendAgainstClose",
      new Edit(
          In.ARRIVALS, "return; // not acknowledged, as nobody will receive it", "// and goes on")),

  LEAVING_WAKES_NOBODY(
      "that the other side takes no more messages in wakes nobody who waits for it",
      "LeavingWakesWaiter",
      new Edit(
          In.ARRIVALS,
          "if (outbox.acknowledge(frame, now) || knew != transmitter.isPeerLeaving()) {",
          "if (outbox.acknowledge(frame, now)) {"));

  private static final class In {
    static final String ARRIVALS = "ReliableArrivals.java";
    static final String INBOX = "Inbox.java";
    static final String OUTBOX = "Outbox.java";
    static final String ROUND_TRIP = "RoundTrip.java";
    static final String TRANSMITTER = "Transmitter.java";
  }

  private final Mistake mistake;

  ChannelMutant(String words, String test, Edit... edits) {
    mistake = Mistake.beside("channel", words, test, edits);
  }

  @Override
  public Mistake mistake() {
    return mistake;
  }
}
