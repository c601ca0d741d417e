// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * Shows a {@link MonitoredPool} to Micrometer. It wraps nothing: the pool counts anyway, and the
 * registry asks when it publishes, which takes some microseconds for each meter. So tasks run as
 * fast as without.
 *
 * <pre>{@code
 * new PoolMetrics(pool).bindTo(registry);
 * }</pre>
 *
 * <p>All meters have the tag {@code name}, the name of the pool, and those given.
 *
 * <table>
 * <caption>Meters</caption>
 * <tr><th>meter</th><th>kind</th><th>further tag</th></tr>
 * <tr><td>{@code interleave.pool.threads}</td><td>gauge</td>
 *     <td>{@code state}: live, peak, min, max, compensating</td></tr>
 * <tr><td>{@code interleave.pool.active}, {@code interleave.pool.queued}</td><td>gauge</td>
 *     <td></td></tr>
 * <tr><td>{@code interleave.pool.submitted}</td><td>counter</td><td></td></tr>
 * <tr><td>{@code interleave.pool.ended}</td><td>counter</td>
 *     <td>{@code outcome}: completed, failed, cancelled, timed-out, discarded</td></tr>
 * <tr><td>{@code interleave.pool.rejected}</td><td>counter</td>
 *     <td>{@code reason}: aborted, caller-ran, blocked, dropped, shutdown, no-thread</td></tr>
 * <tr><td>{@code interleave.pool.starvations}, {@code interleave.pool.stuck}</td><td>counter</td>
 *     <td></td></tr>
 * <tr><td>{@code interleave.pool.wait}, {@code interleave.pool.run}</td><td>timer</td><td></td></tr>
 * <tr><td>{@code interleave.pool.wait.percentile}, {@code interleave.pool.run.percentile}</td>
 *     <td>time gauge</td><td>{@code phi}: 0.5, 0.9, 0.99, 1</td></tr>
 * </table>
 *
 * <p>What they mean is said in {@link PoolStats}. The timers count tasks that were {@linkplain
 * MonitoredPool.Builder#timingOneIn timed} and ran; the percentiles are those since the pool began.
 *
 * <p>Needs {@code io.micrometer:micrometer-core}, which the library does not bring along. Immutable
 * and thread-safe. The registry keeps no pool alive that nobody else uses.
 */
public final class PoolMetrics implements MeterBinder {
  private static final String PREFIX = "interleave.pool.";

  private final MonitoredPool pool;
  private final Tags tags;

  /** Of this pool, with no tag but its name. */
  public PoolMetrics(MonitoredPool pool) {
    this(pool, Tags.empty());
  }

  /** Of this pool, with these tags besides its name. */
  public PoolMetrics(MonitoredPool pool, Iterable<Tag> tags) {
    this.pool = Objects.requireNonNull(pool, "pool");
    this.tags = Tags.of(Objects.requireNonNull(tags, "tags")).and("name", pool.name());
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    Objects.requireNonNull(registry, "registry");
    sizes(registry);
    outcomes(registry);
    rejections(registry);
    times(registry, "wait", "How long tasks waited for a thread", PoolStats::waits, Ledger::waits);
    times(registry, "run", "How long tasks ran", PoolStats::runs, Ledger::runs);
  }

  private void sizes(MeterRegistry registry) {
    threads(registry, "live", PoolStats::live);
    threads(registry, "peak", PoolStats::peak);
    threads(registry, "min", PoolStats::min);
    threads(registry, "max", PoolStats::max);
    threads(registry, "compensating", PoolStats::compensating);
    gauge(registry, "active", "Tasks that run", "tasks", tags, PoolStats::active);
    gauge(registry, "queued", "Tasks that wait for a thread", "tasks", tags, PoolStats::queued);
  }

  private void threads(MeterRegistry registry, String state, ToDoubleFunction<PoolStats> value) {
    gauge(registry, "threads", "Threads of the pool", "threads", tags.and("state", state), value);
  }

  private void gauge(
      MeterRegistry registry,
      String name,
      String description,
      String unit,
      Tags with,
      ToDoubleFunction<PoolStats> value) {
    Gauge.builder(PREFIX + name, pool, asked -> value.applyAsDouble(asked.stats()))
        .description(description)
        .baseUnit(unit)
        .tags(with)
        .register(registry);
  }

  private void outcomes(MeterRegistry registry) {
    count(registry, "submitted", "Tasks admitted", tags, PoolStats::submitted);
    ended(registry, "completed", PoolStats::completed);
    ended(registry, "failed", PoolStats::failed);
    ended(registry, "cancelled", PoolStats::cancelled);
    ended(registry, "timed-out", PoolStats::timedOut);
    ended(registry, "discarded", PoolStats::discarded);
    count(
        registry,
        "starvations",
        "Waits of workers for tasks of their own pool that could not have ended",
        tags,
        PoolStats::starvations);
    count(registry, "stuck", "Tasks found running for too long", tags, PoolStats::stuck);
  }

  private void ended(MeterRegistry registry, String outcome, ToLongFunction<PoolStats> value) {
    count(registry, "ended", "Tasks, by how they ended", tags.and("outcome", outcome), value);
  }

  private void rejections(MeterRegistry registry) {
    rejected(registry, "aborted", PoolStats.Rejected::aborted);
    rejected(registry, "caller-ran", PoolStats.Rejected::callerRan);
    rejected(registry, "blocked", PoolStats.Rejected::blocked);
    rejected(registry, "dropped", PoolStats.Rejected::dropped);
    rejected(registry, "shutdown", PoolStats.Rejected::shutdown);
    rejected(registry, "no-thread", PoolStats.Rejected::noThread);
  }

  private void rejected(
      MeterRegistry registry, String reason, ToLongFunction<PoolStats.Rejected> value) {
    count(
        registry,
        "rejected",
        "Tasks refused, run by their submitter, or dropped for newer ones",
        tags.and("reason", reason),
        stats -> value.applyAsLong(stats.rejected()));
  }

  private void count(
      MeterRegistry registry,
      String name,
      String description,
      Tags with,
      ToLongFunction<PoolStats> value) {
    FunctionCounter.builder(PREFIX + name, pool, asked -> value.applyAsLong(asked.stats()))
        .description(description)
        .baseUnit("tasks")
        .tags(with)
        .register(registry);
  }

  private void times(
      MeterRegistry registry,
      String name,
      String description,
      Function<PoolStats, PoolStats.Times> times,
      Function<Ledger, LogHistogram> histogram) {
    FunctionTimer.builder(
            PREFIX + name,
            pool,
            asked -> times.apply(asked.stats()).count(),
            asked -> asked.totalNanos(histogram),
            TimeUnit.NANOSECONDS)
        .description(description)
        .tags(tags)
        .register(registry);
    percentile(registry, name, "0.5", stats -> times.apply(stats).p50().toNanos());
    percentile(registry, name, "0.9", stats -> times.apply(stats).p90().toNanos());
    percentile(registry, name, "0.99", stats -> times.apply(stats).p99().toNanos());
    percentile(registry, name, "1", stats -> times.apply(stats).max().toNanos());
  }

  private void percentile(
      MeterRegistry registry, String name, String phi, ToLongFunction<PoolStats> nanos) {
    TimeGauge.builder(
            PREFIX + name + ".percentile",
            pool,
            TimeUnit.NANOSECONDS,
            asked -> nanos.applyAsLong(asked.stats()))
        .description("At most so long in this part of all cases, since the pool began")
        .tags(tags.and("phi", phi))
        .register(registry);
  }
}
