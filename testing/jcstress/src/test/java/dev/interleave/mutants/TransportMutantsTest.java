// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.mutants;

/** {@link TransportMutant}: the mistakes in connections. */
class TransportMutantsTest extends MutantsTest<TransportMutant> {
  TransportMutantsTest() {
    super(TransportMutant.class, "ipc", "mutants-transport.md");
  }
}
