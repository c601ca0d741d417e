// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc;

import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Waiting;
import java.time.Duration;

/** What an actor waits for, as whoever looks for the reason of a hang finds it. */
public final class ActorWaits {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private ActorWaits() {}

  /** The wait of an actor, as soon as it is in one. */
  public static Wait awaitWait(Actor actor) throws InterruptedException {
    return Waiting.untilPresent(
        () -> Waits.of(actor.thread()), PATIENCE, () -> actor.name() + " waits for nothing");
  }
}
