// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import dev.interleave.testing.StressReport.Kind;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Knows which outcomes were listed, as what, and what to think of the others. Immutable. */
record Judge(Map<@Nullable Object, Verdict> listed, Kind unlisted) {

  /** What to think of an outcome. */
  record Verdict(Kind kind, String description) {}

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
    return new Verdict(unlisted, "not listed");
  }
}
