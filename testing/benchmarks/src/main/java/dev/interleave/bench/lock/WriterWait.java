// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.lock;

import dev.interleave.bench.Programs;
import dev.interleave.bench.VirtualTurns;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;

/**
 * A writer every millisecond while {@value #READERS} threads read in a tight loop: how long the
 * writer waits, from its call until it is in. What the readers get done meanwhile is told too: a
 * lock could please writers at their expense.
 *
 * <p>A program, because JMH has no mode for a thread that works now and then and is timed within.
 */
public final class WriterWait {
  static final int READERS = 4;

  private static final long PERIOD = TimeUnit.MILLISECONDS.toNanos(1);

  private final LockedLong shared;
  private final CountDownLatch started = new CountDownLatch(READERS);
  private final AtomicLong reads = new AtomicLong();
  private volatile boolean stop;

  /** Written by the writer, read when it has ended. */
  private long writes;

  private WriterWait(LockKind kind) {
    shared = kind.create();
  }

  /**
   * Prints the figures of one lock.
   *
   * @param args the {@link LockKind}, {@code platform} or {@code virtual}, milliseconds to warm up
   *     and to measure
   */
  public static void main(String[] args) throws InterruptedException {
    LockKind kind = LockKind.valueOf(args[0]);
    boolean virtual = args[1].equals("virtual");
    int warmup = Integer.parseInt(args[2]);
    int measured = Integer.parseInt(args[3]);
    Programs.report(new WriterWait(kind).run(virtual, warmup, measured));
  }

  private Map<String, Double> run(boolean virtual, int warmupMillis, int millis)
      throws InterruptedException {
    Thread.Builder threads = virtual ? Thread.ofVirtual() : Thread.ofPlatform();
    List<Thread> readers = new ArrayList<>();
    for (int i = 0; i < READERS; i++) {
      readers.add(threads.start(this::readUntilStopped));
    }
    started.await();
    Map<String, Double> figures = new LinkedHashMap<>();
    Thread writer =
        threads.start(() -> {
          write(warmupMillis);
          write(millis, figures);
        });
    writer.join();
    stop = true;
    for (Thread reader : readers) {
      reader.join();
    }
    if (shared.read() != writes) {
      throw new IllegalStateException("wrote " + writes + " times, found " + shared.read());
    }
    return figures;
  }

  private void readUntilStopped() {
    started.countDown();
    VirtualTurns turns = new VirtualTurns(READERS + 1);
    long last = 0;
    while (!stop) {
      for (int i = 0; i < VirtualTurns.BURST; i++) {
        long value = shared.read();
        if (value < last) {
          throw new IllegalStateException("read " + value + " after " + last);
        }
        last = value;
      }
      reads.addAndGet(VirtualTurns.BURST);
      turns.makeWay();
    }
  }

  private void write(int millis, Map<String, Double> figures) {
    long readsBefore = reads.get();
    long start = System.nanoTime();
    long[] waits = write(millis);
    double seconds = (System.nanoTime() - start) / 1e9;
    Arrays.sort(waits);
    figures.put("medianMicros", percentile(waits, 50));
    figures.put("p90Micros", percentile(waits, 90));
    figures.put("p99Micros", percentile(waits, 99));
    figures.put("maxMicros", percentile(waits, 100));
    long[] corrected = corrected(waits);
    figures.put("correctedMedianMicros", percentile(corrected, 50));
    figures.put("correctedP99Micros", percentile(corrected, 99));
    figures.put("writesPerSecond", waits.length / seconds);
    figures.put("readsPerMicro", (reads.get() - readsBefore) / (seconds * 1e6));
  }

  /** Writes every millisecond; a write that comes late delays those after it. */
  private long[] write(int millis) {
    long[] waits = new long[millis];
    int count = 0;
    long next = System.nanoTime();
    long end = next + millis * PERIOD;
    while (end - next > 0) {
      for (long left = next - System.nanoTime(); left > 0; left = next - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      next = System.nanoTime() + PERIOD;
      waits[count++] = shared.timedIncrement();
    }
    writes += count;
    return Arrays.copyOf(waits, count);
  }

  /**
   * With the writes that did not take place because an earlier one still waited: they would have
   * come every millisecond and waited for what was left of its time (coordinated omission).
   */
  private static long[] corrected(long[] waits) {
    return Arrays.stream(waits)
        .flatMap(wait -> LongStream.iterate(wait, left -> left >= 0, left -> left - PERIOD))
        .sorted()
        .toArray();
  }

  private static double percentile(long[] sorted, int percent) {
    int rank = (int) Math.ceil(sorted.length * percent / 100.0);
    return sorted[Math.max(rank - 1, 0)] / 1000.0;
  }
}
