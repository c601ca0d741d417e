// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.mutants;

/** {@link OrderMutant}: the mistakes in ordered and watched locks and events. */
class OrderMutantsTest extends MutantsTest<OrderMutant> {
  OrderMutantsTest() {
    super(OrderMutant.class, "lock", "mutants-order.md");
  }
}
