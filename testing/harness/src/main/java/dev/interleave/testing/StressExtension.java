// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.List;
import org.junit.jupiter.api.MediaType;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * The JUnit extension behind {@link StressTest}: hands over the {@link StressRun}, publishes the
 * HTML report of a check that failed, and fails a test that checked nothing. Has no state and may
 * be shared by threads.
 */
public final class StressExtension implements ParameterResolver, AfterTestExecutionCallback {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(StressExtension.class);

  /** Made by JUnit. */
  public StressExtension() {}

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == StressRun.class
        && AnnotationSupport.isAnnotated(context.getElement(), StressTest.class);
  }

  @Override
  public StressRun resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(StressRun.class, key -> run(context), StressRun.class);
  }

  /**
   * Publishes the report of a check that did not hold.
   *
   * @throws AssertionError if the test passed, and checked nothing
   */
  @Override
  public void afterTestExecution(ExtensionContext context) {
    StressRun run = context.getStore(NAMESPACE).remove(StressRun.class, StressRun.class);
    List<StressReport> reports = run == null ? List.of() : run.reports();
    if (reports.isEmpty() && context.getExecutionException().isEmpty()) {
      throw new AssertionError(
          context.getDisplayName() + " checked nothing: call check of a parameter StressRun");
    }
    for (int i = 0; i < reports.size(); i++) {
      StressReport report = reports.get(i);
      if (!report.holds()) {
        context.publishFile(
            "stress-" + (i + 1) + ".html", MediaType.create("text", "html"), report::html);
      }
    }
  }

  private static StressRun run(ExtensionContext context) {
    StressTest test =
        AnnotationSupport.findAnnotation(context.getElement(), StressTest.class).orElseThrow();
    Seed seed =
        AnnotationSupport.findAnnotation(context.getElement(), Seed.class)
            .or(() ->
                AnnotationSupport.findAnnotation(
                    context.getRequiredTestClass(), Seed.class, context.getEnclosingTestClasses()))
            .orElse(null);
    return new StressRun(test, seed);
  }
}
