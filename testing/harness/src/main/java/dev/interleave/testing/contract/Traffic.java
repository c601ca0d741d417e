// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Producers and consumers that use one queue in all forms, at random from a fixed seed. If wild,
 * they give up after short times and interrupt one another.
 *
 * <p>It ends after its time, when each consumer has been told so by an element; or else, when
 * someone closes the queue.
 */
final class Traffic {
  private static final int PRODUCERS = 3;
  private static final int CONSUMERS = 2;
  private static final long SEED = 33;
  private static final int ROUNDS_PER_INTERRUPT = 8;
  private static final int LONGEST_TIMEOUT_NANOS = 200_000;
  private static final int BATCH = 4;

  /** Greater than all others, so it comes last, or else what is left is found in the end. */
  private static final long STOP = Long.MAX_VALUE;

  private final Crew crew;
  private final BlockingQueue<Long> queue;
  private final long limit;
  private final boolean wild;
  private final @Nullable Class<? extends Throwable> closed;
  private final Ledger ledger = new Ledger(PRODUCERS, CONSUMERS);
  private final SplittableRandom seeds = new SplittableRandom(SEED);
  private final long start = System.nanoTime();

  /** Who takes part; may be used again when a run is over. */
  record Crew(List<Actor> producers, List<Actor> consumers, Actor last) {
    static Crew of(Actors actors) {
      return new Crew(
          actors.actors(PRODUCERS, "producer"),
          actors.actors(CONSUMERS, "consumer"),
          actors.actor("last"));
    }
  }

  private Traffic(
      Crew crew,
      BlockingQueue<Long> queue,
      long limit,
      boolean wild,
      @Nullable Class<? extends Throwable> closed) {
    this.crew = crew;
    this.queue = queue;
    this.limit = limit;
    this.wild = wild;
    this.closed = closed;
  }

  /** Runs for some time and returns what went in and came out. */
  static Ledger run(BlockingQueue<Long> queue, Crew crew, Duration time, boolean wild)
      throws InterruptedException {
    Traffic traffic = new Traffic(crew, queue, Waiting.nanos(time), wild, null);
    traffic.start(() -> {});
    return traffic.ledger;
  }

  /** Runs until the queue has been closed, and returns what went in and came out. */
  static Ledger runUntilClosed(
      BlockingQueue<Long> queue, Crew crew, Class<? extends Throwable> closed, Task closing)
      throws InterruptedException {
    Traffic traffic = new Traffic(crew, queue, Long.MAX_VALUE, false, closed);
    traffic.start(closing);
    return traffic.ledger;
  }

  private void start(Task closing) throws InterruptedException {
    List<Step<?>> producing = new ArrayList<>();
    List<Step<?>> consuming = new ArrayList<>();
    for (int i = 0; i < PRODUCERS; i++) {
      Producer producer = new Producer(ledger.outgoing(i));
      producing.add(crew.producers.get(i).start(producer::work));
    }
    for (int i = 0; i < CONSUMERS; i++) {
      Consumer consumer = new Consumer(i);
      consuming.add(crew.consumers.get(i).start(consumer::work));
    }
    crew.last.run(closing);
    for (Step<?> step : producing) {
      step.result();
    }
    if (closed == null) {
      crew.last.run(() -> {
        for (int i = 0; i < CONSUMERS; i++) {
          queue.put(STOP);
        }
      });
    }
    for (Step<?> step : consuming) {
      step.result();
    }
  }

  /** Returns what is left in the queue when all have ended. */
  static List<Long> left(BlockingQueue<Long> queue) {
    List<Long> left = new ArrayList<>();
    queue.drainTo(left);
    return left;
  }

  private void maybeInterruptSomeone(SplittableRandom random) {
    if (wild && random.nextInt(ROUNDS_PER_INTERRUPT) == 0) {
      int whom = random.nextInt(PRODUCERS + CONSUMERS);
      (whom < PRODUCERS ? crew.producers.get(whom) : crew.consumers.get(whom - PRODUCERS))
          .interrupt();
    }
  }

  private long timeout(SplittableRandom random) {
    return wild ? random.nextInt(LONGEST_TIMEOUT_NANOS) : Waiting.FOR_GOOD_NANOS;
  }

  /** Returns normally if this says that the queue has been closed. */
  private void expectClosed(RuntimeException failure) {
    if (closed == null || !closed.isInstance(failure)) {
      throw failure;
    }
  }

  private final class Producer {
    private final Ledger.Outgoing outgoing;
    private final SplittableRandom random = seeds.split();

    /** Whether the last one found no room: the next one waits, lest others never get to run. */
    private boolean refused;

    Producer(Ledger.Outgoing outgoing) {
      this.outgoing = outgoing;
    }

    void work() {
      try {
        while (!outgoing.isFull() && System.nanoTime() - start < limit) {
          maybeInterruptSomeone(random);
          long element = outgoing.make();
          refused = !insert(element);
          if (!refused) {
            outgoing.accepted(element);
          }
        }
      } catch (RuntimeException e) {
        expectClosed(e);
      }
    }

    private boolean insert(long element) {
      try {
        return switch (random.nextInt(refused ? 2 : 4)) {
          case 0 -> queue.offer(element, timeout(random), TimeUnit.NANOSECONDS);
          case 1 -> Insertion.PUT.into(queue, element);
          case 2 -> queue.offer(element);
          default -> add(element);
        };
      } catch (InterruptedException e) {
        return false; // one of the outcomes that it is about
      }
    }

    /** Where a refusal could mean closed or full, the other form of it is used. */
    private boolean add(long element) {
      if (closed != null) {
        return queue.offer(element);
      }
      try {
        return queue.add(element);
      } catch (IllegalStateException full) {
        return false;
      }
    }
  }

  private final class Consumer {
    private final int number;
    private final SplittableRandom random = seeds.split();
    private boolean stopped;

    /** Whether there was nothing the last time: the next time it waits. */
    private boolean empty;

    Consumer(int number) {
      this.number = number;
    }

    void work() {
      try {
        while (!stopped) {
          maybeInterruptSomeone(random);
          List<Long> received = new ArrayList<>(BATCH);
          receive(received);
          empty = received.isEmpty();
          received.forEach(this::record);
        }
      } catch (RuntimeException e) {
        expectClosed(e);
      }
    }

    private void receive(List<Long> received) {
      try {
        switch (random.nextInt(empty ? 2 : 4)) {
          case 0 -> add(received, queue.poll(timeout(random), TimeUnit.NANOSECONDS));
          case 1 -> received.add(queue.take());
          case 2 -> add(received, queue.poll());
          default -> queue.drainTo(received, BATCH);
        }
      } catch (InterruptedException e) {
        // One of the outcomes that it is about: nothing was received.
      }
    }

    private static void add(List<Long> received, @Nullable Long element) {
      if (element != null) {
        received.add(element);
      }
    }

    private void record(Long element) {
      if (requireNonNull(element, "received null") != STOP) {
        ledger.received(number, element);
      } else if (!stopped) {
        stopped = true;
      } else {
        passOn();
      }
    }

    /** One that was meant for another; there is room, as it came out just now, or will be. */
    private void passOn() {
      boolean done = false;
      while (!done) {
        try {
          queue.put(STOP);
          done = true;
        } catch (InterruptedException e) {
          // The race is over for this one; it is not to be stopped by the others.
        }
      }
    }
  }
}
