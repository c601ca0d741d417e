// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.mutants;

import dev.interleave.mutants.Mutant.Edit;

/** Mistakes that one could make in a connection, and the jcstress test that finds each out. */
@SuppressWarnings("ImmutableEnumChecker") // the list of edits is a copy
enum TransportMutant implements Mistake.Named {
  SLEEPER_LOOKS_BEFORE_IT_ANNOUNCES(
      "who is about to sleep looks before it says so, not after",
      "SendWakesReceiver",
      new Edit(
          In.SLEEPER,
          "        ring.announce(flag);\n        if (isReady()) {",
          "        boolean before = isReady();\n"
              + "        ring.announce(flag);\n        if (before) {")),

  SENDER_LOOKS_BEFORE_IT_PUBLISHES(
      "a sender looks whether the receiver sleeps before it publishes, not after",
      "SendWakesReceiver",
      new Edit(
          In.CONNECTION,
          "    if (out.publish()) {\n      link.published();\n    }",
          "    link.published();\n    boolean unused = out.publish();")),

  RECEIVER_TELLS_NOBODY_OF_ROOM(
      "a receiver does not wake the sender when there is room",
      "ReceiveWakesSender",
      new Edit(
          In.CONNECTION,
          "    if (in.consume()) {\n      link.freed();\n    }",
          "    boolean unused = in.consume();")),

  FRAME_IS_PUBLISHED_BEFORE_IT_IS_FILLED(
      "a frame is published before its bytes are there",
      "FrameIsPublished",
      new Edit(
          In.WRITER,
          "    fill(offset, frame);\n    finish(length);\n    return true;",
          "    finish(length);\n    boolean unused = publish();\n"
              + Mistake.later(20)
              + "    fill(offset, frame);\n    return true;")),

  TURN_IS_GIVEN_UP_WITHOUT_A_LOOK(
      "who gives up its turn does not look whether a flush is wanted",
      "FlushAgainstWrite",
      new Edit(
          In.CONNECTION,
          "    sending.unlock();\n    flushIfWanted();\n",
          "    sending.unlock();\n")),

  CLOSE_WAKES_NOBODY(
      "a close does not wake who waits here",
      "CloseWakesReceiver",
      new Edit(In.CONNECTION, "    wakeAll();\n    if (!sending", "    if (!sending"));

  private static final class In {
    static final String CONNECTION = "RingConnection.java";
    static final String SLEEPER = "Sleeper.java";
    static final String WRITER = "RingWriter.java";
  }

  private final Mistake mistake;

  TransportMutant(String words, String test, Edit... edits) {
    mistake = Mistake.in("ipc", words, test, edits);
  }

  @Override
  public Mistake mistake() {
    return mistake;
  }
}
