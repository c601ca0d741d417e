// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.mutants;

/** {@link DiagnoseMutant}: the mistakes in the wait graph. */
class DiagnoseMutantsTest extends MutantsTest<DiagnoseMutant> {
  DiagnoseMutantsTest() {
    super(DiagnoseMutant.class, "diagnose", "mutants-diagnose.md");
  }
}
