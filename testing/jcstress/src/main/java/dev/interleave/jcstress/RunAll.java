// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0

package dev.interleave.jcstress;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import org.openjdk.jcstress.JCStress;
import org.openjdk.jcstress.Options;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.InProcessCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.runners.TestList;

/**
 * Runs the jcstress tests and fails unless each of them ran and none saw what it forbids.
 *
 * <p>jcstress alone is content with less: a test that needs more processors than there are is left
 * out and the exit code stays 0, as it does when nothing matches the filter. Takes the options of
 * jcstress; {@code -l} lists, {@code -t regex} selects.
 */
public final class RunAll {
  private RunAll() {}

  /** Exits with 1 when a test failed or did not run, and with 2 when the options make no sense. */
  public static void main(String[] args) throws Exception {
    if (TestList.class.getResource(TestList.LIST) == null) {
      fail(1, "there is no test at all");
    }
    Options options = new Options(args);
    if (!options.parse()) {
      fail(2, "see above for the options");
    }
    JCStress jcstress = new JCStress(options);
    SortedSet<String> tests = jcstress.getTests();
    if (options.shouldList()) {
      tests.forEach(System.out::println);
      return;
    }
    if (tests.isEmpty()) {
      fail(1, "no test matches " + options.getTestFilter());
    }
    try {
      jcstress.run();
    } catch (AssertionError failures) { // how jcstress says that a test failed
      System.out.println(failures.getMessage());
      fail(1, summary(tests, results(options)) + ", and some failed");
    }

    Collection<TestResult> results = results(options);
    SortedSet<String> missing = new TreeSet<>(tests);
    missing.removeAll(ran(results));
    if (!missing.isEmpty()) {
      fail(1, summary(tests, results) + "; not run, too few processors?: " + missing);
    }
    System.out.println("jcstress: " + summary(tests, results) + ", nothing forbidden seen");
  }

  private static Collection<TestResult> results(Options options)
      throws IOException, ClassNotFoundException {
    if (!Files.exists(Path.of(options.getResultFile()))) {
      return List.of();
    }
    InProcessCollector results = new InProcessCollector();
    DiskReadCollector file = new DiskReadCollector(options.getResultFile(), results);
    file.dump();
    file.close();
    return results.getTestResults();
  }

  private static SortedSet<String> ran(Collection<TestResult> results) {
    SortedSet<String> ran = new TreeSet<>();
    for (TestResult result : results) {
      if (result.status() == Status.NORMAL && result.getTotalCount() > 0) {
        ran.add(result.getName());
      }
    }
    return ran;
  }

  private static String summary(Collection<String> tests, Collection<TestResult> results) {
    long samples = results.stream().mapToLong(TestResult::getTotalCount).sum();
    return String.format(
        Locale.ROOT, "%d of %d tests ran, %,d samples", ran(results).size(), tests.size(), samples);
  }

  private static void fail(int exitCode, String message) {
    System.out.println("jcstress: " + message);
    System.exit(exitCode);
  }
}
