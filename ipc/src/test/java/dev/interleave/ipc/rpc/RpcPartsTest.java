// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.pool.PoolStats;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The small parts of servers and clients, each alone. */
class RpcPartsTest {
  @Test
  void everyTimeIsInABucketThatIsAtMostASixteenthTooWide() {
    for (long time = 1; time > 0 && time < Long.MAX_VALUE / 4; time += time / 32 + 1) {
      int bucket = Latency.bucket(time);
      long upper = Latency.upper(bucket);
      assertThat(upper).isBetween(time, time + time / 16);
      assertThat(Latency.bucket(upper)).isEqualTo(bucket);
      assertThat(Latency.bucket(upper + 1)).isEqualTo(bucket + 1);
    }
    assertThat(Latency.upper(Latency.bucket(Long.MAX_VALUE))).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void quantilesAreThoseOfWhatWasRecorded() {
    Latency latency = new Latency();
    assertThat(latency.times().p99()).isEqualTo(Duration.ZERO);
    for (int i = 1; i <= 1000; i++) {
      latency.record(i * 1000L);
    }
    assertThat(latency.times().count()).isEqualTo(1000);
    assertThat(latency.times().mean()).isEqualTo(Duration.ofNanos(500_500));
    assertThat(latency.times().p50().toNanos()).isBetween(500_000L, 531_250L);
    assertThat(latency.times().p99().toNanos()).isBetween(990_000L, 1_000_000L);
    assertThat(latency.times().max()).isEqualTo(Duration.ofMillis(1));
  }

  /** What {@code PoolStats.Times} promises; of times of all lengths, not of a bucket's bounds. */
  @Test
  void percentilesAreAtMostASixteenthTooLargeWhateverTheTimes() {
    Random random = new Random(20260711);
    for (int round = 0; round < 200; round++) {
      Latency latency = new Latency();
      long[] times = new long[1 + random.nextInt(200)];
      for (int i = 0; i < times.length; i++) {
        times[i] = random.nextLong() >>> (2 + random.nextInt(60));
        latency.record(times[i]);
      }
      Arrays.sort(times);
      PoolStats.Times found = latency.times();
      assertBound(found.p50(), times, 50);
      assertBound(found.p90(), times, 90);
      assertBound(found.p99(), times, 99);
      assertThat(found.max().toNanos()).isEqualTo(times[times.length - 1]);
    }
  }

  private static void assertBound(Duration found, long[] sorted, int percent) {
    long exact = sorted[(sorted.length * percent + 99) / 100 - 1];
    assertThat(found.toNanos()).isBetween(exact, exact + exact / 16);
  }

  @Test
  void waitsBeforeReconnectsAreRandomAndBounded() {
    Reconnect plan = new Reconnect(Duration.ofMillis(1), Duration.ofMillis(8), Duration.ofDays(1));
    for (int attempt = 0; attempt < 100; attempt++) {
      long bound = Math.min(8_000_000L, 1_000_000L << Math.min(attempt, 10));
      assertThat(plan.delayNanos(attempt)).isBetween(1L, bound);
    }
  }

  @Test
  void wrongOptionsAreNamedAllAtOnce() {
    assertThatThrownBy(() -> new CallOptions(Duration.ZERO, null, 10, ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("timeout is not positive: PT0S")
        .hasMessageContaining("priority is not in 0 to 9: 10")
        .hasMessageContaining("idempotencyKey");
  }

  @Test
  void whatIsSetFirstCounts() {
    CallOptions first = CallOptions.unset().withPriority(1);
    CallOptions second = CallOptions.unset().withPriority(2).withRetrySafe(true);
    assertThat(first.orElse(second).priority()).isEqualTo(1);
    assertThat(first.orElse(second).retrySafe()).isTrue();
    assertThat(first.orElse(second).timeout()).isNull();
  }

  @Test
  void thePlacesOfTheTableAreBoundedAndComeBack() {
    PendingTable table = new PendingTable(1);
    assertThat(table.enter()).isTrue();
    assertThat(table.enter()).isFalse();
    table.leave();
    assertThat(table.enter()).isTrue();
  }

  @Test
  void aReasonIsOneLineAndBounded() {
    Encoder out = new Encoder();
    out.writeString("a\nb" + "x".repeat(5000));
    assertThat(Frames.reason(new Decoder(out.toByteArray())))
        .startsWith("a\uFFFDb")
        .hasSizeLessThan(600);
  }
}
