// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds what the calling thread holds of one manager, without a {@code ThreadLocal} that would stay
 * behind in the thread: a few slots, each on cache lines of its own, and a map for those who find
 * theirs taken.
 *
 * <p>A thread's entry is where it has put it until it takes it out, and no other thread touches it.
 * So it looks into its slot, and if another's is in there, or none, into the map. (It must not ask
 * the map whether it is empty: the sum of its counters is no snapshot.)
 *
 * @param <K> the keys
 */
final class HoldingThreads<K> {
  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(HeldKeys[].class);

  /** In place of a slot: it is in the map. */
  private static final int IN_MAP = -1;

  /** It is not here. */
  private static final int NOWHERE = 0;

  /** References from one slot to the next: 64 bytes or more. */
  private static final int STRIDE_SHIFT = 4;

  /** Four per processor, 16 to 256: busy threads rarely share one. */
  private static final int BITS =
      32
          - Integer.numberOfLeadingZeros(
              Math.clamp(Runtime.getRuntime().availableProcessors() * 4L, 16, 256) - 1);

  private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

  @SuppressWarnings({"unchecked", "rawtypes"}) // there are no arrays of generic types
  private final @Nullable HeldKeys<K>[] slots = new HeldKeys[((1 << BITS) + 1) << STRIDE_SHIFT];

  private final ConcurrentHashMap<Thread, HeldKeys<K>> map = new ConcurrentHashMap<>();

  private static int slotOf(Thread thread) {
    // Neighbouring ids come to lie far from each other.
    return ((int) ((thread.threadId() * GOLDEN_RATIO) >>> (64 - BITS)) + 1) << STRIDE_SHIFT;
  }

  /** What the thread, which is the calling one, has put here; null if nothing. */
  @Nullable HeldKeys<K> find(Thread thread) {
    // Another's is looked at without synchronization: its thread is a final field.
    HeldKeys<K> there = slots[slotOf(thread)];
    return there != null && there.thread == thread ? there : map.get(thread);
  }

  void add(HeldKeys<K> held) {
    int slot = slotOf(held.thread);
    if (slots[slot] == null && SLOT.compareAndSet(slots, slot, null, held)) {
      held.slot = slot;
    } else {
      map.put(held.thread, held);
      held.slot = IN_MAP;
    }
  }

  /** Takes it out, if it is here. */
  void remove(HeldKeys<K> held) {
    int slot = held.slot;
    if (slot == NOWHERE) {
      return;
    }
    held.slot = NOWHERE;
    if (slot == IN_MAP) {
      map.remove(held.thread);
    } else {
      SLOT.setRelease(slots, slot, null);
    }
  }

  /** Whether nobody has anything here; for tests, when nobody comes or goes. */
  boolean isEmpty() {
    for (HeldKeys<K> held : slots) {
      if (held != null) {
        return false;
      }
    }
    return map.isEmpty();
  }
}
