// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.lock;

import dev.interleave.diagnose.DeadlockDetector;
import dev.interleave.diagnose.DeadlockException;
import dev.interleave.examples.Crew;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.lock.LockOrderException;
import dev.interleave.lock.OrderedLockManager;
import dev.interleave.lock.WatchedLock;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;

/** Resources that are updated in pairs, in whatever order their users name them. */
public final class OrderedResources implements Example {
  private static final int ROUNDS = 3;

  private final OrderedLockManager<String> locks =
      OrderedLockManager.<String>builder().name("resources").recordOneIn(1).build();
  private final Map<String, Resource> resources =
      Map.of("a", new Resource("a"), "b", new Resource("b"), "c", new Resource("c"));

  /** Made by the tour. */
  public OrderedResources() {}

  /** Data that is guarded by the lock of its name. */
  private final class Resource {
    private final String name;
    private final Map<String, String> data = new HashMap<>();

    Resource(String name) {
      this.name = name;
    }

    /** Both or none; they may be the same. */
    void updateWith(Resource other, String key, String value) {
      try (var g = locks.acquire(List.of(name, other.name))) {
        data.put(key, value);
        other.data.put(key, value);
      }
    }

    int size() {
      try (var g = locks.acquire(List.of(name))) {
        return data.size();
      }
    }
  }

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new OrderedResources());
  }

  @Override
  public String shows() {
    return "Three workers update a and b, b and a, c and a: the manager takes the locks in the"
        + " order of their names. By hand in any order, one is refused, and without a manager the"
        + " workers deadlock.";
  }

  @Override
  public String run(PrintStream out) throws Exception {
    inPairs(out);
    outOfOrder(out);
    int victims = withoutOrder(DeadlockDetector.create(), out);
    Expect.equal("keys in use", 0L, locks.stats().keys());
    return "9 updates of 2 resources without a deadlock, 1 refused order, and %d victim without one"
        .formatted(victims);
  }

  private void inPairs(PrintStream out) throws InterruptedException {
    Resource a = resource("a");
    Resource b = resource("b");
    Resource c = resource("c");
    CyclicBarrier start = new CyclicBarrier(3);
    try (Crew crew = new Crew()) {
      work(crew, "worker-1", start, a, b);
      work(crew, "worker-2", start, b, a);
      work(crew, "worker-3", start, c, a);
      crew.join();
    }
    out.printf("entries: a %d, b %d, c %d%n", a.size(), b.size(), c.size());
    Expect.equal("entries of a", 3 * ROUNDS, a.size());
    Expect.equal("entries of b", 2 * ROUNDS, b.size());
    Expect.equal("entries of c", ROUNDS, c.size());
    a.updateWith(a, "again", "the same twice"); // one lock, acquired once
    Expect.equal("entries of a", 3 * ROUNDS + 1, a.size());
  }

  private static void work(
      Crew crew, String name, CyclicBarrier start, Resource mine, Resource other) {
    crew.platform(
        name,
        () -> {
          start.await();
          for (int round = 0; round < ROUNDS; round++) {
            mine.updateWith(other, name + "/" + round, "done");
          }
        });
  }

  /** One by one, they have to be taken in order; the first thread that does not is told. */
  private void outOfOrder(PrintStream out) throws InterruptedException {
    try (Crew crew = new Crew()) {
      crew.platform(
          "worker-4",
          () -> {
            Lock b = locks.lock("b");
            b.lock();
            try {
              LockOrderException e =
                  Expect.thrown(
                      LockOrderException.class,
                      () -> {
                        locks.lock("a").lock();
                        return "acquired";
                      });
              out.println(e.getMessage());
            } finally {
              b.unlock();
            }
          });
      crew.join();
    }
  }

  /** The same with locks that nobody orders, at the worst moment. */
  private static int withoutOrder(DeadlockDetector detector, PrintStream out)
      throws InterruptedException {
    WatchedLock a = detector.lock("a");
    WatchedLock b = detector.lock("b");
    CountDownLatch bothHoldOne = new CountDownLatch(2);
    AtomicInteger victims = new AtomicInteger();
    try (detector;
        Crew crew = new Crew()) {
      for (List<WatchedLock> order : List.of(List.of(a, b), List.of(b, a))) {
        crew.virtual(
            "worker-" + order.get(0).name() + order.get(1).name(),
            () -> {
              order.get(0).lock();
              try {
                bothHoldOne.countDown();
                bothHoldOne.await();
                visit(order.get(1));
              } catch (DeadlockException e) {
                victims.incrementAndGet();
                String message = Objects.requireNonNull(e.getMessage(), "says why");
                out.println("without an order: " + message.lines().findFirst().orElse(""));
              } finally {
                order.get(0).unlock();
              }
            });
      }
      crew.join();
    }
    Expect.equal("victims", 1, victims.get());
    return victims.get();
  }

  private Resource resource(String name) {
    return Expect.present(name, resources.get(name));
  }

  private static void visit(WatchedLock lock) {
    lock.lock();
    try {
      Thread.onSpinWait(); // the work
    } finally {
      lock.unlock();
    }
  }
}
