// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Who is woken when several wait: as many as there are elements, or room, and no one in vain. */
abstract class QueueWakeUpContract extends QueueWaitingContract {
  private static final int CROWD = 8;
  private static final long LEAVING_MICROS = 20_000;

  /** Many waiting consumers get one element each. */
  @ContractTest
  public void everyOneOfManyConsumersGetsOne(Actors actors) throws InterruptedException {
    Actor producer = actors.actor("producer");
    List<Actor> crowd = actors.actors(CROWD, "consumer");
    for (boolean atOnce : new boolean[] {true, false}) {
      BlockingQueue<Long> queue = create(Math.max(CROWD, smallestCapacity()));
      List<Step<@Nullable Long>> waiting = new ArrayList<>();
      for (int i = 0; i < CROWD; i++) {
        Removal out = Removal.WAITING.get(i % Removal.WAITING.size());
        waiting.add(crowd.get(i).startCall(() -> out.from(queue)));
      }
      awaitBlocked(waiting);
      List<Long> elements = LongStream.range(0, CROWD).boxed().toList();
      if (atOnce) {
        producer.run(() -> queue.addAll(elements));
      } else {
        producer.run(() -> {
          for (long element : elements) {
            queue.put(element);
          }
        });
      }
      HashSet<Long> received = new HashSet<>();
      for (Step<@Nullable Long> step : waiting) {
        received.add(step.result());
      }
      assertEquals(new HashSet<>(elements), received, "received");
      producer.run(() -> assertHolds(queue));
    }
  }

  /** Many waiting producers all get in, one removal after the other. */
  @ContractTest
  public void everyOneOfManyProducersGetsIn(Actors actors) throws InterruptedException {
    assumeBounded();
    Actor consumer = actors.actor("consumer");
    BlockingQueue<Long> queue = full(smallestCapacity());
    List<Step<Boolean>> waiting = startProducers(actors.actors(CROWD, "producer"), queue);
    awaitBlocked(waiting);
    List<Long> removed = new ArrayList<>();
    consumer.run(() -> {
      for (int i = 0; i < CROWD + smallestCapacity(); i++) {
        removed.add(queue.take());
      }
    });
    for (Step<Boolean> step : waiting) {
      assertTrue(step.result(), "insertion");
    }
    assertEquals(
        LongStream.range(-smallestCapacity(), CROWD).boxed().toList(),
        removed.stream().sorted().toList());
    consumer.run(() -> assertHolds(queue));
  }

  /** What makes room for several lets as many waiting producers in, not only one. */
  @ContractTest
  public void bulkRemovalLetsAsManyIn(Actors actors) throws InterruptedException {
    assumeBounded();
    for (Freeing way : Freeing.bulk()) {
      assertLetsAllIn(actors, way);
    }
  }

  /** So do removeIf, removeAll and retainAll. */
  @ContractTest
  public void filteringLetsAsManyIn(Actors actors) throws InterruptedException {
    assumeBounded();
    assumeRemovesInside();
    for (Freeing way : Freeing.filtering()) {
      assertLetsAllIn(actors, way);
    }
  }

  private void assertLetsAllIn(Actors actors, Freeing way) throws InterruptedException {
    Actor consumer = actors.actor("consumer");
    int capacity = smallestCapacity() + 3;
    BlockingQueue<Long> queue = full(capacity);
    List<Step<Boolean>> waiting = startProducers(actors.actors(capacity, "producer"), queue);
    awaitBlocked(waiting);
    consumer.run(() -> way.in(queue));
    for (Step<Boolean> step : waiting) {
      assertTrue(step.result(), () -> "insertion after " + way);
    }
    consumer.run(() -> assertHolds(queue, LongStream.range(0, capacity).boxed().toList()));
  }

  /** An element for one of several waiting consumers leaves the others waiting. */
  @ContractTest
  public void oneElementIsForOneConsumer(Actors actors) throws InterruptedException {
    Actor producer = actors.actor("producer");
    BlockingQueue<Long> queue = smallQueue();
    List<Step<Long>> waiting = new ArrayList<>();
    for (Actor consumer : actors.actors(3, "consumer")) {
      waiting.add(consumer.startCall(queue::take));
    }
    awaitBlocked(waiting);
    for (int left = 3; left > 0; left--) {
      producer.run(() -> queue.put(7L));
      Waiting.until(
          () -> waiting.stream().anyMatch(Step::isDone),
          patience(),
          () -> "no one gets the element: " + queue);
      Step<Long> served = waiting.stream().filter(Step::isDone).findFirst().orElseThrow();
      assertEquals(7, served.result());
      waiting.remove(served);
      awaitBlocked(waiting);
    }
  }

  /** Consumers in the same form are served in the order of their arrival, if promised. */
  @ContractTest
  public void consumersAreServedInOrder(Actors actors) throws InterruptedException {
    assumeTrue(fair(), "not fair");
    Actor producer = actors.actor("producer");
    for (Removal out : Removal.WAITING) {
      BlockingQueue<Long> queue = smallQueue();
      List<Step<@Nullable Long>> waiting = new ArrayList<>();
      for (Actor consumer : actors.actors(4, "consumer")) {
        Step<@Nullable Long> step = consumer.startCall(() -> out.from(queue));
        step.awaitBlocked();
        waiting.add(step);
      }
      for (int i = 0; i < waiting.size(); i++) {
        long element = i;
        producer.run(() -> queue.put(element));
        assertEquals(element, waiting.get(i).result(), "what consumer " + i + " got");
      }
    }
  }

  /** Producers in the same form get in in the order of their arrival, if promised. */
  @ContractTest
  public void producersAreServedInOrder(Actors actors) throws InterruptedException {
    assumeTrue(fair(), "not fair");
    assumeBounded();
    Actor consumer = actors.actor("consumer");
    for (Insertion in : Insertion.WAITING) {
      BlockingQueue<Long> queue = full(smallestCapacity());
      List<Step<Boolean>> waiting = new ArrayList<>();
      for (Actor producer : actors.actors(4, "producer")) {
        long element = waiting.size();
        Step<Boolean> step = producer.startCall(() -> in.into(queue, element));
        step.awaitBlocked();
        waiting.add(step);
      }
      for (int i = 0; i < waiting.size(); i++) {
        consumer.run(queue::take);
        assertTrue(waiting.get(i).result(), in + " of the one that came as " + i);
        List<Step<Boolean>> later = waiting.subList(i + 1, waiting.size());
        assertTrue(later.stream().noneMatch(Step::isDone), "someone got in out of turn");
      }
    }
  }

  /** A consumer that leaves, by an interrupt or its time, does not keep those behind it waiting. */
  @ContractTest
  public void leavingConsumerDoesNotBlockTheOthers(Actors actors) throws InterruptedException {
    Actor front = actors.actor("front");
    Actor leaver = actors.actor("leaver");
    Actor back = actors.actor("back");
    Actor producer = actors.actor("producer");
    for (boolean byInterrupt : new boolean[] {true, false}) {
      BlockingQueue<Long> queue = create(Math.max(2, smallestCapacity()));
      Step<Long> first = front.startCall(queue::take);
      first.awaitBlocked();
      Step<@Nullable Long> leaving =
          leaver.startCall(
              () -> byInterrupt ? queue.take() : queue.poll(LEAVING_MICROS, TimeUnit.MICROSECONDS));
      leaving.awaitBlockedOrDone();
      Step<Long> last = back.startCall(queue::take);
      last.awaitBlocked();
      if (byInterrupt) {
        leaver.interrupt();
        assertInterrupted(leaving);
      } else {
        assertNull(leaving.result(), "timed poll of an empty queue");
      }
      producer.run(() -> queue.put(1L));
      producer.run(() -> queue.put(2L));
      assertEquals(3, first.result() + last.result());
    }
  }

  /** A producer that leaves, by an interrupt or its time, does not keep those behind it waiting. */
  @ContractTest
  public void leavingProducerDoesNotBlockTheOthers(Actors actors) throws InterruptedException {
    assumeBounded();
    Actor front = actors.actor("front");
    Actor leaver = actors.actor("leaver");
    Actor back = actors.actor("back");
    Actor consumer = actors.actor("consumer");
    int capacity = Math.max(2, smallestCapacity());
    for (boolean byInterrupt : new boolean[] {true, false}) {
      BlockingQueue<Long> queue = full(capacity);
      Step<?> first = front.start(() -> queue.put(1L));
      first.awaitBlocked();
      Step<Boolean> leaving =
          leaver.startCall(() ->
              byInterrupt
                  ? Insertion.PUT.into(queue, 0)
                  : queue.offer(0L, LEAVING_MICROS, TimeUnit.MICROSECONDS));
      leaving.awaitBlockedOrDone();
      Step<?> last = back.start(() -> queue.put(2L));
      last.awaitBlocked();
      if (byInterrupt) {
        leaver.interrupt();
        assertInterrupted(leaving);
      } else {
        assertFalse(leaving.result(), "timed offer to a full queue");
      }
      consumer.run(queue::take);
      consumer.run(queue::take);
      first.result();
      last.result();
    }
  }

  /** A consumer may leave at the very moment an element comes: if it did, the next one gets it. */
  @ContractTest
  public void elementThatMeetsALeavingConsumerGoesToTheNext(Actors actors)
      throws InterruptedException {
    BlockingQueue<Long> queue = create(Math.max(2, smallestCapacity()));
    Actor producer = actors.actor("producer");
    Actor leaver = actors.actor("leaver");
    Actor next = actors.actor("next");
    SplittableRandom random = new SplittableRandom(20_26);
    Aim aim = new Aim(random);
    long start = System.nanoTime();
    do {
      boolean byInterrupt = random.nextBoolean();
      long nanos = byInterrupt ? Waiting.FOR_GOOD_NANOS : aim.nextTimeout();
      Step<Boolean> leaving = leaver.startCall(() -> receives(queue, nanos, aim));
      leaving.awaitBlockedOrDone();
      Step<Long> waiting = next.startCall(queue::take);
      waiting.awaitBlocked();
      aim.isSet();
      Step<?> coming =
          producer.start(() -> {
            if (!byInterrupt) {
              aim.strike();
            }
            queue.put(7L);
          });
      if (byInterrupt) {
        leaver.interrupt();
      }
      coming.result();
      if (leaving.result()) {
        producer.run(() -> queue.put(7L));
      }
      assertEquals(7, waiting.result());
    } while (System.nanoTime() - start < Waiting.nanos(stressTime()));
    producer.run(() -> assertHolds(queue));
  }

  /** A producer may leave at the very moment room comes: if it did, the next one gets in. */
  @ContractTest
  public void roomThatMeetsALeavingProducerGoesToTheNext(Actors actors)
      throws InterruptedException {
    assumeBounded();
    int capacity = smallestCapacity();
    BlockingQueue<Long> queue = full(capacity);
    Actor consumer = actors.actor("consumer");
    Actor leaver = actors.actor("leaver");
    Actor next = actors.actor("next");
    SplittableRandom random = new SplittableRandom(20_26);
    Aim aim = new Aim(random);
    long unique = 0;
    long start = System.nanoTime();
    do {
      boolean byInterrupt = random.nextBoolean();
      long nanos = byInterrupt ? Waiting.FOR_GOOD_NANOS : aim.nextTimeout();
      long mine = unique++;
      long other = unique++;
      Step<Boolean> leaving = leaver.startCall(() -> getsIn(queue, mine, nanos, aim));
      leaving.awaitBlockedOrDone();
      Step<?> waiting = next.start(() -> queue.put(other));
      waiting.awaitBlocked();
      aim.isSet();
      Step<?> removal =
          consumer.start(() -> {
            if (!byInterrupt) {
              aim.strike();
            }
            Long unused = queue.take();
          });
      if (byInterrupt) {
        leaver.interrupt();
      }
      removal.result();
      if (leaving.result()) {
        consumer.run(queue::take);
      }
      waiting.result();
      assertEquals(capacity, queue.size(), "size() of a queue that is full again");
    } while (System.nanoTime() - start < Waiting.nanos(stressTime()));
  }

  private static List<Step<Boolean>> startProducers(
      List<Actor> producers, BlockingQueue<Long> queue) {
    List<Step<Boolean>> steps = new ArrayList<>();
    for (int i = 0; i < producers.size(); i++) {
      Insertion in = Insertion.WAITING.get(i % Insertion.WAITING.size());
      long element = i;
      steps.add(producers.get(i).startCall(() -> in.into(queue, element)));
    }
    return steps;
  }

  private static void awaitBlocked(List<? extends Step<?>> steps) throws InterruptedException {
    for (Step<?> step : steps) {
      step.awaitBlocked();
    }
  }

  /** Returns whether an element was received; if not, then by a timeout or an interrupt. */
  private static boolean receives(BlockingQueue<Long> queue, long nanos, Aim aim) {
    aim.begin();
    try {
      return queue.poll(nanos, TimeUnit.NANOSECONDS) != null;
    } catch (InterruptedException e) {
      return false; // one of the outcomes that the test is about
    }
  }

  /** Returns whether an element was inserted; if not, then by a timeout or an interrupt. */
  private static boolean getsIn(BlockingQueue<Long> queue, long element, long nanos, Aim aim) {
    aim.begin();
    try {
      return queue.offer(element, nanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      return false; // one of the outcomes that the test is about
    }
  }
}
