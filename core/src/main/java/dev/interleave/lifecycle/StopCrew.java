// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import dev.interleave.Deadline;
import dev.interleave.StopReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Stops several things at the same time, each on a thread of its own, so that none that is slow or
 * throws holds up the others, and one that never comes back is left behind.
 *
 * <p>For one thread, the leader, which begins stops and hears of their ends. If the leader is
 * interrupted, all stops are hurried, those that begin later, too: {@link #wasInterrupted} says so.
 */
final class StopCrew {
  /** What a stop may take beyond its time: the second after an interrupt, and one to come back. */
  private static final Duration SLACK = Duration.ofSeconds(2);

  private final String name;
  private final Threads threads;
  private final Inbox<Ended> inbox;
  private final IdentityHashMap<Stoppable, Begun> under = new IdentityHashMap<>();
  private final List<StopReport> reports = new ArrayList<>();
  private final long start = System.nanoTime();
  private boolean interrupted;

  private record Begun(Thread thread, long since, Deadline limit) {}

  /** A stop that is over, and what it found. */
  record Ended(Stoppable what, StopReport report) {}

  /**
   * Nothing is under way.
   *
   * @param name of what all of them belong to
   * @param kind what that is
   */
  StopCrew(String name, String kind) {
    this.name = name;
    inbox = new Inbox<>(name, kind);
    // Daemons: one that hangs must not keep the JVM alive.
    threads = Threads.platform(name + " stop {n}").daemon(true).build();
  }

  /** Begins to stop {@code what}, which gets so much time. */
  void begin(Stoppable what, Duration time) {
    Duration timeout = interrupted ? Duration.ZERO : time;
    long since = System.nanoTime();
    Thread thread = threads.newThread(() -> inbox.add(new Ended(what, stop(what, timeout, since))));
    under.put(what, new Begun(thread, since, Deadline.after(timeout.plus(SLACK))));
    try {
      thread.start();
    } catch (Throwable e) { // no thread to be had: it is not stopped, and the others are
      inbox.add(new Ended(what, failed(what, e, since)));
      return;
    }
    if (interrupted) {
      thread.interrupt();
    }
  }

  private StopReport stop(Stoppable what, Duration timeout, long since) {
    try {
      return what.stop(timeout);
    } catch (Throwable e) { // told, and no reason to wait any longer
      return failed(what, e, since);
    }
  }

  private static StopReport failed(Stoppable what, Throwable e, long since) {
    Log.error("The stop of " + what.name() + " failed", e);
    Duration took = since(since);
    StopReport.Running where =
        new StopReport.Running(
            "the stop of " + what.name() + ", which failed: " + e,
            Thread.currentThread().getName(),
            took,
            List.of(e.getStackTrace()));
    return new StopReport(what.name(), took, 0, List.of(), List.of(where), 0);
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(Math.max(0, System.nanoTime() - nanos));
  }

  /** Waits for the next stop to end; null if none is under way. Ends those that are late itself. */
  @Nullable Ended next() {
    while (!under.isEmpty()) {
      Ended ended = await();
      if (ended == null) {
        ended = late();
      }
      if (ended != null && under.remove(ended.what()) != null) { // else it was given up before
        reports.add(ended.report());
        return ended;
      }
    }
    return null;
  }

  private @Nullable Ended await() {
    Deadline limit = Deadline.none();
    for (Begun begun : under.values()) {
      limit = limit.min(begun.limit());
    }
    try {
      return inbox.take(limit);
    } catch (InterruptedException e) {
      interrupted = true;
      under.values().forEach(begun -> begun.thread().interrupt());
      under.replaceAll((what, begun) ->
          new Begun(begun.thread(), begun.since(), begun.limit().min(Deadline.after(SLACK))));
      return null;
    }
  }

  /** Gives up one whose limit has passed. */
  private @Nullable Ended late() {
    for (Map.Entry<Stoppable, Begun> entry : under.entrySet()) {
      Begun begun = entry.getValue();
      if (begun.limit().isExpired()) {
        Stoppable what = entry.getKey();
        Duration took = since(begun.since());
        StopReport.Running where =
            StopReport.Running.of("the stop of " + what.name(), begun.thread(), took);
        begun.thread().interrupt();
        return new Ended(what, new StopReport(what.name(), took, 0, List.of(), List.of(where), 0));
      }
    }
    return null;
  }

  /** Whether the leader was interrupted meanwhile; its interrupt is cleared. */
  boolean wasInterrupted() {
    return interrupted;
  }

  /** All reports so far, as one. */
  StopReport report() {
    return merged(name, since(start), reports);
  }

  /** Several reports as one. */
  static StopReport merged(String name, Duration took, List<StopReport> reports) {
    long drained = 0;
    long discarded = 0;
    List<StopReport.Running> late = new ArrayList<>();
    List<StopReport.Running> left = new ArrayList<>();
    for (StopReport report : reports) {
      drained += report.drained();
      discarded += report.discarded();
      late.addAll(report.interrupted());
      left.addAll(report.abandoned());
    }
    return new StopReport(name, took, drained, late, left, discarded);
  }
}
