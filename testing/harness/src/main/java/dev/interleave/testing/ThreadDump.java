// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import dev.interleave.testing.internal.RegisteredDiagnosis;
import java.io.IOException;
import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.MonitorInfo;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * All threads as text. The only dump that includes virtual threads is one that the JVM writes to a
 * file; what it leaves out, who holds the locks, is known for platform threads alone and follows.
 */
final class ThreadDump {
  private static final String NEW_LINE = System.lineSeparator();

  private ThreadDump() {}

  /** Returns the dump; never throws for want of one. */
  static String take() {
    return allThreads() + NEW_LINE + locksOfPlatformThreads();
  }

  /** Returns the dump, and after it what Interleave's own types know, if they are there. */
  static String withDiagnosis() {
    String diagnosis = RegisteredDiagnosis.report();
    return diagnosis == null ? take() : take() + NEW_LINE + diagnosis + NEW_LINE;
  }

  /** Returns the part of the JVM: threads with their stacks, one after an empty line each. */
  static String allThreads() {
    HotSpotDiagnosticMXBean hotSpot =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    if (hotSpot == null) {
      return "(this JVM does not dump virtual threads)" + NEW_LINE;
    }
    try {
      Path directory = Files.createTempDirectory("hang-dump");
      Path file = directory.resolve("threads.txt"); // must not exist yet
      try {
        hotSpot.dumpThreads(file.toString(), ThreadDumpFormat.TEXT_PLAIN);
        return Files.readString(file);
      } finally {
        Files.deleteIfExists(file);
        Files.delete(directory);
      }
    } catch (IOException | RuntimeException e) {
      return "(no dump of all threads: " + e + ")" + NEW_LINE;
    }
  }

  private static String locksOfPlatformThreads() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    StringBuilder text = new StringBuilder("Platform threads that wait, or hold a monitor:");
    boolean any = false;
    // Without the synchronizers that each thread holds: to find them, the JVM walks the whole heap.
    for (ThreadInfo thread : threads.dumpAllThreads(true, false)) {
      any |= appendLocks(text, thread);
    }
    text.append(any ? "" : " none").append(NEW_LINE);
    long @Nullable [] deadlocked = threads.findDeadlockedThreads();
    text.append("Deadlocked platform threads: ");
    text.append(deadlocked == null ? "none known" : Arrays.toString(deadlocked));
    return text.append(NEW_LINE).toString();
  }

  private static boolean appendLocks(StringBuilder text, ThreadInfo thread) {
    LockInfo wanted = thread.getLockInfo();
    MonitorInfo[] monitors = thread.getLockedMonitors();
    if (wanted == null && monitors.length == 0) {
      return false;
    }
    text.append(NEW_LINE).append("  #").append(thread.getThreadId());
    text.append(" \"").append(thread.getThreadName()).append("\" ").append(thread.getThreadState());
    if (wanted != null) {
      text.append(NEW_LINE).append("    waits for ").append(wanted);
      if (thread.getLockOwnerName() != null) {
        text.append(" held by #").append(thread.getLockOwnerId());
        text.append(" \"").append(thread.getLockOwnerName()).append('"');
      }
    }
    for (MonitorInfo monitor : monitors) {
      text.append(NEW_LINE).append("    holds the monitor ").append(monitor);
      text.append(" since ").append(monitor.getLockedStackFrame());
    }
    return true;
  }
}
