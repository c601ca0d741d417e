// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Fixes the seed of the checks of a {@link StressTest}, or of all in a class; the one at the method
 * counts. It takes precedence over {@link Stress#seed}; the system property {@code interleave.seed}
 * takes precedence over both.
 */
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
public @interface Seed {
  /**
   * Returns the seed.
   *
   * @return the seed
   */
  long value();

  /**
   * Returns the one perturbed round to repeat.
   *
   * @return its number, or a negative one for all rounds
   */
  long round() default -1;
}
