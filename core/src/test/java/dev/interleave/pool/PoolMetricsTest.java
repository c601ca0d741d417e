// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.interleave.testing.NoThreadLeaks;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

@NoThreadLeaks(ignoring = PoolKind.CLOCKS)
class PoolMetricsTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  private double gauge(String name, String... tags) {
    return registry.get("interleave.pool." + name).tags(tags).gauge().value();
  }

  private double count(String name, String... tags) {
    return registry.get("interleave.pool." + name).tags(tags).functionCounter().count();
  }

  @Test
  void metersSayWhatThePoolHasDone() throws Exception {
    MonitoredPool pool = MonitoredPool.builder("jobs").threads(1, 2).queueCapacity(1).build();
    new PoolMetrics(pool, Tags.of("app", "shop")).bindTo(registry);
    Blocker one = Blocker.in(pool);
    Blocker two = Blocker.in(pool);
    Blocker queued = Blocker.submit(pool);
    assertThatExceptionOfType(RejectedExecutionException.class)
        .isThrownBy(() -> pool.submit(() -> "one too many"));
    assertThat(gauge("threads", "state", "live")).isEqualTo(2);
    assertThat(gauge("threads", "state", "min")).isEqualTo(1);
    assertThat(gauge("threads", "state", "max")).isEqualTo(2);
    assertThat(gauge("active")).isEqualTo(2);
    assertThat(gauge("queued")).isEqualTo(1);
    assertThat(count("submitted")).isEqualTo(3);
    assertThat(count("rejected", "reason", "aborted")).isEqualTo(1);
    assertThat(two.future.cancel(true)).isTrue();
    two.awaitEnded();
    queued.awaitBegun();
    one.letGo();
    queued.letGo();
    CompletableFuture<Object> fails =
        pool.submit(() -> {
          throw new IllegalStateException("failed");
        });
    assertThatExceptionOfType(Exception.class).isThrownBy(fails::get);
    pool.close();
    assertThat(count("ended", "outcome", "completed")).isEqualTo(2);
    assertThat(count("ended", "outcome", "cancelled")).isEqualTo(1);
    assertThat(count("ended", "outcome", "failed")).isEqualTo(1);
    assertThat(count("ended", "outcome", "timed-out")).isZero();
    FunctionTimer runs = registry.get("interleave.pool.run").functionTimer();
    assertThat(runs.count()).isEqualTo(4);
    // The registry keeps seconds: there and back, a double's last bit may differ, and no nanosecond
    // does.
    long mean = pool.stats().runs().mean().toNanos();
    assertThat(Math.round(runs.totalTime(TimeUnit.NANOSECONDS))).isBetween(4 * mean, 4 * mean + 4);
    assertThat(registry.get("interleave.pool.run.percentile").tag("phi", "1").timeGauge())
        .satisfies(max ->
            assertThat(Math.round(max.value(TimeUnit.NANOSECONDS)))
                .isEqualTo(pool.stats().runs().max().toNanos()));
    assertThat(registry.getMeters())
        .extracting(Meter::getId)
        .allSatisfy(id -> assertThat(id.getTag("name")).isEqualTo("jobs"))
        .allSatisfy(id -> assertThat(id.getTag("app")).isEqualTo("shop"))
        .allSatisfy(id -> assertThat(Objects.requireNonNull(id.getDescription())).isNotBlank());
  }

  /** Or they would be one, and show the first. */
  @Test
  void twoPoolsHaveMetersOfTheirOwn() throws Exception {
    try (MonitoredPool one = MonitoredPool.builder("one").build();
        MonitoredPool other = MonitoredPool.builder("other").build()) {
      new PoolMetrics(one).bindTo(registry);
      new PoolMetrics(other).bindTo(registry);
      assertThat(other.submit(() -> "done").get()).isEqualTo("done");
      assertThat(count("submitted", "name", "one")).isZero();
      assertThat(count("submitted", "name", "other")).isEqualTo(1);
    }
  }
}
