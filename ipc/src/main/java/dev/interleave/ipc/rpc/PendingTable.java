// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The calls that wait for a reply: a bounded number, less the places that are held by what goes on
 * after calls have ended. Thread-safe.
 */
final class PendingTable {
  /** Of how many given up calls it is known that a reply to them is late. */
  private static final int REMEMBERED = 4096;

  final LongAdder late = new LongAdder();
  final LongAdder duplicate = new LongAdder();
  final LongAdder unknown = new LongAdder();
  private final int max;
  private final Map<Long, PendingCall> calls = new ConcurrentHashMap<>();
  private final AtomicInteger size = new AtomicInteger();
  private final AtomicInteger held = new AtomicInteger();
  private final AtomicInteger forThread = new AtomicInteger();
  private final AtomicLong lastId = new AtomicLong();
  private final ReentrantLock lock = new ReentrantLock();
  private final Set<Long> givenUp = new LinkedHashSet<>(); // guarded by lock

  PendingTable(int max) {
    this.max = max;
  }

  /** Takes a place; false if there is none. */
  boolean enter() {
    for (int now = size.get(); now < max; now = size.get()) {
      if (size.compareAndSet(now, now + 1)) {
        return true;
      }
    }
    return false;
  }

  /** Gives back a place that was taken and not used. */
  void leave() {
    size.decrementAndGet();
  }

  /**
   * Takes a place although there may be none, for what a call that has just left its own leaves to
   * be done. As a new call may have been faster, there can be one more than the maximum for each
   * thread that ends calls.
   */
  void hold() {
    held.incrementAndGet();
    size.incrementAndGet();
  }

  /** Gives back a place that was held. */
  void release() {
    held.decrementAndGet();
    leave();
  }

  /** Why there is no place. */
  String full() {
    int holding = held.get();
    return size()
        + " calls are pending already"
        + (holding == 0 ? "" : ", and " + holding + " that have ended have something to do yet");
  }

  private void uncount(PendingCall call) {
    if (!call.mayLead) {
      forThread.decrementAndGet();
    }
  }

  long nextId() {
    return lastId.incrementAndGet();
  }

  /** In the place that was taken. */
  void add(PendingCall call) {
    if (!call.mayLead) {
      forThread.incrementAndGet(); // before anybody could find it, and take it out
    }
    calls.put(call.id, call);
  }

  /** Takes out a call that has a reply; null, and counted, if none waits for it. */
  @Nullable PendingCall replied(long id) {
    PendingCall call = calls.remove(id);
    if (call != null) {
      leave();
      uncount(call);
    } else if (id <= 0 || id > lastId.get()) {
      unknown.increment();
    } else if (forget(id)) {
      late.increment();
    } else {
      duplicate.increment();
    }
    return call;
  }

  private boolean forget(long id) {
    lock.lock();
    try {
      return givenUp.remove(id);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes out a call that ends without a reply, to which one may still come; false if it is out.
   */
  boolean giveUp(PendingCall call) {
    if (!calls.containsKey(call.id)) {
      return false;
    }
    // Remembered before it is out: a reply that finds it out finds it here.
    lock.lock();
    try {
      givenUp.add(call.id);
      if (givenUp.size() > REMEMBERED) {
        givenUp.remove(givenUp.iterator().next());
      }
    } finally {
      lock.unlock();
    }
    if (calls.remove(call.id, call)) {
      leave();
      uncount(call);
      return true;
    }
    boolean unused = forget(call.id); // its reply was faster
    return false;
  }

  /** Whether there are calls whose callers do not read. */
  boolean needsThread() {
    return forThread.get() != 0;
  }

  int size() {
    return calls.size();
  }

  List<PendingCall> all() {
    return new ArrayList<>(calls.values());
  }
}
