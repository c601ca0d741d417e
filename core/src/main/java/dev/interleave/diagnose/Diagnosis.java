// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is blocked now, and why: the answer to "why is it stuck".
 *
 * <pre>{@code
 * System.err.println(Diagnosis.report());
 * }</pre>
 *
 * <p>It needs no detector and costs nothing until it is asked. It is also an MXBean, named {@value
 * #OBJECT_NAME}, from the first {@link DeadlockDetector} on, or when {@link #register} is called.
 *
 * <p>The library knows its own waits, on platform and virtual threads. Of deadlocks over monitors
 * and the locks of {@code java.util.concurrent} the JVM knows those of platform threads, and a
 * {@code WatchedLock} is one of the locks it knows; they are in the report as {@link
 * Report#jvmDeadlocks()}.
 *
 * <p>Thread-safe. No method accepts {@code null}.
 */
public final class Diagnosis {
  /** The name of the MXBean. */
  public static final String OBJECT_NAME = "dev.interleave:type=Diagnosis";

  private Diagnosis() {}

  /**
   * What was blocked at one moment, more or less: each wait was there when it was looked at, not
   * all at the same time; but the deadlocks are proven. Immutable and thread-safe; equal by value.
   *
   * @param blocked the waits, the longest first
   * @param deadlocks those among them that can never go on
   * @param jvmDeadlocks what the JVM says of threads that deadlock over monitors and locks it
   *     knows: one element for each thread
   */
  public record Report(List<Blocked> blocked, List<Deadlock> deadlocks, List<String> jvmDeadlocks) {

    /**
     * Copies the lists.
     *
     * @throws NullPointerException if a component or an element is null
     */
    public Report {
      blocked = List.copyOf(blocked);
      deadlocks = List.copyOf(deadlocks);
      jvmDeadlocks = List.copyOf(jvmDeadlocks);
    }

    /** For people: the deadlocks with all their stacks, then each wait, then who holds what. */
    public String text() {
      return ReportText.of(this);
    }

    /** For programs: one object with {@code blocked}, {@code deadlocks} and {@code jvm}. */
    public String json() {
      return ReportJson.of(this);
    }

    /**
     * For pages: a <a href="https://mermaid.js.org">Mermaid</a> flow chart. A thread points at what
     * it waits for, and that at the threads that hold it; what is deadlocked is marked.
     */
    public String mermaid() {
      return ReportMermaid.of(this);
    }

    /** As {@link #text()}. */
    @Override
    public String toString() {
      return text();
    }
  }

  /** Looks at everything that is blocked now, and at the stacks of all who wait. */
  public static Report report() {
    List<Blocked> blocked = new ArrayList<>();
    for (Wait wait : Waits.all()) {
      Owners owners = wait.resource().owners(wait);
      if (wait.isWaiting()) {
        blocked.add(Blocked.of(wait, owners, true));
      }
    }
    return new Report(blocked, deadlocks(), jvmDeadlocks());
  }

  /** What is deadlocked now, whichever detector it concerns, and also if there is none. */
  public static List<Deadlock> deadlocks() {
    return Deadlocks.all().stream().map(Deadlocks.Found::report).toList();
  }

  /** What the JVM itself finds: platform threads, monitors and ownable synchronizers only. */
  static List<String> jvmDeadlocks() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long @Nullable [] ids = threads.findDeadlockedThreads();
    if (ids == null) {
      return List.of();
    }
    List<String> found = new ArrayList<>();
    for (ThreadInfo info : threads.getThreadInfo(ids)) {
      if (info != null) {
        found.add(
            Owner.describe(info.getThreadName(), info.getThreadId(), false)
                + " waits for "
                + info.getLockName()
                + " held by "
                + Owner.describe(
                    Objects.requireNonNullElse(info.getLockOwnerName(), ""),
                    info.getLockOwnerId(),
                    false));
      }
    }
    return found;
  }

  /**
   * Makes the MXBean known to the platform's server of such beans. Idempotent; if another copy of
   * this library, loaded by another class loader, has done it before, that one's stays.
   */
  public static void register() {
    boolean unused = Registration.DONE;
  }

  /** Done once, when it is first asked for. */
  private static final class Registration {
    static final boolean DONE = register();

    private Registration() {}

    private static boolean register() {
      MBeanServer server = ManagementFactory.getPlatformMBeanServer();
      try {
        server.registerMBean(new Bean(), new ObjectName(OBJECT_NAME));
        return true;
      } catch (InstanceAlreadyExistsException e) {
        return false; // another copy of the library was first
      } catch (JMException e) {
        throw new IllegalStateException("Cannot register " + OBJECT_NAME, e);
      }
    }
  }

  private static final class Bean implements DiagnosisMXBean {
    @Override
    public String getReport() {
      return report().text();
    }

    @Override
    public String getJson() {
      return report().json();
    }

    @Override
    public String getMermaid() {
      return report().mermaid();
    }

    @Override
    public String[] getDeadlocks() {
      return deadlocks().stream().map(Deadlock::summary).toArray(String[]::new);
    }

    @Override
    public int getBlockedCount() {
      return Waits.all().size();
    }
  }
}
