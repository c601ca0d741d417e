// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import dev.interleave.diagnose.Owner;
import dev.interleave.diagnose.Owners;
import dev.interleave.diagnose.Resource;
import dev.interleave.diagnose.Wait;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What threads wait for here, as those see it who look for deadlocks. */
abstract class PoolResource implements Resource {
  private final String name;
  private final String kind;

  private PoolResource(String name, String kind) {
    this.name = name;
    this.kind = kind;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String kind() {
    return kind;
  }

  /**
   * The end of one of several tasks. One that runs is ended by its runner; one that waits, by any
   * worker that becomes free; unless the pool can start another one.
   */
  static Resource task(Engine engine, List<Task> tasks) {
    String name =
        tasks.size() == 1
            ? tasks.get(0).name(engine.name())
            : tasks.size() + " of " + engine.name();
    return new PoolResource(name, "task") {
      @Override
      public Owners owners(Wait wait) {
        List<Owner> owners = new ArrayList<>();
        for (Task task : tasks) {
          if (task.isOver()) {
            return Owners.nobody(); // the waiter is about to go on
          }
          if (task.endsInTime()) {
            return Owners.anyone(); // the clock, if nobody else
          }
          Thread runner = task.isRunning() ? task.runner() : null;
          if (runner != null) {
            owners.add(Owner.of(runner, "RUNNER"));
          } else if (task.isWaiting()) {
            List<Owner> workers = workers(engine);
            if (workers.isEmpty()) {
              return Owners.anyone();
            }
            owners.addAll(workers);
          } else {
            return Owners.nobody(); // it has just ended
          }
        }
        return owners.size() == 1 ? Owners.one(owners.get(0)) : Owners.any(owners);
      }
    };
  }

  /** All workers; none if one is just starting, or can be started. */
  private static List<Owner> workers(Engine engine) {
    List<Owner> owners = new ArrayList<>();
    if (!engine.canGrow()) {
      for (Worker worker : engine.workers()) {
        owners.add(Owner.of(worker.thread(), "WORKER"));
      }
    }
    return owners.size() < engine.live() ? List.of() : owners;
  }

  /** A place for one more task. Whoever waits for it does so for a limited time only. */
  static Resource place(String pool) {
    return new PoolResource(pool, "pool") {
      @Override
      public Owners owners(Wait wait) {
        return Owners.anyone();
      }
    };
  }

  /** The end of a pool that is shut down: all that runs has to end. */
  static Resource end(Engine engine) {
    return new PoolResource(engine.name(), "pool") {
      @Override
      public Owners owners(Wait wait) {
        List<Owner> owners = new ArrayList<>();
        for (Worker worker : engine.workers()) {
          if (worker.current() != null) {
            owners.add(Owner.of(worker.thread(), "RUNNER"));
          }
        }
        return Owners.all(owners);
      }
    };
  }

  /** For messages. */
  static String describe(@Nullable Thread thread) {
    return thread == null ? "nobody" : '"' + thread.getName() + '"';
  }
}
