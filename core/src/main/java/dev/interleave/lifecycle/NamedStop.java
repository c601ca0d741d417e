// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import dev.interleave.StopReport;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;

/** A way to stop something, and its name. */
record NamedStop(String name, Function<? super Duration, StopReport> how) implements Stoppable {
  NamedStop {
    Objects.requireNonNull(name, "name");
    if (name.isBlank()) {
      throw new IllegalArgumentException("name is blank: \"" + name + '"');
    }
  }

  @Override
  public StopReport stop(Duration timeout) {
    return how.apply(Objects.requireNonNull(timeout, "timeout"));
  }

  @Override
  public String toString() {
    return name;
  }
}
