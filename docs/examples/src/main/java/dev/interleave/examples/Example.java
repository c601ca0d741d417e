// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples;

import java.io.PrintStream;
import java.util.List;

/**
 * A runnable example: it shows one thing and fails if that is not so.
 *
 * <p>Implementations are public with a public constructor without parameters, are listed in {@code
 * META-INF/services}, where {@link Tour} finds them, and have a {@code main} that calls {@link
 * #runAlone}. They leave no thread behind.
 */
public interface Example {
  /** The class, without what all examples have in common: {@code lock.WhoHoldsIt}. */
  default String name() {
    return getClass().getName().substring(Example.class.getPackageName().length() + 1);
  }

  /** What it shows, in a sentence or two. */
  String shows();

  /** The classes whose source tells how it is done. */
  default List<Class<?>> sources() {
    return List.of(getClass());
  }

  /**
   * Runs the example and checks what it shows; called once.
   *
   * @param out takes what a reader should see on the way; may be used by several threads
   * @return the result, one line, the same in each run
   * @throws Exception if something was not as expected; an {@link AssertionError} is thrown as well
   */
  String run(PrintStream out) throws Exception;

  /**
   * Runs one example on standard output.
   *
   * @throws Exception what the example throws
   */
  static void runAlone(Example example) throws Exception {
    System.out.println(example.name() + ": " + example.shows());
    System.out.println(example.run(System.out));
  }
}
