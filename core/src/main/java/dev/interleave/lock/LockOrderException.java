// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import org.jspecify.annotations.Nullable;

/**
 * A thread asked for a key although it holds one that does not come before it in the order: were it
 * to wait, and another thread to do the same the other way round, both would wait for ever. It has
 * acquired nothing new, and keeps what it holds.
 *
 * <p>Release the larger key first, or acquire all keys at once. The message names the thread, both
 * keys, and both places: where the key was asked for, which is the stack of this exception, and
 * where the other one was acquired, which is its {@linkplain #getCause() cause}, if that was
 * recorded.
 */
public final class LockOrderException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  private final String held;
  private final String wanted;

  LockOrderException(
      Thread thread, String held, @Nullable Throwable heldSite, String wanted, String why) {
    super(null, heldSite);
    this.held = held;
    this.wanted = wanted;
    message =
        LockHolder.describe(thread)
            + " wants "
            + wanted
            + " at "
            + AcquisitionSite.place(this)
            + " while it holds "
            + held
            + ", acquired at "
            + AcquisitionSite.place(heldSite)
            + ": "
            + why;
  }

  private final String message;

  @Override
  public String getMessage() {
    return message;
  }

  /** The key that is held, with the name of its manager: {@code accounts[7]}. */
  public String held() {
    return held;
  }

  /** The key that was asked for, with the name of its manager. */
  public String wanted() {
    return wanted;
  }
}
