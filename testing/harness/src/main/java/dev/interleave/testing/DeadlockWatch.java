// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Fails a test as soon as there is a deadlock, with a dump of all threads, instead of when it times
 * out, or never.
 *
 * <p>The test method runs in a thread of its own, as it does with JUnit's timeout of kind {@code
 * SEPARATE_THREAD}; the thread that JUnit runs looks for deadlocks meanwhile, every {@link
 * #periodMillis()}, and once more when the test is over. When it finds one it interrupts the test,
 * gives it a moment, and leaves it behind if that does not help: threads that wait for a monitor,
 * or in {@code lock()}, cannot be ended. They are daemons, if the test has made no others. What the
 * test itself has thrown is suppressed in the failure.
 *
 * <p><b>What is found:</b> cycles of platform threads that wait for monitors and for locks of
 * {@code java.util.concurrent} that know their owner ({@link
 * java.lang.management.ThreadMXBean#findDeadlockedThreads()}); and whatever the MXBean {@code
 * dev.interleave:type=Diagnosis} lists in its attribute {@code Deadlocks}, if it is there: locks of
 * Interleave, virtual threads and readers included. A virtual thread in a deadlock of other locks
 * is not seen; {@link HangDump} shows it when the test times out. Deadlocks from before the test do
 * not count.
 *
 * <p>On a class it holds for all its tests, on a factory for each of its dynamic tests.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith(DeadlockCheck.class)
@SuppressWarnings("exports") // of use to JUnit only
public @interface DeadlockWatch {
  /**
   * How often to look.
   *
   * @return milliseconds, positive; 250 unless set
   */
  long periodMillis() default 250;
}
