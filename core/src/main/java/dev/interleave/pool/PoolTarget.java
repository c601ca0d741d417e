// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

/** A pool, as {@link AdaptiveSizing} sees it. */
final class PoolTarget implements AdaptiveSizing.Target {
  private final MonitoredPool pool;

  /** How many stay when there is nothing to do, if there may be as many. */
  private final int stay;

  PoolTarget(MonitoredPool pool) {
    this.pool = pool;
    stay = pool.stats().min();
  }

  /**
   * Two who steer the same pool would each undo what the other does.
   *
   * @throws IllegalStateException if somebody does already
   */
  void begin() {
    if (!pool.steer()) {
      throw new IllegalStateException("Pool " + pool.name() + " is steered already");
    }
  }

  void end() {
    pool.endSteering();
  }

  @Override
  public String name() {
    return pool.name();
  }

  @Override
  public AdaptiveSizing.Load load() {
    PoolStats now = pool.stats();
    return new AdaptiveSizing.Load(
        now.max(),
        now.live() - now.compensating(),
        now.queued(),
        now.completed(),
        pool.busyNanos(),
        pool.waitedNanos(),
        now.shutdown());
  }

  @Override
  public void resize(int size) {
    pool.resize(Math.min(stay, size), size);
  }
}
