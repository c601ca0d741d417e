// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import dev.interleave.bench.buffer.BufferSuite;
import dev.interleave.bench.context.ContextSuite;
import dev.interleave.bench.diagnose.DiagnoseSuite;
import dev.interleave.bench.ipc.IpcSuite;
import dev.interleave.bench.jms.JmsSuite;
import dev.interleave.bench.lock.CacheSuite;
import dev.interleave.bench.lock.LockSuite;
import dev.interleave.bench.pool.PoolSuite;
import dev.interleave.bench.pool.SizingSuite;
import dev.interleave.bench.state.StateSuite;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.openjdk.jmh.runner.RunnerException;

/**
 * Measures, and writes what it measured.
 *
 * <pre>
 * mvn -Pbench verify                                           everything, into docs/benchmarks
 * mvn -Pbench verify -Dbench.args="quick"                      less of it, in minutes
 * mvn -Pbench verify -Dbench.args="quick include=w10/8p"       only the cases whose id matches
 * mvn -Pbench verify -Dbench.args="render out=docs/benchmarks" tables and plots again, from the JSON
 * </pre>
 *
 * <p>{@code rounds=5} asks for more forks, {@code out=folder} for another place; see {@link
 * Settings}.
 */
public final class Main {
  private Main() {}

  /**
   * Runs what the arguments ask for.
   *
   * @throws IllegalArgumentException if the arguments are not understood or match no case
   */
  public static void main(String[] args) throws IOException, InterruptedException, RunnerException {
    Settings settings = Settings.parse(args, System.getProperties());
    Files.createDirectories(settings.out());
    boolean any = false;
    for (Suite suite :
        List.of(
            new LockSuite(),
            new CacheSuite(),
            new DiagnoseSuite(),
            new BufferSuite(),
            new StateSuite(),
            new PoolSuite(),
            new ContextSuite(),
            new SizingSuite(),
            new IpcSuite(),
            new JmsSuite())) {
      if (settings.render()
          ? Results.exist(settings.out(), suite.name())
          : asked(suite, settings)) {
        any = true;
        if (!settings.render()) {
          new Measurement(settings, suite).run();
        }
        suite.report(Results.read(settings.out(), suite.name()), settings.out());
      }
    }
    if (!any) {
      throw new IllegalArgumentException(
          settings.render()
              ? "nothing was measured in " + settings.out()
              : "no case matches " + settings.include());
    }
    System.out.println("Written to " + settings.out());
  }

  private static boolean asked(Suite suite, Settings settings) {
    return suite.jmhCases(settings).stream().anyMatch(c -> settings.includes(c.id()))
        || suite.programCases(settings).stream().anyMatch(c -> settings.includes(c.id()));
  }
}
