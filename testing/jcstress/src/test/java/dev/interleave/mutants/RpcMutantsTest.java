// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.mutants;

/** {@link RpcMutant}: the mistakes in calls. */
class RpcMutantsTest extends MutantsTest<RpcMutant> {
  RpcMutantsTest() {
    super(RpcMutant.class, "rpc", "mutants-rpc.md");
  }
}
