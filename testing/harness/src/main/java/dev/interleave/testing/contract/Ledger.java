// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What went into a queue and what came out of it, and whether both agree.
 *
 * <p>Each producer and each consumer writes to a page of its own, without any synchronization that
 * the queue does not provide. To be checked when all are done.
 */
final class Ledger {
  /** How many elements a producer makes at most: an unbounded queue must not fill the heap. */
  static final int MOST = 1 << 15;

  private static final int NUMBER_BITS = 32;
  private static final int SHOWN = 10;

  private final List<Outgoing> producers;
  private final List<List<Long>> consumers;

  /** What one producer inserted. */
  static final class Outgoing {
    private final long producer;
    private final long[] notes = new long[MOST];
    private final List<Long> accepted = new ArrayList<>();
    private int next;

    private Outgoing(int producer) {
      this.producer = producer;
    }

    boolean isFull() {
      return next == MOST;
    }

    /** Returns an element that was never used, and notes it down in a plain field. */
    long make() {
      long element = producer << NUMBER_BITS | next;
      notes[next] = element + 1;
      next++;
      return element;
    }

    void accepted(long element) {
      accepted.add(element);
    }
  }

  Ledger(int producers, int consumers) {
    this.producers = IntStream.range(0, producers).mapToObj(Outgoing::new).toList();
    this.consumers =
        IntStream.range(0, consumers).<List<Long>>mapToObj(i -> new ArrayList<>()).toList();
  }

  Outgoing outgoing(int producer) {
    return producers.get(producer);
  }

  /**
   * Records what a consumer received, and fails unless it sees what the producer wrote before: what
   * happens before an insertion happens before what follows the removal.
   */
  void received(int consumer, long element) {
    List<Long> page = consumers.get(consumer);
    page.add(element);
    assertTrue(page.size() <= producers.size() * MOST, "received more than was ever made");
    long producer = element >> NUMBER_BITS;
    int number = (int) element;
    assertTrue(
        producer >= 0 && producer < producers.size() && number >= 0 && number < MOST,
        () -> "received, but never made: " + element);
    assertEquals(
        element + 1,
        producers.get((int) producer).notes[number],
        "written before the element was inserted, read after it was received");
  }

  /** Fails unless each accepted element was received once, or is left, and no other. */
  void assertNothingLost(List<Long> left) {
    Map<Long, Integer> balance = new HashMap<>();
    for (Outgoing producer : producers) {
      producer.accepted.forEach(element -> balance.merge(element, 1, Integer::sum));
    }
    int accepted = balance.size();
    consumers.forEach(page -> page.forEach(element -> balance.merge(element, -1, Integer::sum)));
    left.forEach(element -> balance.merge(element, -1, Integer::sum));
    List<String> wrong =
        balance.entrySet().stream()
            .filter(entry -> entry.getValue() != 0)
            .limit(SHOWN)
            .map(entry -> text(entry.getKey(), entry.getValue()))
            .toList();
    assertTrue(wrong.isEmpty(), () -> "of " + accepted + " accepted elements: " + wrong);
  }

  /** Fails if a consumer received the elements of some producer in another order than inserted. */
  void assertInOrderOfEachProducer() {
    for (List<Long> page : consumers) {
      Map<Long, Long> latest = new HashMap<>();
      for (Long element : page) {
        Long before = latest.put(element >> NUMBER_BITS, element);
        assertTrue(
            before == null || before < element,
            () -> text(element) + " was received after " + text(before == null ? -1 : before));
      }
    }
  }

  private static String text(long element, int balance) {
    return text(element)
        + (balance > 0 ? " was lost" : " came out without going in, or twice, or after a refusal");
  }

  private static String text(long element) {
    return "element " + (int) element + " of producer " + (element >> NUMBER_BITS);
  }
}
