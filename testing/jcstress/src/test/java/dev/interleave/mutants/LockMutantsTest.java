// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.mutants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.interleave.mutants.Mutant.Edit;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * {@link LockMutant}: the mistakes in the read-write lock. docs/benchmarks/mutants.md is the table
 * of the thorough profile.
 */
class LockMutantsTest extends MutantsTest<LockMutant> {
  LockMutantsTest() {
    super(LockMutant.class, "lock", "mutants.md");
  }

  /** The suite that the build runs fails, too; once, since jcstress takes its time. */
  @Test
  void jcstressFailsForAMutant() throws Exception {
    Mistake mistake = LockMutant.READER_DOES_NOT_LOOK_AGAIN.mistake();
    Trial trial = Trial.inJcstress(trials().mutant(mistake), mistake.test());
    assertThat(trial.caught()).as(trial.output()).isTrue();
    assertThat(Trial.inJcstress(trials().original(), mistake.test()).caught()).isFalse();
  }

  @Test
  void anEditThatFindsNothingIsAnError() {
    Mutant stale =
        new Mutant(
            original().sources(), List.of(new Edit("LockStats.java", "what was there once", "")));
    assertThatIllegalStateException()
        .isThrownBy(() -> stale.compile(folder()))
        .withMessageStartingWith("no such text in LockStats.java:");
  }
}
