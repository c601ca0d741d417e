// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Marks a JUnit test method that describes a {@link Stress} and has it run and asserted.
 *
 * {@snippet lang="java" :
 * @StressTest(millis = 2_000)
 * void incrementsAreNotLost(StressRun run) throws InterruptedException {
 *   run.check(
 *       Stress.on(AtomicLong::new)
 *           .actor("a", AtomicLong::incrementAndGet)
 *           .actor("b", AtomicLong::incrementAndGet)
 *           .arbiter(AtomicLong::get)
 *           .expect(2, "both counted"));
 * }
 * }
 *
 * <p>The method takes a {@link StressRun}; one that checks nothing fails. When a check fails, its
 * HTML report is published as a file of the test. {@link Seed} fixes the seed. It needs JUnit 5.14
 * or later.
 */
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Test
@ExtendWith(StressExtension.class)
@SuppressWarnings("exports") // of use to JUnit only
public @interface StressTest {
  /**
   * Returns how long each check runs.
   *
   * @return the time in milliseconds; positive
   */
  long millis() default 1_000;

  /**
   * Returns how many rounds each check runs at most.
   *
   * @return the number of rounds; positive
   */
  long rounds() default Long.MAX_VALUE;

  /**
   * Returns whether a check ends once it has seen something forbidden.
   *
   * @return whether it does; if not, it does so only where the description says so itself
   */
  boolean failFast() default true;
}
