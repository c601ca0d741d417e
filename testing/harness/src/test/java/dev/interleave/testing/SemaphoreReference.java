// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.NullMarked;

/** A semaphore. */
@NullMarked
final class SemaphoreReference implements Reference {
  private static final Outcome NEGATIVE = Outcome.threw(IllegalArgumentException.class);

  private int permits;

  SemaphoreReference(int permits) {
    this.permits = permits;
  }

  @Override
  public Call random(Random random) {
    return Reference.pick(
        random,
        new Call("acquire"),
        new Call("acquire", 2),
        new Call("acquire", -1),
        new Call("acquireUninterruptibly"),
        new Call("tryAcquire", 2),
        new Call("timedTryAcquire"),
        new Call("release"),
        new Call("release", 2),
        new Call("release", -1),
        new Call("availablePermits"),
        new Call("drainPermits"));
  }

  private static int count(Call call) {
    return call.arguments().isEmpty() ? 1 : (int) Objects.requireNonNull(call.argument());
  }

  @Override
  public List<Outcome> outcomes(String thread, Call call) {
    if (count(call) < 0) {
      return List.of(NEGATIVE);
    }
    boolean enough = permits >= count(call);
    return switch (call.name()) {
      case "acquire", "acquireUninterruptibly" -> enough ? List.of(DONE) : List.of();
      case "tryAcquire", "timedTryAcquire" -> List.of(enough ? TRUE : FALSE);
      case "release" -> List.of(DONE);
      default -> List.of(Outcome.returned(permits));
    };
  }

  /** Permits go to the first in line. */
  @Override
  public boolean mayWaitBehind(String thread, Call call, Call other) {
    List<String> waiting = List.of("acquire", "acquireUninterruptibly", "timedTryAcquire");
    return waiting.contains(call.name()) && waiting.contains(other.name()) && count(call) >= 0;
  }

  @Override
  public void apply(String thread, Call call, Outcome outcome) {
    if (outcome.equals(NEGATIVE)) {
      return;
    }
    switch (call.name()) {
      case "release" -> permits += count(call);
      case "drainPermits" -> permits = 0;
      case "availablePermits" -> {}
      default -> permits -= outcome.equals(FALSE) ? 0 : count(call);
    }
  }

  @Override
  public Reference copy() {
    return new SemaphoreReference(permits);
  }

  @Override
  public Outcome invent(Call call, Random random) {
    return switch (call.name()) {
      case "acquire", "release" -> Reference.pick(random, DONE, DONE, NEGATIVE);
      case "acquireUninterruptibly" -> DONE;
      case "tryAcquire", "timedTryAcquire" -> Reference.pick(random, TRUE, FALSE);
      default -> Outcome.returned(random.nextInt(4));
    };
  }
}
