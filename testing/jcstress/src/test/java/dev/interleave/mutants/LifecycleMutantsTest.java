// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.mutants;

/** {@link LifecycleMutant}: the mistakes in stop tokens and services. */
class LifecycleMutantsTest extends MutantsTest<LifecycleMutant> {
  LifecycleMutantsTest() {
    super(LifecycleMutant.class, "lifecycle", "mutants-lifecycle.md");
  }
}
