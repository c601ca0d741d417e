// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.ipc;

import dev.interleave.bench.Programs;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * How long a blocking call takes: one after the other, or one each millisecond. Or what client and
 * server take of the processor while nobody calls.
 */
public final class RpcPing {
  /** Instead of the nanoseconds from one call to the next: none. */
  static final long IDLE = -1;

  private static final int MOST = 2_000_000;

  private RpcPing() {}

  /**
   * Prints the figures of one kind.
   *
   * @param args the {@link RpcKind}, how many bytes, how many nanoseconds from one call to the next
   *     (or {@link #IDLE}), how many milliseconds to warm up and to measure
   */
  public static void main(String[] args) throws Exception {
    RpcKind kind = RpcKind.valueOf(args[0]);
    byte[] bytes = new byte[Integer.parseInt(args[1])];
    long period = Long.parseLong(args[2]);
    Path folder = Folder.create();
    try {
      Path path = folder.resolve("echo");
      if (kind.isInProcess()) {
        try (RpcKind.Serving serving = kind.serve(path)) {
          Programs.report(run(kind, path, serving.port(), null, bytes, period, args));
        }
      } else {
        try (OtherJvm other =
            OtherJvm.start(RpcPeer.class, List.of(kind.name(), path.toString()))) {
          int port = Integer.parseInt(other.said());
          Programs.report(run(kind, path, port, other, bytes, period, args));
        }
      }
    } finally {
      Folder.delete(folder);
    }
    System.exit(0); // threads of some peers go on
  }

  private static Map<String, Double> run(
      RpcKind kind,
      Path path,
      int port,
      @Nullable OtherJvm other,
      byte[] bytes,
      long period,
      String[] args)
      throws Exception {
    long start = System.nanoTime();
    try (Caller caller = kind.connect(path, port)) {
      if (caller.call(bytes).length != bytes.length) {
        throw new AssertionError("no echo");
      }
      double first = (System.nanoTime() - start) / 1e6;
      Times times = new Times(MOST);
      calls(caller, bytes, 0, Integer.parseInt(args[3]), times);
      if (period == IDLE && other != null) {
        return Idle.measure(other, Integer.parseInt(args[4]));
      }
      if (period > 0) {
        calls(caller, bytes, period / 10, Integer.parseInt(args[3]), times);
      }
      times.clear();
      calls(caller, bytes, period, Integer.parseInt(args[4]), times);
      Map<String, Double> figures = new HashMap<>(times.figures());
      figures.put("firstMillis", first);
      return figures;
    }
  }

  private static void calls(Caller caller, byte[] bytes, long period, int millis, Times times)
      throws Exception {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    long next = System.nanoTime();
    long now = next;
    while (now < end) {
      if (period > 0) {
        next += period;
        for (long left = next - now; left > 0; left = next - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        now = System.nanoTime();
      }
      byte[] back = caller.call(bytes);
      long after = System.nanoTime();
      times.add(after - now);
      now = after;
      if (back.length != bytes.length) {
        throw new AssertionError("no echo");
      }
    }
  }
}
