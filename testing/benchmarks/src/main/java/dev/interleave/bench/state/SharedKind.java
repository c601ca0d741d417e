// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.state;

import java.util.function.Supplier;

/** What holds the value. */
@SuppressWarnings("ImmutableEnumChecker") // the factories have no state
public enum SharedKind {
  /** Ours. */
  VERSIONED("VersionedState", Shared.OfVersionedState::new),
  /** A compare-and-set of a reference. */
  ATOMIC_REFERENCE("AtomicReference", Shared.OfAtomicReference::new),
  /** A lock for writing. */
  REENTRANT_LOCK("ReentrantLock", Shared.OfReentrantLock::new);

  private final String label;
  private final Supplier<Shared> factory;

  SharedKind(String label, Supplier<Shared> factory) {
    this.label = label;
    this.factory = factory;
  }

  /** Its name in tables. */
  String label() {
    return label;
  }

  Shared create() {
    return factory.get();
  }
}
