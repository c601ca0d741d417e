// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.lang.management.ManagementFactory;
import java.lang.reflect.AnnotatedElement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Does what {@link NoThreadLeaks} says. */
final class ThreadLeakCheck implements BeforeEachCallback, AfterEachCallback {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(ThreadLeakCheck.class);

  /** Threads that belong to all: the common pool, its timer, and the one for JUnit's timeouts. */
  private static final Pattern SHARED =
      Pattern.compile(
          "(ForkJoinPool\\.commonPool|junit-jupiter-timeout-watcher|CompletableFutureDelay).*");

  @Override
  public void beforeEach(ExtensionContext context) {
    context.getStore(NAMESPACE).put(Snapshot.class, Snapshot.take());
  }

  @Override
  public void afterEach(ExtensionContext context) throws InterruptedException {
    Snapshot before = context.getStore(NAMESPACE).remove(Snapshot.class, Snapshot.class);
    if (before == null) {
      return; // the test never began: an extension before this one has failed, and this says why
    }
    NoThreadLeaks settings = settings(context);
    if (settings.patienceMillis() < 0) {
      throw new IllegalArgumentException("patienceMillis: " + settings.patienceMillis());
    }
    List<Pattern> ignoring = new ArrayList<>(List.of(SHARED));
    for (String regex : settings.ignoring()) {
      ignoring.add(Pattern.compile(regex));
    }
    List<String> left = before.awaitOthers(ignoring, settings.patienceMillis());
    if (!left.isEmpty()) {
      throw new AssertionError(
          left.size()
              + " thread(s) left behind by "
              + context.getDisplayName()
              + ", still alive after "
              + settings.patienceMillis()
              + " ms:"
              + System.lineSeparator()
              + String.join(System.lineSeparator(), left));
    }
  }

  private static NoThreadLeaks settings(ExtensionContext context) {
    Optional<NoThreadLeaks> found = context.getElement().flatMap(element -> find(element, context));
    return found.orElseThrow(
        () -> new IllegalStateException("no @NoThreadLeaks at " + context.getUniqueId()));
  }

  private static Optional<NoThreadLeaks> find(AnnotatedElement test, ExtensionContext context) {
    Optional<NoThreadLeaks> own = AnnotationSupport.findAnnotation(test, NoThreadLeaks.class);
    return own.isPresent()
        ? own
        : AnnotationSupport.findAnnotation(
            context.getRequiredTestClass(), NoThreadLeaks.class, context.getEnclosingTestClasses());
  }

  /** The threads that there are at one time; virtual ones by their numbers. */
  private record Snapshot(Set<Thread> platform, Set<Long> virtual) {

    static Snapshot take() {
      Set<Long> virtual = new HashSet<>();
      VirtualThreads.alive().forEach(thread -> virtual.add(thread.id()));
      return new Snapshot(Set.copyOf(Thread.getAllStackTraces().keySet()), virtual);
    }

    /** Waits until all others have ended, and returns those that have not in time. */
    List<String> awaitOthers(List<Pattern> ignoring, long patienceMillis)
        throws InterruptedException {
      Patience patience =
          new Patience(TimeUnit.MILLISECONDS.toNanos(patienceMillis), System::nanoTime);
      boolean nobodyBefore = false;
      while (true) {
        // Whoever ends may have started another: only a look that meets nobody is the last one.
        long started = started();
        List<Thread> platformLeft = platformLeft(ignoring);
        List<String> virtualLeft = virtualLeft(ignoring);
        boolean nobody = platformLeft.isEmpty() && virtualLeft.isEmpty();
        boolean believed = nobody && (nobodyBefore || started() == started);
        if (believed || patience.isOver()) {
          return Stream.concat(platformLeft.stream().map(Snapshot::describe), virtualLeft.stream())
              .toList();
        }
        nobodyBefore = nobody;
        if (platformLeft.isEmpty()) {
          LockSupport.parkNanos(this, patience.nextPause()); // virtual ones can only be looked for
          if (Thread.interrupted()) {
            throw new InterruptedException();
          }
        } else {
          platformLeft.get(0).join(Duration.ofNanos(patience.nextPause()));
        }
      }
    }

    /**
     * How many platform threads have been started so far. As long as none is, a thread cannot slip
     * through between the look at these and that at the virtual ones. Where others start threads
     * all the time, a second look has to do.
     */
    private static long started() {
      return ManagementFactory.getThreadMXBean().getTotalStartedThreadCount();
    }

    private List<Thread> platformLeft(List<Pattern> ignoring) {
      return Thread.getAllStackTraces().keySet().stream()
          .filter(thread -> !platform.contains(thread) && counts(thread, ignoring))
          .toList();
    }

    private List<String> virtualLeft(List<Pattern> ignoring) {
      return VirtualThreads.alive().stream()
          .filter(thread -> !virtual.contains(thread.id()))
          .filter(thread -> !matches(thread.name(), ignoring))
          .map(VirtualThreads.Shown::text)
          .toList();
    }

    private static boolean counts(Thread thread, List<Pattern> ignoring) {
      ThreadGroup group = thread.getThreadGroup();
      String type = thread.getClass().getName();
      boolean ofOthers =
          group == null // has just ended
              || group.getParent() == null // those of the JVM
              || type.startsWith("jdk.internal.")
              || type.startsWith("org.junit.");
      return !ofOthers && !matches(thread.getName(), ignoring);
    }

    private static boolean matches(String name, List<Pattern> ignoring) {
      return ignoring.stream().anyMatch(pattern -> pattern.matcher(name).matches());
    }

    private static String describe(Thread thread) {
      StringBuilder text = new StringBuilder(256);
      text.append('"').append(thread.getName()).append("\" #").append(thread.threadId());
      text.append(thread.isDaemon() ? " daemon " : " ").append(thread.getState());
      for (StackTraceElement frame : thread.getStackTrace()) {
        text.append(System.lineSeparator()).append("    at ").append(frame);
      }
      return text.toString();
    }
  }
}
