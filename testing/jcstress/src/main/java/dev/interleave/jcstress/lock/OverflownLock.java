// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import dev.interleave.lock.BiasedReadWriteLock;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Arrays;

/**
 * Locks in which every slot is taken, so that all readers but the first counted one are recorded in
 * the map. That takes four readers for each thread's window; here the slots say that a thread long
 * gone holds them, by the counter, so that a writer leaves them alone.
 */
final class OverflownLock {
  /** The word of a slot held by a thread that never was, by the counter: see ReaderSlots. */
  private static final long STRANGERS = (1L << 50 << 3) | 2;

  private OverflownLock() {}

  static BiasedReadWriteLock make(boolean biased) {
    BiasedReadWriteLock lock = BiasedReadWriteLock.builder().biased(biased).build();
    try {
      Object table = get(get(lock, "sync"), "table");
      Method slotsMade = table.getClass().getDeclaredMethod("slotsMade");
      slotsMade.setAccessible(true);
      // The counts between the words get the same value: of such a lock the statistics say nothing.
      Arrays.fill((long[]) get(slotsMade.invoke(table), "cells"), STRANGERS);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("not the lock that this was written for", e);
    }
    return lock;
  }

  /** Whether a reader was recorded in the map of such a lock: else a test proves nothing. */
  static boolean isOverflown(BiasedReadWriteLock lock) {
    try {
      return (boolean) get(get(get(lock, "sync"), "table"), "overflowed");
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("not the lock that this was written for", e);
    }
  }

  private static Object get(Object object, String name) throws ReflectiveOperationException {
    Field field = object.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return field.get(object);
  }
}
