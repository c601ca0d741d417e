// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What a {@link PeriodicService} has done, as of one moment between two steps of it. Immutable; no
 * component is null.
 *
 * @param name of the service
 * @param runs how many runs have ended, failed ones included
 * @param failures how many of them failed
 * @param failuresInRow how many failed since the last that did not
 * @param lastError what the last that failed threw; empty if none did
 * @param skipped how many runs of the schedule did not take place: they came due while another one
 *     was under way, were missed, or fell into a back-off
 * @param late how many runs began when their time had passed by a period, or while another one was
 *     under way
 * @param triggered how many runs began because somebody triggered them
 * @param jumps how often the clock jumped: the machine was suspended, or its clock was set
 * @param lastRun how long the last run took; zero if there was none
 * @param maxRun how long the longest took
 * @param meanRun how long they took on average
 * @param nextRunIn when the next run is due; zero if it is; empty if the service does not wait for
 *     one, since it is not started, is in a run, or has ended
 * @param runningFor for how long a run is under way; empty if none is
 */
public record PeriodicStats(
    String name,
    long runs,
    long failures,
    long failuresInRow,
    Optional<Throwable> lastError,
    long skipped,
    long late,
    long triggered,
    long jumps,
    Duration lastRun,
    Duration maxRun,
    Duration meanRun,
    Optional<Duration> nextRunIn,
    Optional<Duration> runningFor) {

  /**
   * Checks the components.
   *
   * @throws NullPointerException if a component is null
   */
  public PeriodicStats {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(lastError, "lastError");
    Objects.requireNonNull(lastRun, "lastRun");
    Objects.requireNonNull(maxRun, "maxRun");
    Objects.requireNonNull(meanRun, "meanRun");
    Objects.requireNonNull(nextRunIn, "nextRunIn");
    Objects.requireNonNull(runningFor, "runningFor");
  }
}
