// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/** The locks of one order that one thread holds: a chain from the one acquired last downwards. */
final class HoldingStack {
  final long threadId;

  /** To see whether it has ended, without keeping it. */
  private final WeakReference<Thread> thread;

  private final boolean inMap;

  /** Only the thread's. */
  LockOrder.@Nullable Member top;

  HoldingStack(Thread thread, boolean inMap) {
    this.threadId = thread.threadId();
    this.thread = new WeakReference<>(thread);
    this.inMap = inMap;
  }

  boolean isInMap() {
    return inMap;
  }

  boolean hasEnded() {
    Thread owner = thread.get();
    return owner == null || owner.getState() == Thread.State.TERMINATED;
  }
}
