// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.ipc;

import dev.interleave.bench.Programs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Messages between two processes: to and fro, one way, seldom, or none at all. */
public final class PipeRun {
  private static final int MOST = 2_000_000;
  private static final int BATCH = 64;

  private final PipeKind kind;
  private final Mode mode;
  private final ByteBuffer message;
  private final int warmUpMillis;
  private final int millis;

  /** What is measured. */
  enum Mode {
    /** Round trips, one after the other. */
    PING,
    /** Round trips, one each millisecond. */
    PACED,
    /** Round trips, with both processes on one core. */
    CORE,
    /** Messages one way, as many as go through. */
    FLOW,
    /** Nothing; what that costs. */
    IDLE;

    /** As it stands in the names of cases. */
    String question() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private PipeRun(String[] args) {
    kind = PipeKind.valueOf(args[0]);
    mode = Mode.valueOf(args[1].toUpperCase(Locale.ROOT));
    message = ByteBuffer.allocateDirect(Integer.parseInt(args[2]));
    warmUpMillis = Integer.parseInt(args[3]);
    millis = Integer.parseInt(args[4]);
  }

  /**
   * Prints the figures of one kind.
   *
   * @param args the {@link PipeKind}, the {@link Mode}, how many bytes, how many milliseconds to
   *     warm up and to measure
   */
  public static void main(String[] args) throws Exception {
    PipeRun run = new PipeRun(args);
    if (run.mode == Mode.CORE) {
      Core.stayOnOne(); // and so will the other process, and so it is before anything is loaded
    }
    Path folder = Folder.create();
    try {
      Path path = folder.resolve("pipe");
      try (OtherJvm other =
          OtherJvm.start(
              PipePeer.class,
              List.of(
                  run.kind.name(),
                  path.toString(),
                  args[2],
                  String.valueOf(run.mode != Mode.FLOW)))) {
        Programs.report(run.run(path, other));
      }
    } finally {
      Folder.delete(folder);
    }
    System.exit(0); // threads of some peers go on
  }

  private Map<String, Double> run(Path path, OtherJvm other) throws Exception {
    int port = Integer.parseInt(other.said());
    long start = System.nanoTime();
    try (Pipe pipe = kind.connect(path, port)) {
      double connected = (System.nanoTime() - start) / 1e6;
      Map<String, Double> figures =
          new HashMap<>(mode == Mode.FLOW ? flow(pipe, other) : trips(pipe, other));
      figures.put("connectMillis", connected);
      return figures;
    }
  }

  private Map<String, Double> trips(Pipe pipe, OtherJvm other) throws Exception {
    Times times = new Times(MOST);
    trips(pipe, 0, warmUpMillis, times);
    if (mode == Mode.IDLE) {
      return Idle.measure(other, millis);
    }
    long period = mode == Mode.PACED ? TimeUnit.MILLISECONDS.toNanos(1) : 0;
    if (period > 0) {
      trips(pipe, period / 10, warmUpMillis, times); // seldom enough that all sleep in between
    }
    times.clear();
    trips(pipe, period, millis, times);
    return times.figures();
  }

  private void trips(Pipe pipe, long period, int duration, Times times) throws Exception {
    long now = System.nanoTime();
    long end = now + TimeUnit.MILLISECONDS.toNanos(duration);
    long next = now;
    while (now < end) {
      if (period > 0) {
        next += period;
        for (long left = next - now; left > 0; left = next - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        now = System.nanoTime();
      }
      pipe.send(message, false);
      int received = pipe.receive();
      long after = System.nanoTime();
      times.add(after - now);
      now = after;
      if (received != 1) {
        throw new IOException("received " + received + " messages");
      }
    }
  }

  private Map<String, Double> flow(Pipe pipe, OtherJvm other) throws Exception {
    send(pipe, warmUpMillis);
    long before = Long.parseLong(other.ask("how many"));
    long start = System.nanoTime();
    send(pipe, millis);
    long count = Long.parseLong(other.ask("how many")) - before;
    return Map.of("perSecond", count * 1e9 / (System.nanoTime() - start));
  }

  private void send(Pipe pipe, int duration) throws Exception {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(duration);
    while (System.nanoTime() < end) {
      for (int i = 1; i <= BATCH; i++) {
        pipe.send(message, i < BATCH);
      }
    }
  }
}
