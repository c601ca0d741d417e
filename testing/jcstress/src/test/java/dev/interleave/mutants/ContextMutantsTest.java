// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.mutants;

/** {@link ContextMutant}: the mistakes in contexts. */
class ContextMutantsTest extends MutantsTest<ContextMutant> {
  ContextMutantsTest() {
    super(ContextMutant.class, "context", "mutants-context.md");
  }
}
