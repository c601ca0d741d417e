// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.diagnose;

import java.util.concurrent.locks.Lock;

/** Makes locks that are watched together, if they are watched at all, until it is closed. */
interface Mutexes extends AutoCloseable {
  /** A lock of that name. */
  Lock create(String name);

  @Override
  default void close() {}
}
