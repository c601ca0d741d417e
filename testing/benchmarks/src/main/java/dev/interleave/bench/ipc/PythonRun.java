// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.ipc;

import dev.interleave.bench.Programs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What Python's own pipes and queues between processes take, if there is a Python. */
public final class PythonRun {
  private static final String PROGRAM =
      """
      import multiprocessing as m, time, json
      def pipe(c):
          while True:
              b = c.recv_bytes()
              if not b: break
              c.send_bytes(b)
      def queue(a, b):
          while True:
              x = a.get()
              if x is None: break
              b.put(x)
      def median(f, n):
          t = []
          for i in range(n):
              s = time.perf_counter(); f(); t.append(time.perf_counter() - s)
          t.sort(); return t[n // 2] * 1e6
      if __name__ == '__main__':
          x = b'x' * 64
          here, there = m.Pipe()
          p = m.Process(target=pipe, args=(there,)); p.start()
          def trip(): here.send_bytes(x); here.recv_bytes()
          median(trip, 2000); one = median(trip, 10000); here.send_bytes(b''); p.join()
          a, b = m.Queue(), m.Queue()
          p = m.Process(target=queue, args=(a, b)); p.start()
          def turn(): a.put(x); b.get()
          median(turn, 2000); two = median(turn, 10000); a.put(None); p.join()
          print(json.dumps({"pipe": one, "queue": two}))
      """;

  private PythonRun() {}

  /** Prints the figures, or none. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Process python;
    try {
      python =
          new ProcessBuilder("python3", "-c", PROGRAM)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
    } catch (IOException e) {
      System.err.println("There is no Python here: " + e.getMessage());
      Programs.report(Map.of());
      return;
    }
    String said = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (python.waitFor() != 0) {
      throw new IOException("python3 ended with " + python.exitValue());
    }
    System.out.print(said);
  }
}
