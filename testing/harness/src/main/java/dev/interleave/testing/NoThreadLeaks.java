// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/**
 * Fails a test that leaves a thread behind: one that was not there before the test, its
 * {@code @BeforeEach} methods included, and is alive after it and its {@code @AfterEach} methods.
 *
 * <p>A thread that is about to end is waited for, up to {@link #patienceMillis()} for all of them
 * together; and so is one that it starts meanwhile. The failure shows the stacks of those that do
 * not end.
 *
 * <p><b>What is seen.</b> All platform threads, whoever started them; so a test with this
 * annotation runs alone, also where others run in parallel. Virtual threads as far as the JVM lists
 * them in its thread dump: those started by {@link Thread} and by executors, unless it runs with
 * {@code -Djdk.trackAllThreads=false}; without the HotSpot MXBean none of them.
 *
 * <p><b>What is not counted:</b> the threads of the JVM itself, the carriers of virtual threads,
 * the workers of the common {@link java.util.concurrent.ForkJoinPool} and the timer of {@link
 * java.util.concurrent.CompletableFuture}, the threads of JUnit, and those whose names match {@link
 * #ignoring()}.
 *
 * <p>On a class it holds for all its tests.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith(ThreadLeakCheck.class)
@ResourceLock(value = Resources.GLOBAL, mode = ResourceAccessMode.READ_WRITE)
@SuppressWarnings("exports") // of use to JUnit only
public @interface NoThreadLeaks {
  /**
   * How long to wait for threads that are about to end.
   *
   * @return milliseconds, not negative; ten seconds unless set
   */
  long patienceMillis() default 10_000;

  /**
   * The names of threads that may stay.
   *
   * @return regular expressions, each for a whole name
   */
  String[] ignoring() default {};
}
