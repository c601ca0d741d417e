// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.util.List;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import org.junit.platform.testkit.engine.Events;

/** A run of tests inside a test, to see what an extension makes of them. */
record ExtensionRun(Events tests) {

  static ExtensionRun of(Class<?> type) {
    return new ExtensionRun(
        EngineTestKit.engine("junit-jupiter").selectors(selectClass(type)).execute().testEvents());
  }

  static ExtensionRun of(Class<?> type, String method) {
    return new ExtensionRun(
        EngineTestKit.engine("junit-jupiter")
            .selectors(selectMethod(type, method))
            .execute()
            .testEvents());
  }

  /** Returns why not a test but its class, or what makes tests, failed. */
  static Throwable containerFailure(Class<?> type) {
    return EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(type))
        .execute()
        .containerEvents()
        .failed()
        .stream()
        .findFirst()
        .map(ExtensionRun::failure)
        .orElseThrow();
  }

  List<String> started() {
    return tests.started().map(event -> event.getTestDescriptor().getDisplayName()).toList();
  }

  List<Throwable> failures() {
    return tests.failed().stream().map(ExtensionRun::failure).toList();
  }

  Throwable failure() {
    List<Throwable> failures = failures();
    if (failures.size() != 1) {
      throw new AssertionError("failures: " + failures);
    }
    return failures.get(0);
  }

  private static Throwable failure(Event event) {
    return event.getRequiredPayload(TestExecutionResult.class).getThrowable().orElseThrow();
  }
}
