// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Threads that register waits without parking, for things that others are said to hold. */
final class Waiters implements AutoCloseable {
  private final Actors actors = new Actors(ThreadKind.VIRTUAL, Knot.PATIENCE);
  private final List<Waiter> waiters = new ArrayList<>();
  private final LongAdder asked = new LongAdder();

  /** Something to wait for. */
  final class Held implements Resource {
    private final boolean mutex;
    private final AtomicReference<Owners> owners = new AtomicReference<>(Owners.nobody());
    private volatile @Nullable Object watcher;

    private Held(boolean mutex, Waiter... by) {
      this.mutex = mutex;
      heldBy(by);
    }

    void heldBy(Waiter... by) {
      owners.set(Owners.all(Arrays.stream(by).map(w -> Owner.of(w.thread(), "LOCK")).toList()));
    }

    /** Whose it is; before that, everybody's. */
    Held of(DeadlockDetector detector) {
      watcher = detector;
      return this;
    }

    @Override
    public String name() {
      return "held";
    }

    @Override
    public String kind() {
      return "thing";
    }

    @Override
    public @Nullable Object watcher() {
      return watcher;
    }

    @Override
    public Owners owners(Wait wait) {
      asked.increment();
      return owners.get();
    }

    @Override
    public boolean keepsOwners(Wait wait) {
      return mutex;
    }
  }

  /** A thread. */
  final class Waiter {
    private final Actor actor;
    private final List<Wait> waits = new ArrayList<>();

    private Waiter(String name) {
      actor = actors.actor(name);
    }

    Thread thread() {
      return actor.thread();
    }

    void waitsFor(Resource resource) throws InterruptedException {
      startsToWaitFor(resource).result();
    }

    /** Done when nobody is being told of anything any more. */
    Step<?> startsToWaitFor(Resource resource) {
      return actor.start(() -> waits.add(Waits.enter(resource, "LOCK", Wait.Exit.INTERRUPT)));
    }

    void leaves() throws InterruptedException {
      actor.run(() -> waits.removeLast().leave());
    }

    /** What it has begun to wait for first, of what it still waits for. */
    Wait first() {
      return waits.getFirst();
    }
  }

  Waiter waiter(String name) {
    Waiter waiter = new Waiter(name);
    waiters.add(waiter);
    return waiter;
  }

  /** Something that its holder keeps for itself. */
  Held mutex(Waiter... holder) {
    return new Held(true, holder);
  }

  /** Something that others may come to hold as well; who waits for it waits for all. */
  Held shared(Waiter... holders) {
    return new Held(false, holders);
  }

  /** How often things were asked who holds them. */
  long asked() {
    return asked.sum();
  }

  @Override
  public void close() throws InterruptedException {
    for (Waiter waiter : waiters) {
      while (!waiter.waits.isEmpty()) {
        waiter.leaves();
      }
    }
    actors.close();
  }
}
