// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import java.lang.ref.WeakReference;

/**
 * Which thread an id in a slot means. Weak, so that a slot left by a thread keeps neither the
 * thread nor its task alive; with the name, so that a thread that died holding can still be named.
 */
final class ReaderId extends WeakReference<Thread> {
  final long threadId;
  final String name;
  final boolean virtual;

  ReaderId(Thread thread) {
    super(thread);
    threadId = thread.threadId();
    name = thread.getName();
    virtual = thread.isVirtual();
  }
}
