// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.state;

import java.util.function.Supplier;

/** Who owns the state. */
@SuppressWarnings("ImmutableEnumChecker") // the factories have no state
public enum OwnerKind {
  /** Ours as it is by default. */
  CONFINED("Confined, virtual", () -> new Owned.OfConfined(true)),
  /** Ours with a platform thread. */
  CONFINED_PLATFORM("Confined, platform", () -> new Owned.OfConfined(false)),
  /** The peer by its usual queue. */
  EXECUTOR_ARRAY("ThreadPoolExecutor, array", () -> new Owned.OfExecutor(false, false)),
  /** The same with two locks. */
  EXECUTOR_LINKED("ThreadPoolExecutor, linked", () -> new Owned.OfExecutor(true, false)),
  /** The same on a virtual thread. */
  EXECUTOR_LINKED_VIRTUAL(
      "ThreadPoolExecutor, linked, virtual", () -> new Owned.OfExecutor(true, true));

  private final String label;
  private final Supplier<Owned> factory;

  OwnerKind(String label, Supplier<Owned> factory) {
    this.label = label;
    this.factory = factory;
  }

  /** Its name in tables. */
  String label() {
    return label;
  }

  Owned create() {
    return factory.get();
  }
}
