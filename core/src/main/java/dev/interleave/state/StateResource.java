// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.state;

import dev.interleave.diagnose.Owner;
import dev.interleave.diagnose.Owners;
import dev.interleave.diagnose.Resource;
import dev.interleave.diagnose.Wait;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What threads of this package wait for, as those see it who look for deadlocks. */
final class StateResource implements Resource {
  private final String name;
  private final String kind;

  /** Who alone lets the waiters go on, now; itself null if anybody could. */
  private final @Nullable Supplier<? extends @Nullable Thread> owner;

  StateResource(String name, String kind, @Nullable Supplier<? extends @Nullable Thread> owner) {
    this.name = name;
    this.kind = kind;
    this.owner = owner;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String kind() {
    return kind;
  }

  @Override
  public Owners owners(Wait wait) {
    if (owner == null) {
      return Owners.anyone();
    }
    Thread thread = owner.get();
    // A thread never waits for itself here: that is refused. It has just got what it wanted.
    return thread == null || thread == wait.thread()
        ? Owners.nobody()
        : Owners.one(Owner.of(thread, "OWNER"));
  }
}
