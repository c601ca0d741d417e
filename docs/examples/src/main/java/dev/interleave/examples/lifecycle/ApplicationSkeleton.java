// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.lifecycle;

import dev.interleave.Deadline;
import dev.interleave.StopReport;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.lifecycle.PeriodicService;
import dev.interleave.lifecycle.Service;
import dev.interleave.lifecycle.ServiceGroup;
import dev.interleave.lifecycle.ShutdownCoordinator;
import dev.interleave.lifecycle.Stoppable;
import java.io.BufferedReader;
import java.io.File;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An application: it starts, works, and stops, be it of itself or by a signal. */
public final class ApplicationSkeleton implements Example {
  private static final int TASKS = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Made by the tour. */
  public ApplicationSkeleton() {}

  /** Runs this example alone; with the argument {@code serve}, the application, until a signal. */
  public static void main(String[] args) throws Exception {
    if (args.length > 0 && args[0].equals("serve")) {
      new Application(System.out, true).serve();
      return;
    }
    Example.runAlone(new ApplicationSkeleton());
  }

  @Override
  public String shows() {
    return "The skeleton of an application: services in order, a monitor beside them, and a"
        + " coordinator that stops all of it in phases when the work is done, when somebody says"
        + " so, or when a signal comes.";
  }

  /** What this example is about. */
  private static final class Application {
    private final PrintStream out;
    private final AtomicInteger done = new AtomicInteger();
    private final ShutdownCoordinator shutdown;
    private final PeriodicService monitor;
    private final ServiceGroup tasks;

    /** With so many tasks, which run to their end, or only when they are told to. */
    Application(PrintStream out, boolean endless) {
      this.out = out;
      shutdown =
          ShutdownCoordinator.builder("application")
              .timeout(Duration.ofSeconds(30))
              .onReport(report -> out.println("clean: " + report.isClean()))
              .build();
      monitor =
          PeriodicService.builder("monitor", stop -> {}).fixedRate(Duration.ofSeconds(1)).build();
      ServiceGroup.Builder group = ServiceGroup.builder("tasks");
      for (int i = 1; i <= TASKS; i++) {
        group.add(
            Service.builder(
                    "task-" + i,
                    (stop, ready) -> {
                      ready.run();
                      if (endless) {
                        stop.await();
                      }
                      done.incrementAndGet(); // what it holds is given back, however it ends
                    })
                .build());
      }
      tasks = group.build();
    }

    void start() throws InterruptedException {
      shutdown.register(1, tasks);
      shutdown.register(2, monitor);
      shutdown.register(3, Stoppable.closing("pool", () -> out.println("pool closed last")));
      monitor.start(Deadline.after(PATIENCE));
      tasks.start(Deadline.after(PATIENCE));
    }

    /** Until a signal: SIGTERM, SIGINT. */
    void serve() throws InterruptedException {
      shutdown.installHook();
      start();
      out.println("ready");
      StopReport unused = shutdown.awaitShutdown();
    }
  }

  @Override
  public String run(PrintStream out) throws Exception {
    Application quick = new Application(out, false);
    quick.start();
    Expect.soon("all tasks are done, not only the first", () -> quick.done.get() == TASKS);
    out.println(quick.done.get() + " tasks done");
    Expect.that("clean", quick.shutdown.shutdown("the work is done").isClean());

    Application told = new Application(out, true);
    told.start();
    Expect.equal("none is done", 0, told.done.get());
    StopReport report = told.shutdown.shutdown("an operator says so");
    Expect.equal("all have ended", TASKS, told.done.get());
    Expect.equal("tasks, monitor and pool", TASKS + 2L, report.drained());
    Expect.equal("the same for all", report, told.shutdown.shutdown("again"));

    signal(out);
    return "4 tasks done; 4 told to stop; and SIGTERM: each time all ended, in order, once";
  }

  /** The same application in a JVM of its own, and a signal. */
  private static void signal(PrintStream out) throws Exception {
    String path =
        Stream.of(Service.class, ApplicationSkeleton.class)
            .map(ApplicationSkeleton::folder)
            .distinct()
            .collect(Collectors.joining(File.pathSeparator));
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process process =
        new ProcessBuilder(java, "-cp", path, ApplicationSkeleton.class.getName(), "serve")
            .redirectErrorStream(true)
            .start();
    try (BufferedReader lines = process.inputReader()) {
      Expect.equal("first line", "ready", lines.readLine());
      process.toHandle().destroy(); // SIGTERM
      List<String> rest = lines.lines().toList();
      rest.forEach(line -> out.println("child: " + line));
      Expect.equal("rest", List.of("pool closed last", "clean: true"), rest);
      Expect.that("it ends", process.waitFor(30, TimeUnit.SECONDS));
      out.println("child: exit code " + process.exitValue());
    } finally {
      process.destroyForcibly();
    }
  }

  private static String folder(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
