// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.ChildJvm.Program;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/** Not a test: rough figures of a round trip of 64 bytes between two processes, to the console. */
final class PingPong {
  private static final FrameHandler NOTHING = frame -> {};

  private PingPong() {}

  public static void main(String[] args) throws Exception {
    Path folder = Files.createTempDirectory(Path.of(args.length > 0 ? args[0] : "/dev/shm"), "pp");
    for (int round = 0; round < 2; round++) {
      for (String kind : new String[] {"shm", "unix"}) {
        measure(kind, folder.resolve("s"));
      }
    }
  }

  private static void measure(String kind, Path path) throws Exception {
    try (Listener listener = ChildJvm.transport(kind, path).listen();
        ChildJvm unused = new ChildJvm(Program.ECHO, kind, path);
        Connection connection = listener.accept(Deadline.after(Duration.ofSeconds(30)))) {
      roundTrips(connection, 50_000, 0);
      print(kind + " back to back", roundTrips(connection, 200_000, 0));
      print(kind + " one per ms", roundTrips(connection, 2_000, 1_000_000));
    }
  }

  private static long[] roundTrips(Connection connection, int count, long pause) throws Exception {
    long[] nanos = new long[count];
    ByteBuffer frame = ByteBuffer.allocateDirect(64);
    for (int i = 0; i < count; i++) {
      if (pause > 0) {
        LockSupport.parkNanos(pause);
      }
      long start = System.nanoTime();
      connection.send(frame.clear());
      connection.receive(NOTHING, Deadline.none());
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    return nanos;
  }

  private static void print(String what, long[] sorted) {
    System.out.printf(
        "%-20s median %.2f us, p99 %.2f, p99.9 %.2f%n",
        what,
        sorted[sorted.length / 2] / 1e3,
        sorted[(int) (sorted.length * 0.99)] / 1e3,
        sorted[(int) (sorted.length * 0.999)] / 1e3);
  }
}
