// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.mutants;

import dev.interleave.mutants.Mutant.Edit;
import java.util.List;

/**
 * A deliberate mistake in a type, and the jcstress test that finds it out.
 *
 * @param words the mistake, in words
 * @param test the class of the test
 * @param mutant the type with the mistake
 */
record Mistake(String words, String test, Mutant mutant) {

  /** Those of an enum have names, by which they are told apart. */
  interface Named {
    Mistake mistake();
  }

  /**
   * A mistake in a {@linkplain Mutant#of package}, which the tests of the same package of jcstress
   * are about.
   *
   * @param test the simple name of the test
   */
  static Mistake in(String name, String words, String test, Edit... edits) {
    return new Mistake(
        words, "dev.interleave.jcstress." + name + "." + test, Mutant.of(name, List.of(edits)));
  }

  /**
   * A mistake in {@code rpc} or {@code channel}, whose tests lie beside what they look into.
   *
   * @param test the simple name of the test
   */
  static Mistake beside(String name, String words, String test, Edit... edits) {
    return new Mistake(
        words, "dev.interleave.ipc." + name + "." + test, Mutant.of(name, List.of(edits)));
  }

  /** Makes what is between two steps long enough to be found in seconds. */
  static String later(int micros) {
    return """
        long start = System.nanoTime();
        while (System.nanoTime() - start < %d_000) {
          Thread.onSpinWait();
        }
    """
        .formatted(micros);
  }
}
