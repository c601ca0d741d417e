// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.mutants;

/** A deliberate mistake in a type, and the jcstress test that finds it out. */
interface Mistake {
  /** The mistake, in words. */
  String mistake();

  /** The class of the test. */
  String test();

  /** The type with the mistake. */
  Mutant mutant();
}
