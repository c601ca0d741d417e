// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

/**
 * Ends a thread, as an error in the JVM would: {@link Faults} throw it, and no one but the thread
 * itself, or the pool it works for, should catch it.
 */
public final class InjectedDeath extends Error {
  private static final long serialVersionUID = 1;

  InjectedDeath(String message) {
    super(message);
  }
}
