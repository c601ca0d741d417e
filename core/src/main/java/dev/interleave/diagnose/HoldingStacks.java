// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the stack of the calling thread without a {@code ThreadLocal} that would stay behind. A
 * slot belongs to the thread that took it first, for as long as that one lives: so it comes back to
 * it without any synchronization. Whoever finds its slot taken by a thread that has not ended puts
 * its stack into a map while it holds something. A thread has its stack in one place only: it looks
 * into the map before it takes a slot, and out of the map it takes it when it is empty.
 */
final class HoldingStacks {
  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(HoldingStack[].class);

  /** Four per processor, 16 to 256: busy threads rarely share one. */
  private static final int BITS =
      32
          - Integer.numberOfLeadingZeros(
              Math.clamp(Runtime.getRuntime().availableProcessors() * 4L, 16, 256) - 1);

  private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

  private final @Nullable HoldingStack[] slots = new HoldingStack[1 << BITS];
  private final ConcurrentHashMap<Long, HoldingStack> map = new ConcurrentHashMap<>();

  private static int slotOf(long threadId) {
    return (int) ((threadId * GOLDEN_RATIO) >>> (64 - BITS)); // neighbours come to lie apart
  }

  /** The stack of the calling thread, whose id that is; null if it has none. */
  @Nullable HoldingStack find(long id) {
    // Another's is looked at without synchronization: its id is a final field.
    HoldingStack there = slots[slotOf(id)];
    return there != null && there.threadId == id ? there : map.get(id);
  }

  /** The stack of the calling thread, which is about to hold something. */
  HoldingStack findOrAdd(Thread thread) {
    long id = thread.threadId();
    HoldingStack there = slots[slotOf(id)];
    return there != null && there.threadId == id ? there : findOrAddSlow(thread);
  }

  private HoldingStack findOrAddSlow(Thread thread) {
    long id = thread.threadId();
    HoldingStack mine = map.get(id);
    if (mine != null) {
      return mine;
    }
    int slot = slotOf(id);
    HoldingStack there = (HoldingStack) SLOT.getAcquire(slots, slot);
    if (there == null || there.hasEnded()) {
      mine = new HoldingStack(thread, false);
      if (SLOT.compareAndSet(slots, slot, there, mine)) {
        return mine;
      }
    }
    mine = new HoldingStack(thread, true);
    map.put(id, mine);
    return mine;
  }

  /** How many stacks found no slot, and are not empty. */
  int inMap() {
    return map.size();
  }

  /** Takes an empty stack out of the map. */
  void remove(HoldingStack stack) {
    map.remove(stack.threadId);
  }
}
