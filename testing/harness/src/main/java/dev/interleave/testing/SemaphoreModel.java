// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A number of permits. */
final class SemaphoreModel implements Model<Integer>, Insight {
  private static final String OPERATIONS =
      "acquire, acquireUninterruptibly, tryAcquire, timedTryAcquire, release, availablePermits,"
          + " drainPermits";

  private final int permits;

  SemaphoreModel(int permits) {
    this.permits = permits;
  }

  @Override
  public Integer initial() {
    return permits;
  }

  @Override
  public Transition<Integer> step(Integer state, Operation call) {
    return switch (call.name()) {
      case "acquire", "acquireUninterruptibly" -> acquire(state, call, null, Transition.blocked());
      case "tryAcquire" -> acquire(state, call, true, Transition.returning(false, state));
      case "timedTryAcquire" -> acquire(state, call, true, Transition.timingOut(false, state));
      case "release" -> count(call) < 0 ? negative(state) : Transition.done(state + count(call));
      case "availablePermits" -> Transition.returning(state, state);
      case "drainPermits" -> Transition.returning(state, 0);
      default -> throw call.unknown(OPERATIONS);
    };
  }

  private static Transition<Integer> acquire(
      Integer state, Operation call, @Nullable Boolean success, Transition<Integer> otherwise) {
    if (count(call) < 0) {
      return negative(state);
    }
    int rest = state - count(call);
    return rest >= 0 ? Transition.returning(success, rest) : otherwise;
  }

  private static Transition<Integer> negative(Integer state) {
    return Transition.throwing(IllegalArgumentException.class, state);
  }

  private static int count(Operation call) {
    return call.intArgument(0, 1);
  }

  /** Permits go to the first in line, even if others could do with those that there are. */
  @Override
  public boolean mayWaitBehind(Integer state, Operation call, Operation other) {
    return waits(call) && waits(other);
  }

  private static boolean waits(Operation call) {
    return switch (call.name()) {
      case "acquire", "acquireUninterruptibly", "timedTryAcquire" -> count(call) >= 0;
      default -> false;
    };
  }

  @Override
  public boolean isReadOnly(Operation call) {
    return !call.name().equals("drainPermits") && !hasAcquired(call) && !hasReleased(call);
  }

  private static boolean hasAcquired(Operation call) {
    return switch (call.name()) {
      case "acquire", "acquireUninterruptibly" -> !(call.outcome() instanceof Outcome.Threw);
      case "tryAcquire", "timedTryAcquire" -> call.outcome().equals(Outcome.returned(true));
      default -> false;
    };
  }

  private static boolean hasReleased(Operation call) {
    return call.name().equals("release") && !(call.outcome() instanceof Outcome.Threw);
  }

  @Override
  public boolean knowsThreads() {
    return false;
  }

  /** An acquisition with the release of the same thread after it; or without one. */
  @Override
  public List<Group> groups(List<Operation> operations) {
    List<Group> groups = new ArrayList<>();
    BitSet used = new BitSet();
    for (int i = 0; i < operations.size(); i++) {
      Operation call = operations.get(i);
      if (call.name().equals("drainPermits")) {
        return List.of(); // it would find more
      }
      if (hasAcquired(call) && !call.isPending()) {
        Integer release = releaseAfter(i, operations, used);
        BitSet group = new BitSet();
        group.set(i);
        if (release != null) {
          group.set(release);
          used.set(release);
        }
        groups.add(new Group(group, release != null));
      }
    }
    return groups;
  }

  private static @Nullable Integer releaseAfter(
      int acquisition, List<Operation> operations, BitSet used) {
    Operation acquired = operations.get(acquisition);
    for (int i = acquisition + 1; i < operations.size(); i++) {
      Operation call = operations.get(i);
      if (call.thread().equals(acquired.thread())
          && hasReleased(call)
          && !call.isPending()
          && !used.get(i)
          && count(call) == count(acquired)) {
        return i;
      }
    }
    return null;
  }

  @Override
  public boolean survives(Operation readOnly) {
    return readOnly.outcome() instanceof Outcome.Threw; // of a negative number, as ever
  }
}
