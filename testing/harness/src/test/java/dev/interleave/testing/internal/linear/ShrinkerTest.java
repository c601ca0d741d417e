// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.internal.linear;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is left is what the failure needs. */
class ShrinkerTest {

  @Test
  void onlyWhatIsNeededIsLeft() throws Exception {
    for (int seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      int parts = random.nextInt(60);
      BitSet needed = new BitSet();
      for (int i = random.nextInt(4); i > 0 && parts > 0; i--) {
        needed.set(random.nextInt(parts));
      }
      List<BitSet> failed = new ArrayList<>();
      int[] trials = {0};
      Shrinker.shrink(
          parts,
          kept -> {
            trials[0]++;
            BitSet missing = (BitSet) needed.clone();
            missing.andNot(kept);
            if (missing.isEmpty()) {
              failed.add((BitSet) kept.clone());
            }
            return missing.isEmpty();
          });
      if (failed.isEmpty()) {
        assertThat(needed.cardinality()).as("nothing can be left out").isEqualTo(parts);
      } else {
        assertThat(failed.getLast()).as("seed %s", seed).isEqualTo(needed);
      }
      assertThat(trials[0]).isLessThan(150);
    }
  }

  @Test
  void fewTrialsAreNeededIfTheLastPartsAreTheOnes() throws Exception {
    int[] trials = {0};
    Shrinker.shrink(
        100_000,
        kept -> {
          trials[0]++;
          return kept.get(99_997) && kept.get(99_999);
        });
    assertThat(trials[0]).isLessThan(20);
  }
}
