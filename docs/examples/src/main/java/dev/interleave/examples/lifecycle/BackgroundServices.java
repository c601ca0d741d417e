// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.lifecycle;

import dev.interleave.Deadline;
import dev.interleave.StopReport;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.lifecycle.PeriodicService;
import dev.interleave.lifecycle.PeriodicStats;
import dev.interleave.lifecycle.Service;
import dev.interleave.lifecycle.ServiceGroup;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** The six services that run in the background of many an application. */
public final class BackgroundServices implements Example {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final AtomicLong clock = new AtomicLong();

  /** Made by the tour. */
  public BackgroundServices() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new BackgroundServices());
  }

  @Override
  public String shows() {
    return "A monitor, a collector of metrics, a cleaner of a cache, the rotation of a log, a"
        + " preloader and a heartbeat: each with its period and its policies, started and stopped"
        + " as one group, and triggered here, so that nobody waits for an hour.";
  }

  @Override
  public List<Class<?>> sources() {
    return List.of(
        SystemMonitor.class,
        MetricsCollector.class,
        CacheCleaner.class,
        LogRotation.class,
        Preloader.class,
        Heartbeat.class,
        getClass());
  }

  @Override
  public String run(PrintStream out) throws Exception {
    Path folder = Files.createTempDirectory("rotation");
    try {
      return run(out, folder.resolve("log"));
    } finally {
      try (var files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }

  private String run(PrintStream out, Path log) throws Exception {
    SystemMonitor monitor = new SystemMonitor();
    MetricsCollector metrics = new MetricsCollector();
    CacheCleaner cleaner = new CacheCleaner(clock::get);
    LogRotation rotation = new LogRotation(log, 10);
    Preloader preloader = new Preloader(List.of("a", "b", "bad", "c"), this::load);
    AtomicBoolean isThere = new AtomicBoolean(true);
    Heartbeat heartbeat =
        new Heartbeat(
            stop -> {
              if (!isThere.get()) {
                throw new IOException("nobody is there");
              }
            },
            e -> out.println("heartbeat: " + e.getMessage()));
    List<PeriodicService> all =
        List.of(
            monitor.service(),
            metrics.service(),
            cleaner.service(),
            rotation.service(),
            preloader.service(),
            heartbeat.service());
    ServiceGroup.Builder builder =
        ServiceGroup.builder("background")
            .onFailure(ServiceGroup.FailurePolicy.REPORT)
            .onError(e -> out.println("background goes on without one: " + e.getMessage()));
    all.forEach(builder::add);
    ServiceGroup group = builder.build();
    group.start(Deadline.after(PATIENCE));
    for (PeriodicService service : all) {
      Expect.soon(service.name() + " runs at its start", () -> service.stats().runs() >= 1);
    }

    metrics.count();
    metrics.count();
    cleaner.put("short", Duration.ofSeconds(1));
    cleaner.put("long", Duration.ofHours(1));
    clock.addAndGet(Duration.ofMinutes(1).toNanos());
    Files.writeString(log, "more than ten bytes");
    for (PeriodicService service : all) {
      trigger(service);
    }
    Expect.that("two samples", monitor.samples().size() >= 2);
    Expect.equal("requests", 2L, metrics.total());
    Expect.equal("what has not expired", Set.of("long"), cleaner.keys());
    Expect.that("rotated", Files.exists(log.resolveSibling("log.1")) && Files.notExists(log));
    Expect.equal("loaded before the failure", Map.of("a", "A", "b", "B"), preloader.loaded());
    Expect.equal("preloader failures", 2L, preloader.service().stats().failures());

    isThere.set(false);
    trigger(heartbeat.service());
    trigger(heartbeat.service());
    heartbeat.service().trigger(); // the third time in a row
    Expect.that("it gives up", heartbeat.service().awaitEnd(Deadline.after(PATIENCE)));
    Expect.equal("state", Service.State.FAILED, heartbeat.service().status().state());
    Expect.equal("in a row", (long) Heartbeat.TIMES, heartbeat.service().stats().failuresInRow());
    Expect.equal("the group goes on", Service.State.RUNNING, group.state());

    StopReport report = group.stop(Duration.ofSeconds(30));
    Expect.that("clean", report.isClean());
    all.forEach(service ->
        out.println(
            service.name()
                + ": "
                + service.stats().failures()
                + " failures, "
                + service.status().state()));
    return "6 services: 5 stopped, 1 gave up after 3 failures in a row, and none was silent";
  }

  /** Has it run now, and waits until it has. */
  private static void trigger(PeriodicService service) throws InterruptedException {
    long before = service.stats().triggered();
    service.trigger();
    Expect.soon(
        service.name() + " has run",
        () -> {
          PeriodicStats stats = service.stats();
          return stats.triggered() > before && stats.runningFor().isEmpty();
        });
  }

  private String load(String key) {
    if (key.equals("bad")) {
      throw new IllegalStateException("there is no " + key);
    }
    return key.toUpperCase(Locale.ROOT);
  }
}
