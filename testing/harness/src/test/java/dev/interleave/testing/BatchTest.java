// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.testing.StressReport.Kind;
import dev.interleave.testing.contract.ThreadKind;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which rounds of a batch are left when the making of its subjects ends early. */
class BatchTest {
  private static final int WORKERS = 3;

  private static Plan<Object> plan() {
    return new Plan<>(
        null,
        Object::new,
        null,
        List.of(new StressActor<Object>("a", subject -> {}, null)),
        null,
        List.of(),
        new Judge(Map.of(), Kind.FORBIDDEN),
        ThreadKind.PLATFORM,
        0,
        OptionalLong.empty(),
        EnumSet.noneOf(Perturbation.class),
        Long.MAX_VALUE,
        Long.MAX_VALUE,
        Long.MAX_VALUE,
        0,
        false,
        null);
  }

  /** Each worker makes every third subject, and the first, second and last one get so far. */
  private static List<@Nullable Object> kept(int size, int... prepared) {
    Batch batch = Batch.bare(0, size, plan());
    for (int worker = 0; worker < WORKERS; worker++) {
      for (int i = 0; i < prepared[worker]; i++) {
        int index = worker + i * WORKERS;
        batch.subjects[index] = "subject " + index;
      }
    }
    batch.keepPrepared(prepared);
    return Arrays.asList(batch.subjects).subList(0, batch.size());
  }

  @Test
  void roundsWithoutASubjectAreDropped() {
    assertThat(kept(8, 2, 1, 2))
        .containsExactly("subject 0", "subject 1", "subject 2", "subject 3", "subject 5");
    assertThat(kept(8, 0, 3, 1))
        .containsExactly("subject 1", "subject 2", "subject 4", "subject 7");
  }

  @Test
  void allRoundsWithASubjectAreKept() {
    assertThat(kept(8, 3, 3, 2)).hasSize(8).doesNotContainNull();
    assertThat(kept(2, 1, 1, 0)).containsExactly("subject 0", "subject 1");
  }
}
