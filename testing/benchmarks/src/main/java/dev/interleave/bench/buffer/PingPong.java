// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.buffer;

import dev.interleave.bench.Programs;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One item that two threads pass to and fro through two passages of capacity 1: each waits for the
 * other each time. Measured are round trips per microsecond.
 */
public final class PingPong {
  private final Passage there;
  private final Passage back;
  private final Count trips = new Count();
  private volatile boolean stop;

  private PingPong(PassageKind kind, Shape shape) {
    there = kind.create(shape);
    back = kind.create(shape);
  }

  /**
   * Prints the figures of one passage.
   *
   * @param args the {@link PassageKind}, {@code platform} or {@code virtual}, milliseconds to warm
   *     up and to measure
   */
  public static void main(String[] args) throws InterruptedException {
    Shape shape = Shape.of(1, 1, 1, args[1].equals("virtual"));
    PingPong game = new PingPong(PassageKind.valueOf(args[0]), shape);
    Programs.report(game.play(shape, Integer.parseInt(args[2]), Integer.parseInt(args[3])));
  }

  private Map<String, Double> play(Shape shape, int warmupMillis, int millis)
      throws InterruptedException {
    Thread.Builder threads = shape.virtual() ? Thread.ofVirtual() : Thread.ofPlatform().daemon();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread.UncaughtExceptionHandler handler = (thread, e) -> failure.set(e);
    Thread returner = threads.unstarted(this::giveBack);
    Thread server = threads.unstarted(this::serve);
    returner.setUncaughtExceptionHandler(handler);
    server.setUncaughtExceptionHandler(handler);
    returner.start();
    server.start();
    Thread.sleep(warmupMillis);
    long before = trips.items();
    long start = System.nanoTime();
    Thread.sleep(millis);
    long measured = trips.items() - before;
    double micros = (System.nanoTime() - start) / 1e3;
    stop = true;
    server.join();
    returner.interrupt();
    returner.join();
    if (failure.get() != null) {
      throw new IllegalStateException(failure.get());
    }
    return Map.of("tripsPerMicro", measured / micros);
  }

  private void serve() {
    try {
      while (!stop) {
        trips(Flow.BURST / 16);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts", e);
    }
  }

  private void trips(int many) throws InterruptedException {
    for (int i = 0; i < many; i++) {
      there.put(i);
      int returned = back.take();
      if (returned != i) {
        throw new IllegalStateException(returned + " came back instead of " + i);
      }
      trips.add(i);
    }
  }

  private void giveBack() {
    try {
      while (true) {
        returns(Flow.BURST / 16);
      }
    } catch (InterruptedException e) {
      // the end
    }
  }

  private void returns(int many) throws InterruptedException {
    for (int i = 0; i < many; i++) {
      back.put(there.take());
    }
  }
}
