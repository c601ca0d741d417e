// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectUniqueId;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.testkit.engine.EngineTestKit;

/**
 * One run of a kit inside a test, and what became of each of its tests. A test is named by its
 * method; if it runs for each {@link Side}, that follows after a slash.
 */
final class KitRun {
  private static final String ENGINE = "junit-jupiter";

  private final Map<String, List<TestExecutionResult>> results = new TreeMap<>();

  private KitRun(EngineTestKit.Builder run) {
    run.execute().testEvents().finished().stream()
        .forEach(event ->
            results
                .computeIfAbsent(name(event.getTestDescriptor()), name -> new ArrayList<>())
                .add(event.getRequiredPayload(TestExecutionResult.class)));
  }

  /** Runs all tests of a kit. */
  static KitRun all(Class<?> kit, Map<String, String> parameters) {
    return new KitRun(engine(parameters).selectors(selectClass(kit)));
  }

  /** Runs some tests of a kit. */
  static KitRun some(Class<?> kit, Collection<String> tests, Map<String, String> parameters) {
    EngineTestKit.Builder run = engine(parameters);
    tests.stream().flatMap(test -> ids(kit, test)).forEach(id -> run.selectors(selectUniqueId(id)));
    return new KitRun(run);
  }

  private static EngineTestKit.Builder engine(Map<String, String> parameters) {
    return EngineTestKit.engine(ENGINE).configurationParameters(parameters);
  }

  private static Stream<UniqueId> ids(Class<?> kit, String test) {
    UniqueId type = UniqueId.forEngine(ENGINE).append("class", kit.getName());
    int slash = test.indexOf('/');
    if (slash < 0) {
      return Stream.of(type.append("test-template", test + "(" + Actors.class.getName() + ")"));
    }
    String parameters = Actors.class.getName() + ", " + Side.class.getName();
    UniqueId template =
        type.append("test-template", test.substring(0, slash) + "(" + parameters + ")");
    List<Side> sides = Side.of(kit);
    int first = 1 + sides.indexOf(Side.valueOf(test.substring(slash + 1)));
    return Stream.iterate(first, index -> index + sides.size())
        .limit(ThreadKind.values().length)
        .map(index -> template.append("test-template-invocation", "#" + index));
  }

  private static String name(TestDescriptor test) {
    String method = ((MethodSource) test.getSource().orElseThrow()).getMethodName();
    for (Side side : Side.values()) {
      if (test.getDisplayName().endsWith(", " + side)) {
        return method + "/" + side.name();
      }
    }
    return method;
  }

  /** Returns the names of all tests that were run. */
  Set<String> tests() {
    return results.keySet();
  }

  /** Returns the names of those that failed on one kind of thread at least. */
  List<String> failed() {
    return with(Status.FAILED);
  }

  /** Returns the names of those that were aborted, for want of a capability. */
  List<String> aborted() {
    return with(Status.ABORTED);
  }

  /** Returns what the failed tests threw. */
  List<Throwable> failures() {
    return results.values().stream()
        .flatMap(List::stream)
        .filter(result -> result.getStatus() == Status.FAILED)
        .flatMap(result -> result.getThrowable().stream())
        .toList();
  }

  private List<String> with(Status status) {
    return results.entrySet().stream()
        .filter(test -> test.getValue().stream().anyMatch(r -> r.getStatus() == status))
        .map(Map.Entry::getKey)
        .toList();
  }
}
