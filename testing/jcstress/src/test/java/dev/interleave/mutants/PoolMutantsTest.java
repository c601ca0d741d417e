// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.mutants;

/** {@link PoolMutant}: the mistakes in the monitored pool. */
class PoolMutantsTest extends MutantsTest<PoolMutant> {
  PoolMutantsTest() {
    super(PoolMutant.class, "pool", "mutants-pool.md");
  }
}
