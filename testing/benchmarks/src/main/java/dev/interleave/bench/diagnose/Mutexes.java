// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.diagnose;

import java.util.concurrent.locks.Lock;

/** Makes locks that are watched together, if they are watched at all. */
interface Mutexes {
  /** A lock of that name. */
  Lock create(String name);
}
