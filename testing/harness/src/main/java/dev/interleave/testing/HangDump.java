// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.PreInterruptCallback;
import org.junit.jupiter.api.extension.PreInterruptContext;

/**
 * A JUnit extension that prints all threads when a test runs into its timeout, virtual threads
 * included, which JUnit's own dump leaves out.
 *
 * <p>It acts just before JUnit interrupts the test, so the dump shows where everyone hangs, and
 * prints to {@code System.err}: all threads with their stacks, the threads and monitors that the
 * platform threads wait for, and the deadlocks that the JVM knows; also the report of the MXBean
 * {@code dev.interleave:type=Diagnosis} if there is one.
 *
 * <p>Switch it on for a single class by {@code @ExtendWith(HangDump.class)}. To switch it on for
 * all tests, and give each of them a timeout, put this into {@code
 * src/test/resources/junit-platform.properties}:
 *
 * {@snippet lang="properties" :
 * # finds HangDump by its entry in META-INF/services
 * junit.jupiter.extensions.autodetection.enabled = true
 * junit.jupiter.execution.timeout.default = 60 s
 * # a test that ignores the interrupt is left behind, so that the run does end
 * junit.jupiter.execution.timeout.thread.mode.default = SEPARATE_THREAD
 * }
 *
 * <p>On the module path, detection does not find it; {@code @ExtendWith} does.
 *
 * <p>It needs JUnit 5.12 or later. Virtual threads appear if the JVM tracks them, as it does unless
 * run with {@code -Djdk.trackAllThreads=false}. Instances have no state and may be shared by
 * threads.
 */
public final class HangDump implements PreInterruptCallback {

  /** Made by JUnit. */
  public HangDump() {}

  /**
   * Prints the dump. A thread dump that fails is reported in the place where it would stand, so it
   * never hides the timeout.
   */
  @Override
  public void beforeThreadInterrupt(PreInterruptContext interrupt, ExtensionContext context) {
    Thread hanging = interrupt.getThreadToInterrupt();
    System.err.println(
        "Timeout of "
            + context.getUniqueId()
            + " in thread \""
            + hanging.getName()
            + "\" #"
            + hanging.threadId()
            + ". All threads:"
            + System.lineSeparator()
            + ThreadDump.withDiagnosis());
  }
}
