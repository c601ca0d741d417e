// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.mutants;

/** {@link ReadTurnMutant}: the mistakes in handing on the turn to read. */
class ReadTurnMutantsTest extends MutantsTest<ReadTurnMutant> {
  ReadTurnMutantsTest() {
    super(ReadTurnMutant.class, "rpc", "mutants-read-turn.md");
  }
}
