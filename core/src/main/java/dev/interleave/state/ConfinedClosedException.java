// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.state;

/**
 * A function was not run because its {@link Confined} is closed: it came too late, or had not begun
 * when the mailbox was thrown away. Either way it has had no effect and never will.
 */
public final class ConfinedClosedException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  private ConfinedClosedException(String message) {
    super(message);
  }

  static ConfinedClosedException rejected(String name) {
    return new ConfinedClosedException(name + " is closed and accepts nothing more");
  }

  static ConfinedClosedException discarded(String name) {
    return new ConfinedClosedException(name + " was closed before this function had begun");
  }
}
