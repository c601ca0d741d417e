// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.Deadline;
import dev.interleave.testing.contract.Waiting;
import java.io.BufferedReader;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A JVM of its own, in which one of the programs below runs: how a JVM ends cannot be told within.
 */
final class ChildJvm {
  /** What the child does. */
  enum Program {
    /** A daemon writes, and the main thread ends. */
    DAEMON_THREAD,
    /** The same, and the thread is no daemon. */
    OTHER_THREAD,
    /** The same as a daemon, and there is a coordinator with a hook. */
    DAEMON_WITH_HOOK,
    /** A service, a hook, and the main thread waits for the shutdown. */
    APPLICATION,
    /** The same, with a service that will not stop. */
    STUBBORN_APPLICATION
  }

  private final Process process;
  private final BufferedReader out;

  ChildJvm(Program program) throws Exception {
    String path =
        Stream.of(Service.class, ChildJvm.class, Waiting.class)
            .map(ChildJvm::folder)
            .distinct()
            .collect(Collectors.joining(File.pathSeparator));
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    process =
        new ProcessBuilder(
                java, "-cp", path, "-Xshare:auto", ChildJvm.class.getName(), program.name())
            .redirectErrorStream(true)
            .start();
    out = process.inputReader();
  }

  private static String folder(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /** Waits for a line; fails if the child ends before it. */
  void awaitLine(String expected) throws Exception {
    assertThat(out.readLine()).isEqualTo(expected);
  }

  /** Sends SIGTERM. */
  void terminate() {
    process.toHandle().destroy(); // that of the process closes what it writes to as well
  }

  /** The rest of what it writes, until it has ended. */
  List<String> rest() throws Exception {
    List<String> lines = out.lines().toList();
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    return lines;
  }

  int exitCode() {
    return process.exitValue();
  }

  void kill() {
    process.destroyForcibly();
  }

  // ------------------------------------------------------------------ in the child

  public static void main(String[] args) throws Exception {
    switch (Program.valueOf(args[0])) {
      case DAEMON_THREAD -> thread(true);
      case OTHER_THREAD -> thread(false);
      case DAEMON_WITH_HOOK -> hook();
      case APPLICATION ->
          application(
              Duration.ofMinutes(1),
              (stop, ready) -> {
                ready.run();
                stop.await();
                System.out.println("saved: " + stop.reason().orElseThrow());
              });
      case STUBBORN_APPLICATION ->
          application(
              Duration.ZERO,
              (stop, ready) -> {
                ready.run();
                while (true) {
                  try {
                    new CountDownLatch(1).await();
                  } catch (InterruptedException e) {
                    System.out.println("interrupted");
                  }
                }
              });
    }
  }

  /** The first half of a line is written; the other half needs the main thread to have ended. */
  private static void thread(boolean daemon) throws InterruptedException {
    Thread main = Thread.currentThread();
    CountDownLatch begun = new CountDownLatch(1);
    Threads.platform("writer")
        .daemon(daemon)
        .build()
        .newThread(() -> {
          System.out.println("first half");
          begun.countDown();
          try {
            main.join();
            if (daemon) {
              new CountDownLatch(1).await(); // what is being written takes its time
            }
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
          System.out.println("second half");
        })
        .start();
    begun.await();
  }

  private static void hook() throws InterruptedException {
    Service writer =
        Service.builder(
                "writer",
                (stop, ready) -> {
                  System.out.println("first half");
                  ready.run();
                  stop.await();
                  System.out.println("second half");
                })
            .threads(Threads.platform("writer").daemon(true).build())
            .build();
    ShutdownCoordinator app = ShutdownCoordinator.builder("app").onReport(r -> {}).build();
    app.register(1, writer);
    app.installHook();
    writer.start(Deadline.none());
  }

  private static void application(Duration timeout, Service.Body body) throws InterruptedException {
    ShutdownCoordinator app =
        ShutdownCoordinator.builder("app").timeout(timeout).onReport(r -> {}).build();
    Service service = Service.builder("service", body).build();
    app.register(1, service);
    app.installHook();
    service.start(Deadline.none());
    System.out.println("ready");
    app.awaitShutdown();
  }
}
