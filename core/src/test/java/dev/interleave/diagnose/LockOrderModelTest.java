// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.diagnose.OrderGraph.Edge;
import dev.interleave.diagnose.OrderGraph.LockClass;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A {@link LockOrder} learns the same steps, with the same gates, as a model that keeps a plain
 * list of what each thread holds and looks at every acquisition: whatever locks remember of where
 * they were held last.
 */
class LockOrderModelTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int MOST_HELD = 4;

  private final LockOrder order = LockOrder.builder().build();
  private final OrderGraph expected = new OrderGraph(100, Set.of());
  private final List<Lock> locks = new ArrayList<>();

  /** A lock, and its class in either graph. */
  private static final class Lock {
    final ReentrantLock lock = new ReentrantLock();
    final LockOrder.Member member;
    final LockClass modelClass;
    final long number;

    Lock(LockOrder.Member member, LockClass modelClass, long number) {
      this.member = member;
      this.modelClass = modelClass;
      this.number = number;
    }
  }

  /** Two locks of one class, and others each of its own; members are numbered from 1 on. */
  private void addLocks(int n) {
    for (int i = 0; i < n; i++) {
      String name = "class " + Math.max(1, i);
      locks.add(new Lock(order.join(name), classIn(expected, name), i + 1));
    }
  }

  private record Held(Lock lock, boolean tried) {}

  /** One thread: what it holds, as a list, and what it does next. */
  private final class Holder {
    private final Random random;

    /** Whether it waits for locks, so that it has to keep an order, or never finds one held. */
    private final boolean waits;

    private final List<Held> held = new ArrayList<>();
    private List<Integer> nest = List.of();
    private int repeats;

    Holder(long seed, boolean waits) {
      random = new Random(seed);
      this.waits = waits;
    }

    /** Some locks in each other, several times, as programs do; and any steps in between. */
    void next() {
      if (held.isEmpty() && random.nextInt(10) != 0) {
        nest();
      } else if (held.isEmpty() || (held.size() < MOST_HELD && random.nextBoolean())) {
        acquire(random.nextInt(locks.size()));
      } else if (random.nextInt(8) == 0) {
        waitFor(held.get(random.nextInt(held.size())));
      } else {
        release(random.nextInt(3) == 0 ? random.nextInt(held.size()) : held.size() - 1);
      }
    }

    private void nest() {
      if (repeats == 0) {
        nest = random.ints(random.nextInt(1, MOST_HELD + 1), 0, locks.size()).boxed().toList();
        repeats = random.nextInt(6);
      }
      repeats--;
      nest.forEach(this::acquire);
      while (!held.isEmpty() && random.nextInt(20) != 0) {
        release(held.size() - 1);
      }
      repeats = Math.max(0, repeats);
    }

    private void acquire(int index) {
      Lock lock = locks.get(index);
      if (lock.lock.isHeldByCurrentThread()) {
        return;
      }
      boolean tries = random.nextInt(6) == 0 || (waits && isAgainstOrder(lock));
      if (tries) {
        if (lock.lock.tryLock()) {
          lock.member.acquiredByTrying();
          held.add(new Held(lock, true));
        }
      } else if (waits || !lock.lock.isLocked()) {
        expectSteps(lock);
        lock.member.acquiring();
        lock.lock.lock();
        lock.member.acquired();
        held.add(new Held(lock, false));
      }
    }

    private boolean isAgainstOrder(Lock lock) {
      return held.stream().anyMatch(h -> h.lock.number > lock.number);
    }

    private void expectSteps(Lock wanted) {
      for (int i = held.size() - 1; i >= 0; i--) {
        Held top = held.get(i);
        if (top.lock.modelClass != wanted.modelClass) {
          List<Long> gates =
              held.stream()
                  .map(Held::lock)
                  .filter(gate -> gate != top.lock && gate != wanted)
                  .map(gate -> gate.number)
                  .toList();
          PotentialDeadlock unused = expected.add(top.lock.modelClass, wanted.modelClass, gates);
        }
        if (!top.tried) {
          return;
        }
      }
    }

    /** For a condition, which is signalled at once. */
    private void waitFor(Held lock) {
      if (waits && isAgainstOrder(lock.lock)) {
        return;
      }
      if (!held.getLast().equals(lock) || lock.tried) {
        expectSteps(lock.lock);
      }
      lock.lock.member.reacquiring();
      lock.lock.member.releasing();
      lock.lock.lock.unlock();
      lock.lock.lock.lock();
      lock.lock.member.acquired();
      held.remove(lock);
      held.add(new Held(lock.lock, false));
    }

    private void release(int index) {
      Held last = held.remove(index);
      last.lock.member.releasing();
      last.lock.lock.unlock();
    }

    void releaseAll() {
      while (!held.isEmpty()) {
        release(held.size() - 1);
      }
    }
  }

  /** One of them does something, then another one: more threads than have their stacks at hand. */
  @ParameterizedTest
  @EnumSource
  void oneAfterTheOther(ThreadKind kind) throws Exception {
    addLocks(7);
    Random random = new Random(7);
    try (Actors actors = new Actors(kind, PATIENCE)) {
      List<Actor> threads = actors.actors(40, "holder");
      List<Holder> holders = new ArrayList<>();
      for (int i = 0; i < threads.size(); i++) {
        holders.add(new Holder(i, false));
      }
      for (int i = 0; i < 4_000; i++) {
        int who = random.nextInt(random.nextInt(1, threads.size())); // some more than others
        int turns = random.nextInt(1, 12);
        threads
            .get(who)
            .run(() -> {
              for (int turn = 0; turn < turns; turn++) {
                holders.get(who).next();
              }
              if (who > 3) {
                holders.get(who).releaseAll(); // else soon nothing is free
              }
            });
        if (i % 50 == 0) {
          assertThat(steps(order.graph)).isEqualTo(steps(expected));
        }
      }
    }
    assertThat(steps(order.graph)).isEqualTo(steps(expected)).hasSizeGreaterThan(20);
  }

  @ParameterizedTest
  @EnumSource
  void atTheSameTime(ThreadKind kind) throws Exception {
    addLocks(6);
    int turns = Boolean.getBoolean("interleave.thorough") ? 1_000_000 : 60_000;
    try (Actors actors = new Actors(kind, PATIENCE)) {
      List<Step<?>> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Holder holder = new Holder(i, true);
        all.add(
            actors
                .actor("holder " + i)
                .start(() -> {
                  for (int turn = 0; turn < turns; turn++) {
                    holder.next();
                  }
                  holder.releaseAll();
                }));
      }
      for (Step<?> each : all) {
        each.result();
      }
    }
    assertThat(steps(order.graph)).isEqualTo(steps(expected)).hasSizeGreaterThan(5);
  }

  private static LockClass classIn(OrderGraph graph, String name) {
    return Objects.requireNonNull(graph.lockClass(name), name);
  }

  /** What a graph has learnt: the gates of each step. */
  private Map<String, Set<Long>> steps(OrderGraph graph) {
    Map<String, Set<Long>> steps = new TreeMap<>();
    for (Lock lock : locks) {
      for (Edge edge : classIn(graph, lock.modelClass.name).next.values()) {
        steps.put(edge.from.name + " -> " + edge.to.name, edge.gates);
      }
    }
    return steps;
  }
}
