// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.mutants;

/** {@link StateMutant}: the mistakes in shared state. */
class StateMutantsTest extends MutantsTest<StateMutant> {
  StateMutantsTest() {
    super(StateMutant.class, "state", "mutants-state.md");
  }
}
