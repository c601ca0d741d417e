// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.buffer;

import dev.interleave.bench.Initializer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One thread, nobody else: puts an item and takes it, pairs per microsecond. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class UncontendedBenchmark {
  /** What it goes through. */
  @Param public PassageKind passage;

  private Passage made;
  private Integer item = 1;

  /** Made by JMH. */
  public UncontendedBenchmark() {}

  /** An empty one. */
  @Setup
  @Initializer
  @SuppressWarnings("NullAway") // JMH sets the parameters before
  public void create() {
    made = passage.create(Shape.of(1, 1, 1024, false));
  }

  /** One item through. */
  @Benchmark
  public Integer putAndTake() throws InterruptedException {
    made.put(item);
    return made.take();
  }
}
