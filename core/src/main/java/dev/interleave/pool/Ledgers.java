// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;

/**
 * All ledgers of a pool. One of a worker that has gone is taken over by the next, so that there are
 * no more than there were workers at the same time, and no number ever goes back.
 *
 * <p>Sums are taken without a lock: they lie between what was true when the call began and what was
 * when it ended.
 */
final class Ledgers {
  /** For those who are no workers: who cancels what waits, who runs out of time. */
  final Ledger outside = new Ledger(true);

  private final int stripes;
  private final Queue<Ledger> spare = new ConcurrentLinkedQueue<>();
  private final ReentrantLock lock = new ReentrantLock();
  private volatile Ledger[] all = {outside};

  /**
   * Makes the ledgers of a pool.
   *
   * @param stripes how many are shared by all workers, a power of two; 0 if each has its own
   */
  Ledgers(int stripes) {
    this.stripes = stripes;
    for (int i = 0; i < stripes; i++) {
      add(new Ledger(true));
    }
  }

  /** For a worker that begins. */
  Ledger take(int worker) {
    if (stripes > 0) {
      return all[1 + (worker & (stripes - 1))];
    }
    Ledger old = spare.poll();
    return old != null ? old : add(new Ledger(false));
  }

  /** Of a worker that has gone. */
  void giveBack(Ledger ledger) {
    if (stripes == 0) {
      spare.add(ledger); // which hands over what was written plainly
    }
  }

  private Ledger add(Ledger ledger) {
    lock.lock();
    try {
      Ledger[] more = Arrays.copyOf(all, all.length + 1);
      more[all.length] = ledger;
      all = more;
      return ledger;
    } finally {
      lock.unlock();
    }
  }

  long sum(int what) {
    long sum = 0;
    for (Ledger ledger : all) {
      sum += ledger.get(what);
    }
    return sum;
  }

  /** How many tasks have ended. */
  long ended() {
    long sum = 0;
    for (Ledger ledger : all) {
      sum += ledger.ended();
    }
    return sum;
  }

  List<Ledger> all() {
    return List.of(all);
  }
}
