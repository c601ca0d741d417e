// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import org.jspecify.annotations.Nullable;

/**
 * Something that threads wait for: a lock, a buffer, a pool, an event, a mailbox.
 *
 * <p>Identity counts: two resources are the same if they are the same object.
 *
 * <p>Thread-safe. All methods may be called by any thread, also while the resource is in use. They
 * neither block nor wait (a lock that is held for a few instructions excepted) nor throw, and call
 * nothing of the user's.
 */
public interface Resource {
  /** The name that stands in errors and reports, such as {@code accounts}. */
  String name();

  /** What it is, in a word or two, such as {@code lock} or {@code read-write lock}. */
  String kind();

  /**
   * Who could let {@code wait} go on: asked on demand, for one wait for this resource.
   *
   * <p>An answer is a snapshot of a moment within the call. What a detector needs of it:
   *
   * <ul>
   *   <li><b>Nobody missed:</b> a thread that stands in the way throughout the call is in the
   *       answer, if all that made it do so happened before the call. A thread that is just
   *       arriving or leaving may be in it or not.
   *   <li><b>Nobody invented:</b> a thread that left before the call, in the sense of happens
   *       before, is not in it.
   *   <li>The waiter itself is in it only if it really waits for itself; a waiter that has just got
   *       what it wanted, and is about to leave the registry, is not in its own way.
   *   <li>If anybody at all could let the waiter go on, the answer is {@link Owners#anyone()}; if
   *       in doubt, too.
   * </ul>
   *
   * @param wait says who waits, and for what of this resource ({@link Wait#wants()})
   */
  Owners owners(Wait wait);

  /**
   * Whether those in the way of a waiter stay the only ones for as long as all of them wait: as
   * with a mutex, which cannot be acquired while its owner sleeps; not with a lock that further
   * readers may come to share. A detector that has found a waiter deadlocked need not ask again
   * then. By default false, which is never wrong.
   *
   * @param wait for this resource
   */
  default boolean keepsOwners(Wait wait) {
    return false;
  }

  /**
   * Who alone is to act on deadlocks over this resource, such as the detector that made it; null,
   * the default, if every detector is.
   */
  default @Nullable Object watcher() {
    return null;
  }
}
