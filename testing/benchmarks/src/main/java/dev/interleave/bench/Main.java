// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import dev.interleave.bench.lock.LockSuite;
import java.io.IOException;
import java.nio.file.Files;
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
    Suite suite = new LockSuite();
    Files.createDirectories(settings.out());
    if (!settings.render()) {
      new Measurement(settings, suite).run();
    }
    suite.report(Results.read(settings.out(), suite.name()), settings.out());
    System.out.println("Written to " + settings.out());
  }
}
