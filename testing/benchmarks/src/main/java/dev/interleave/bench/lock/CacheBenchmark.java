// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.lock;

import dev.interleave.bench.Initializer;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * A map of {@value #ENTRIES} entries in a tight loop: its keys are looked up and replaced by all
 * threads, by the dice of {@link MixBenchmark}. Operations per microsecond of all threads together.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class CacheBenchmark {
  /** How many there are, always: a power of two. */
  static final int ENTRIES = 1024;

  /** What guards the map. */
  @Param public CacheKind cache;

  /** How many operations of a hundred replace an entry. */
  @Param({"0", "1", "10", "50"})
  public int writePercent;

  private CacheKind.Cache shared;
  private Integer[] keys;
  private long writeBelow;

  /** Made by JMH. */
  public CacheBenchmark() {}

  /** The map with all its keys. */
  @Setup
  @Initializer
  @SuppressWarnings("NullAway") // JMH sets the parameters before
  public void create() {
    shared = cache.create();
    keys = IntStream.range(0, ENTRIES).boxed().toArray(Integer[]::new);
    for (Integer key : keys) {
      shared.put(key, key);
    }
    writeBelow = MixBenchmark.below(writePercent);
  }

  /** One look, or one entry replaced. */
  @Benchmark
  public @Nullable Object operation(MixBenchmark.Dice dice) {
    long random = dice.roll();
    Integer key = keys[(int) (random >>> 8) & (ENTRIES - 1)];
    if (random < writeBelow) {
      shared.put(key, key);
      return key;
    }
    return shared.get(key);
  }
}
