// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which tests of a kit notice which flaws. Busy threads run into a flaw by chance, though nearly
 * always: a test gets some chances.
 */
final class Chances {
  private static final int CHANCES = 10;

  private Chances() {}

  /** Fails unless each of these tests of a kit fails in one of its runs, for the flaw found. */
  static void assertCaught(Class<?> kit, List<String> tests, Map<String, String> parameters) {
    List<String> missed = new ArrayList<>(tests);
    for (int chance = 0; chance < CHANCES && !missed.isEmpty(); chance++) {
      KitRun run = KitRun.some(kit, missed, parameters);
      assertThat(run.tests()).containsExactlyInAnyOrderElementsOf(missed);
      assertThat(run.failures()).allMatch(AssertionError.class::isInstance);
      missed.removeAll(run.failed());
    }
    assertThat(missed).as("tests that never noticed").isEmpty();
  }

  /** Fails if there are tests that no flaw makes fail. */
  static void assertNoneIsIdle(Set<String> tests, Stream<String> caughtBySome) {
    Set<String> idle = new TreeSet<>(tests);
    idle.removeAll(caughtBySome.collect(Collectors.toSet()));
    assertThat(idle).as("tests that no flaw makes fail").isEmpty();
  }
}
