// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.NullMarked;

/** A lock. */
@NullMarked
final class LockReference implements Reference {
  private final boolean reentrant;
  private final ArrayDeque<String> holds = new ArrayDeque<>();

  LockReference(boolean reentrant) {
    this.reentrant = reentrant;
  }

  @Override
  public Call random(Random random) {
    return Reference.pick(
        random,
        new Call("lock"),
        new Call("lockInterruptibly"),
        new Call("tryLock"),
        new Call("timedTryLock"),
        new Call("unlock"),
        new Call("unlock"),
        new Call("unlock"),
        new Call("isLocked"),
        new Call("isHeldByCurrentThread"));
  }

  @Override
  public List<Outcome> outcomes(String thread, Call call) {
    boolean mine = thread.equals(holds.peek());
    boolean free = holds.isEmpty() || (reentrant && mine);
    return switch (call.name()) {
      case "lock", "lockInterruptibly" -> free ? List.of(DONE) : List.of();
      case "tryLock", "timedTryLock" -> List.of(free ? TRUE : FALSE);
      case "unlock" -> List.of(mine ? DONE : Outcome.threw(IllegalMonitorStateException.class));
      case "isLocked" -> List.of(Outcome.returned(!holds.isEmpty()));
      default -> List.of(Outcome.returned(mine));
    };
  }

  @Override
  public void apply(String thread, Call call, Outcome outcome) {
    switch (call.name()) {
      case "lock", "lockInterruptibly", "tryLock", "timedTryLock" -> {
        if (!outcome.equals(FALSE)) {
          holds.push(thread);
        }
      }
      case "unlock" -> {
        if (outcome.equals(DONE)) {
          holds.pop();
        }
      }
      default -> {}
    }
  }

  @Override
  public Reference copy() {
    LockReference copy = new LockReference(reentrant);
    copy.holds.addAll(holds);
    return copy;
  }

  @Override
  public Outcome invent(Call call, Random random) {
    return switch (call.name()) {
      case "lock", "lockInterruptibly" -> DONE;
      case "unlock" ->
          Reference.pick(random, DONE, Outcome.threw(IllegalMonitorStateException.class));
      default -> Reference.pick(random, TRUE, FALSE);
    };
  }
}
