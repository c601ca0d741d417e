// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import dev.interleave.testing.StressReport.Kind;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Knows which outcomes were listed, as what, and what to think of the others. Immutable. */
record Judge(Map<@Nullable Object, Verdict> listed, Kind unlisted) {

  /** What to think of an outcome. */
  record Verdict(Kind kind, String description) {}

  /** Tells whether there is something to say of this very outcome. */
  boolean isKnown(@Nullable Object outcome) {
    return outcome instanceof Stress.Violated || listed.containsKey(outcome);
  }

  Verdict judge(@Nullable Object outcome) {
    if (outcome instanceof Stress.Violated) {
      return new Verdict(Kind.FORBIDDEN, "invariant violated");
    }
    Verdict verdict = listed.get(outcome);
    if (verdict != null) {
      return verdict;
    }
    if (outcome == Stress.Nothing.COMPLETED) {
      return new Verdict(Kind.EXPECTED, "nothing went wrong");
    }
    return new Verdict(isFailure(outcome) ? Kind.FORBIDDEN : unlisted, "not listed");
  }

  /** Whoever does not care for the results of a round has not said that it may fail. */
  private static boolean isFailure(@Nullable Object outcome) {
    return outcome instanceof Stress.Thrown
        || outcome instanceof Stress.Swallowed
        || (outcome instanceof List<?> parts && parts.stream().anyMatch(Judge::isFailure));
  }
}
