// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.state;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The deadline passed before a {@link VersionedState} could be changed, or had changed. The caller
 * has changed nothing. The message names the state, how long the caller waited and for what, and
 * who was changing the state when the time was up.
 */
public final class StateTimeoutException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private StateTimeoutException(String message) {
    super(message);
  }

  static StateTimeoutException updating(String name, Duration waited, @Nullable Thread updater) {
    return new StateTimeoutException(
        "Timed out after "
            + waited
            + " waiting to change "
            + name
            + ": "
            + (updater == null
                ? "nobody changes it now, but others are first in line"
                : Threads.describe(updater) + " is changing it" + at(updater)));
  }

  static StateTimeoutException awaiting(String name, Duration waited, long version, long current) {
    return new StateTimeoutException(
        "Timed out after "
            + waited
            + " waiting for a version of "
            + name
            + " after "
            + version
            + ": it is at "
            + current);
  }

  private static String at(Thread thread) {
    StackTraceElement place = Threads.place(List.of(thread.getStackTrace()));
    return place == null ? "" : ", at " + place;
  }
}
