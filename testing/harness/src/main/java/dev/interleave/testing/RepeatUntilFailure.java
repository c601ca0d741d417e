// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Marks a test that runs again and again, until it fails for the first time, or has run so many
 * times, or for so long. For tests that meet a race by chance.
 *
 * {@snippet :
 * @RepeatUntilFailure(times = 10_000, seconds = 5)
 * void survives(RunInfo run) {
 *   SplittableRandom random = new SplittableRandom(run.seed());
 *   …
 * }
 * }
 *
 * <p>Each run is an invocation of its own, with its own instance of the test class and all
 * {@code @BeforeEach} methods. The method may take a {@link RunInfo}, which has the number of the
 * run and a seed for it. When a run fails, no other follows, and the failure carries a suppressed
 * exception that tells the run, its seed, and how to repeat it alone: by {@link #only()}. The same
 * goes for what fails before or after the test, such as {@code @AfterEach} methods and other
 * extensions.
 *
 * <p>At least one of {@link #times()} and {@link #seconds()} is needed. One run takes place in any
 * case. The runs of a method follow one another in one thread, also where others run in parallel.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(RunsUntilFailure.class)
@Execution(ExecutionMode.SAME_THREAD)
@SuppressWarnings("exports") // of use to JUnit only
public @interface RepeatUntilFailure {
  /**
   * How many times it runs at most.
   *
   * @return the number of runs, positive; or 0, as it is unless set, for as many as there is time
   */
  long times() default 0;

  /**
   * For how long it runs; a run that has begun is not cut short.
   *
   * @return seconds, positive; or 0, as it is unless set, for as long as it takes
   */
  long seconds() default 0;

  /**
   * What all seeds derive from.
   *
   * @return any number; 42 unless set
   */
  long seed() default 42;

  /**
   * The one run to be made, and no other: to look into one that failed.
   *
   * @return the number of the run, from 1; or 0, as it is unless set, for all of them
   */
  long only() default 0;
}
