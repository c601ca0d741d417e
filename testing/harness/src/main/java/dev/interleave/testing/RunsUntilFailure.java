// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.jupiter.api.extension.TestWatcher;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Does what {@link RepeatUntilFailure} says. JUnit takes the runs from a stream, one when the one
 * before is over; so the stream can end with the first failure.
 */
final class RunsUntilFailure implements TestTemplateInvocationContextProvider {

  @Override
  public boolean supportsTestTemplate(ExtensionContext context) {
    return true;
  }

  @Override
  public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(
      ExtensionContext context) {
    RepeatUntilFailure settings =
        AnnotationSupport.findAnnotation(context.getElement(), RepeatUntilFailure.class)
            .orElseThrow();
    check(settings);
    if (settings.only() > 0) {
      return Stream.of(new Runs(settings).new Run(settings.only()));
    }
    Runs runs = new Runs(settings);
    return Stream.iterate(1L, runs::goOn, run -> run + 1).map(run -> runs.new Run(run));
  }

  private static void check(RepeatUntilFailure settings) {
    checkNotNegative("times", settings.times());
    checkNotNegative("seconds", settings.seconds());
    checkNotNegative("only", settings.only());
    if (settings.times() == 0 && settings.seconds() == 0 && settings.only() == 0) {
      throw new IllegalArgumentException("@RepeatUntilFailure needs times or seconds");
    }
  }

  private static void checkNotNegative(String name, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + ": " + value + " (must not be negative)");
    }
  }

  /** All runs of one test. */
  private static final class Runs {
    private final RepeatUntilFailure settings;
    private final long start = System.nanoTime();
    private volatile boolean failed;

    Runs(RepeatUntilFailure settings) {
      this.settings = settings;
    }

    boolean goOn(long run) {
      if (run == 1) {
        return true;
      }
      boolean many = settings.times() > 0 && run > settings.times();
      long limit = TimeUnit.SECONDS.toNanos(settings.seconds());
      boolean late = limit > 0 && System.nanoTime() - start >= limit;
      return !failed && !many && !late;
    }

    /** One of them. */
    final class Run implements TestTemplateInvocationContext, ParameterResolver, TestWatcher {
      private final RunInfo info;

      Run(long run) {
        this.info = RunInfo.of(run, settings.seed());
      }

      @Override
      public String getDisplayName(int index) {
        return info.toString();
      }

      @Override
      public List<Extension> getAdditionalExtensions() {
        return List.of(this);
      }

      @Override
      public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == RunInfo.class;
      }

      @Override
      public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return info;
      }

      /**
       * The only one who is told of all failures, be they of the test, of what runs before and
       * after it, or of an extension; and before they are reported.
       */
      @Override
      public void testFailed(ExtensionContext context, Throwable cause) {
        failed = true;
        cause.addSuppressed(new FailedRun(info));
      }

      /** An assumption that does not hold will not hold the next time. */
      @Override
      public void testAborted(ExtensionContext context, Throwable cause) {
        failed = true;
      }
    }
  }

  /** Tells which run failed. */
  private static final class FailedRun extends Exception {
    private static final long serialVersionUID = 1;

    FailedRun(RunInfo info) {
      super(
          "failed in "
              + info
              + ", after "
              + (info.run() - 1)
              + " that passed; alone by @RepeatUntilFailure(only = "
              + info.run()
              + ")",
          null,
          false,
          false);
    }
  }
}
