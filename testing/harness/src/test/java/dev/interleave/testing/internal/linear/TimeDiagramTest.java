// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.internal.linear;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.testing.internal.linear.TimeDiagram.Bar;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Calls stand where they belong, in either form. */
class TimeDiagramTest {
  private static final List<Bar> BARS =
      List.of(
          new Bar("a", "put(1)", 2, 9),
          new Bar("long", "size() -> 1", 5, 6),
          new Bar("long", "take()", 8, Timeline.NEVER),
          new Bar("a", "x", 20, 30));

  @Test
  void threadsAreRowsIfThereIsRoom() {
    assertThat(new TimeDiagram(BARS).draw(80))
        .containsExactly(
            "  a     |-put(1)------------| |-x-|", //
            "  long    |-size() -> 1-| |-take()");
  }

  @Test
  void callsAreRowsOtherwise() {
    assertThat(new TimeDiagram(BARS).draw(20))
        .containsExactly(
            "  a     put(1)       |---|",
            "  long  size() -> 1   ||",
            "  long  take()          |---",
            "  a     x                 ||");
  }

  @Test
  void singleCallMayBePending() {
    assertThat(new TimeDiagram(List.of(new Bar("t", "take()", 0, Timeline.NEVER))).draw(80))
        .containsExactly("  t  |-take()");
  }
}
