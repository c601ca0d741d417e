// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import dev.interleave.Deadline;
import dev.interleave.diagnose.Owner;
import dev.interleave.diagnose.Owners;
import dev.interleave.diagnose.Resource;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Something that happens once and that threads wait for, seen by those who look for deadlocks.
 *
 * <p>What a thread does before it opens the gate happens before what others do that find it open.
 */
final class Gate implements Resource {
  private final String name;
  private final String kind;

  /** Who alone can open it, now; itself null if anybody could, and so is what it returns. */
  private final @Nullable Supplier<? extends @Nullable Thread> opener;

  private final CountDownLatch latch = new CountDownLatch(1);

  Gate(String name, String kind, @Nullable Supplier<? extends @Nullable Thread> opener) {
    this.name = name;
    this.kind = kind;
    this.opener = opener;
  }

  void open() {
    latch.countDown();
  }

  boolean isOpen() {
    return latch.getCount() == 0;
  }

  /**
   * Waits until it opens or the deadline passes.
   *
   * @return whether it is open
   */
  boolean await(String wants, Deadline deadline) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    return Waits.await(latch, this, wants, deadline.remainingNanos());
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
    if (isOpen()) {
      return Owners.nobody();
    }
    Thread thread = opener == null ? null : opener.get();
    return thread == null ? Owners.anyone() : Owners.one(Owner.of(thread, "OWNER"));
  }
}
