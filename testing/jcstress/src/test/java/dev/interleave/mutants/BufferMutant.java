// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.mutants;

import dev.interleave.mutants.Mutant.Edit;

/** Mistakes that one could make in a buffer's ring, and the jcstress test that finds each out. */
@SuppressWarnings("ImmutableEnumChecker") // the list of edits is a copy
enum BufferMutant implements Mistake.Named {
  PUBLISHED_BEFORE_WRITTEN(
      "a producer says that a slot may be read before it has written it",
      "OfferedIsPublished",
      new Edit(In.RING, "          items[(int) to & mask] = item;\n", ""),
      new Edit(
          In.RING,
          "          return Put.ACCEPTED;\n",
          "          items[(int) to & mask] = item;\n          return Put.ACCEPTED;\n")),

  FULL_BY_SLOTS(
      "a buffer is full when all slots are, however many items it may hold",
      "LastPlace",
      new Edit(In.RING, "if (to - left >= capacity) {", "if (to - left >= slots) {")),

  CLOSE_OVERWRITES_AN_INSERTION(
      "a close sets its bit without looking whether something was inserted meanwhile",
      "OfferAgainstClose",
      new Edit(
          In.RING,
          "      if (TAIL.compareAndSet(this, end, end | FLAG)) {",
          "      tail = end | FLAG;\n      if (end >= 0) {")),

  CLOSE_LEAVES_TAKERS_ASLEEP(
      "a close does not wake those who wait for an item",
      "CloseWakesTaker",
      new Edit(In.RING, "        supply.wakeAll();\n", "")),

  PRODUCER_LEAVES_TAKERS_ASLEEP(
      "a producer does not look whether somebody waits for an item",
      "PutWakesTaker",
      new Edit(
          In.RING,
          "          if (supply.isWanted()) {\n            supply.wake();\n          }\n",
          "")),

  ARMS_TOO_LATE(
      "the first in line says that it is to be woken when it parks, after it has tried",
      "PutWakesTaker",
      new Edit(In.LINE, "          arm();\n          result = attempt.now();", ""),
      new Edit(
          In.LINE,
          "        } else if (!first || (wanted & ARMED) != 0) {\n",
          "        } else {\n          arm();\n")),

  REMOVES_WITHOUT_FREEZING(
      "an item is removed from the middle while others take",
      "RemoveAgainstPoll",
      new Edit(
          In.RING,
          "      if (from >= 0 && HEAD.compareAndSet(this, from, from | FLAG)) {",
          "      if (from >= 0) {")),

  REMOVAL_LEAVES_PUTTERS_ASLEEP(
      "a removal from the middle does not wake those who wait for room",
      "RemoveWakesPutter",
      new Edit(
          In.RING,
          "    afterRemoval();\n    return (int) (newHead - from);\n",
          "    return (int) (newHead - from);\n")),

  LEASE_COUNTED_TOO_LATE(
      "a lease is counted after its item has left, and not before",
      "LeaseAgainstAwaitIdle",
      new Edit(
          In.RING,
          "    leased.getAndIncrement();\n    E item = poll();",
          "    E item = poll();\n    leased.getAndIncrement();"));

  private static final class In {
    static final String RING = "RingStore.java";
    static final String LINE = "WaitLine.java";
  }

  private final Mistake mistake;

  BufferMutant(String words, String test, Edit... edits) {
    mistake = Mistake.in("buffer", words, test, edits);
  }

  @Override
  public Mistake mistake() {
    return mistake;
  }
}
