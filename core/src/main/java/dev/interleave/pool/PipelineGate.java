// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import dev.interleave.Deadline;
import dev.interleave.diagnose.Owner;
import dev.interleave.diagnose.Owners;
import dev.interleave.diagnose.Resource;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

/**
 * Something that happens once, when so many have done their part, and that threads wait for, seen
 * by who looks for deadlocks. What is done before a part happens before what others do that find it
 * open.
 */
final class PipelineGate implements Resource {
  private final String name;
  private final CountDownLatch latch;

  /** All who still have a part to do; none if that is not known. */
  private final Supplier<List<Thread>> doers;

  PipelineGate(String name, int parts, Supplier<List<Thread>> doers) {
    this.name = name;
    latch = new CountDownLatch(parts);
    this.doers = doers;
  }

  void part() {
    latch.countDown();
  }

  boolean isOpen() {
    return latch.getCount() == 0;
  }

  /** Whether it is open; waits until it is, or the deadline passes. */
  boolean await(String wants, Deadline deadline) throws InterruptedException {
    return Waits.await(latch, this, wants, deadline.remainingNanos());
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String kind() {
    return "pipeline";
  }

  @Override
  public Owners owners(Wait wait) {
    if (isOpen()) {
      return Owners.nobody();
    }
    List<Owner> owners = new ArrayList<>();
    for (Thread thread : doers.get()) {
      owners.add(Owner.of(thread, "WORKER"));
    }
    return owners.isEmpty() ? Owners.anyone() : Owners.all(owners);
  }
}
