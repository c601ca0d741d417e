// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import dev.interleave.StopReport;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/**
 * Something that can be stopped in bounded time, and says what it left behind.
 *
 * <p><b>Contract.</b> {@code stop} asks to stop, lets go on for so long, interrupts, and abandons
 * after a second more at most; it returns by then, whatever happens. It is idempotent, for any
 * thread, and also for what was never started. If the calling thread is interrupted, it goes on to
 * the interrupt at once, and is interrupted still when it returns.
 */
public interface Stoppable {
  /** The name that stands in reports. */
  String name();

  /**
   * Stops it.
   *
   * @param timeout how long to let it go on after it was asked; not at all if zero or negative
   * @return what had to be interrupted, and what runs still
   * @throws IllegalStateException if the caller is a part of what is to be stopped, and would wait
   *     for itself
   */
  StopReport stop(Duration timeout);

  /**
   * Whether {@code thread} is a part of what is to be stopped, so that it must not wait for the end
   * of it. By default no thread is.
   */
  default boolean runsOn(Thread thread) {
    return false;
  }

  /**
   * Something that is stopped by a function, such as {@code pool::close}.
   *
   * @throws IllegalArgumentException if {@code name} is blank
   */
  static Stoppable of(String name, Function<? super Duration, StopReport> stop) {
    Objects.requireNonNull(stop, "stop");
    return new NamedStop(name, timeout -> Objects.requireNonNull(stop.apply(timeout), "report"));
  }

  /**
   * Something that is stopped by closing it; the time it takes is not bounded by itself, but by who
   * stops it: see {@link ShutdownCoordinator}. What {@code close} throws is the cause of a {@link
   * CompletionException}.
   *
   * @throws IllegalArgumentException if {@code name} is blank
   */
  static Stoppable closing(String name, AutoCloseable resource) {
    Objects.requireNonNull(resource, "resource");
    return new NamedStop(
        name,
        timeout -> {
          long start = System.nanoTime();
          try {
            resource.close();
          } catch (Exception e) {
            if (e instanceof InterruptedException) {
              Thread.currentThread().interrupt();
            }
            throw new CompletionException("The close of " + name + " failed: " + e, e);
          }
          Duration took = Duration.ofNanos(System.nanoTime() - start);
          return new StopReport(name, took, 1, List.of(), List.of(), 0);
        });
  }
}
