// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** stub for measuring. */
public record StressReport(String name, List<String> actors, ThreadKind kind, long seed, Duration elapsed, long rounds, long perturbedRounds, List<Outcome> outcomes, @Nullable Hang hang) {
  public enum Kind {EXPECTED, INTERESTING, FORBIDDEN}
  public record Outcome(@Nullable Object value, Kind kind, String description, long count, OptionalLong perturbedRound, @Nullable Throwable failure, @Nullable Interleaving interleaving) {}
  public record Hang(Duration after, List<String> stuck, List<String> stacks, String dump, @Nullable String diagnosis, @Nullable Interleaving interleaving, List<String> abandoned) {}
}
