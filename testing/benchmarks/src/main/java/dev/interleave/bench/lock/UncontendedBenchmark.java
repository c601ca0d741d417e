// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.lock;

import dev.interleave.Deadline;
import dev.interleave.lock.BiasedReadWriteLock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * One thread, nobody else: what acquiring and releasing costs in each form, in time and in
 * allocated bytes. Ours is measured as a thread finds it that only reads, or only writes.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class UncontendedBenchmark {
  private final BiasedReadWriteLock lock = new BiasedReadWriteLock();
  private final Lock read = lock.readLock();
  private final Lock write = lock.writeLock();
  private final ReentrantReadWriteLock rrwl = new ReentrantReadWriteLock();
  private final Lock rrwlRead = rrwl.readLock();
  private final Lock rrwlWrite = rrwl.writeLock();
  private final Deadline deadline = Deadline.after(Duration.ofDays(1));
  private long value;

  /** Made by JMH. */
  public UncontendedBenchmark() {}

  /** The JDK's interface. */
  @Benchmark
  public long readLock() {
    read.lock();
    try {
      return value;
    } finally {
      read.unlock();
    }
  }

  /** A guard: costs no more if its allocation is removed. */
  @Benchmark
  public long readGuard() {
    try (var g = lock.read()) {
      return value;
    }
  }

  /** A guard with a deadline, which looks at the clock. */
  @Benchmark
  public long readGuardDeadline() throws InterruptedException {
    try (var g = lock.read(deadline)) {
      return value;
    }
  }

  /** The JDK's interface. */
  @Benchmark
  public long writeLock() {
    write.lock();
    try {
      return ++value;
    } finally {
      write.unlock();
    }
  }

  /** A guard: costs no more if its allocation is removed. */
  @Benchmark
  public long writeGuard() {
    try (var g = lock.write()) {
      return ++value;
    }
  }

  /** A guard with a deadline, which looks at the clock. */
  @Benchmark
  public long writeGuardDeadline() throws InterruptedException {
    try (var g = lock.write(deadline)) {
      return ++value;
    }
  }

  /** The peer. */
  @Benchmark
  public long rrwlReadLock() {
    rrwlRead.lock();
    try {
      return value;
    } finally {
      rrwlRead.unlock();
    }
  }

  /** The peer. */
  @Benchmark
  public long rrwlWriteLock() {
    rrwlWrite.lock();
    try {
      return ++value;
    } finally {
      rrwlWrite.unlock();
    }
  }
}
