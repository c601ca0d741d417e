// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.WorkloadParams;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs JMH one fork at a time and puts the forks of a case together afterwards. JMH itself runs all
 * forks of a case in a row; then a change of the machine's state falls on one case and not on its
 * neighbour.
 */
final class JmhRounds implements AutoCloseable {
  private final Settings settings;
  private final PrintStream log;
  private final OutputFormat format;
  private final Map<JmhCase, List<BenchmarkResult>> results = new LinkedHashMap<>();

  JmhRounds(Settings settings, Path logFile) throws IOException {
    this.settings = settings;
    log = new PrintStream(Files.newOutputStream(logFile), true, StandardCharsets.UTF_8);
    format = OutputFormatFactory.createFormatInstance(log, VerboseMode.NORMAL);
  }

  /**
   * One fork.
   *
   * @return what it measured, to be kept or thrown away
   * @throws RunnerException if the benchmark failed; why stands in the log
   */
  RunResult run(JmhCase c) throws RunnerException {
    Settings.Timing timing = settings.timing();
    List<String> jvm = new ArrayList<>(Settings.JVM_ARGUMENTS);
    if (c.threads().virtual()) {
      jvm.add(ThreadSetting.VIRTUAL_ARGUMENT);
    }
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("^" + c.type().getName().replace(".", "\\.") + "\\." + c.method() + "$")
            .forks(1)
            .threads(c.threads().count())
            .warmupIterations(c.warmups(timing))
            .warmupTime(TimeValue.milliseconds(timing.warmupMillis()))
            .measurementIterations(timing.measurements())
            .measurementTime(TimeValue.milliseconds(timing.measurementMillis()))
            .timeout(TimeValue.seconds(60))
            .shouldFailOnError(true)
            .jvmArgs(jvm.toArray(String[]::new));
    c.params().forEach(options::param);
    if (c.profileAllocation()) {
      options.addProfiler(GCProfiler.class);
    }
    return new Runner(options.build(), format).runSingle();
  }

  /** Counts the fork among those of its case. */
  void keep(JmhCase c, RunResult result) {
    results.computeIfAbsent(c, k -> new ArrayList<>()).addAll(result.getBenchmarkResults());
  }

  /** Writes JMH's JSON of all forks kept so far. */
  void write(Path file) throws IOException {
    List<RunResult> merged = new ArrayList<>();
    for (List<BenchmarkResult> forks : results.values()) {
      merged.add(new RunResult(published(forks.getFirst().getParams(), forks.size()), forks));
    }
    try (PrintStream out =
        new PrintStream(Files.newOutputStream(file), false, StandardCharsets.UTF_8)) {
      ResultFormatFactory.getInstance(ResultFormatType.JSON, out).writeOut(merged);
      if (out.checkError()) {
        throw new IOException("could not write " + file);
      }
    }
  }

  /** The same with the real number of forks, and without the path of this machine's java. */
  private static BenchmarkParams published(BenchmarkParams p, int forks) {
    WorkloadParams params = new WorkloadParams();
    int order = 0;
    for (String key : p.getParamsKeys()) {
      params.put(key, p.getParam(key), order++);
    }
    return new BenchmarkParams(
        p.getBenchmark(),
        p.generatedBenchmark(),
        p.shouldSynchIterations(),
        p.getThreads(),
        p.getThreadGroups(),
        p.getThreadGroupLabels(),
        forks,
        p.getWarmupForks(),
        p.getWarmup(),
        p.getMeasurement(),
        p.getMode(),
        params,
        p.getTimeUnit(),
        p.getOpsPerInvocation(),
        "java",
        p.getJvmArgs(),
        p.getJdkVersion(),
        p.getVmName(),
        p.getVmVersion(),
        p.getJmhVersion(),
        p.getTimeout());
  }

  @Override
  public void close() {
    log.close();
  }
}
