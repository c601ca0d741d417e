// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave;

/**
 * Something held that is given back by {@link #close()}: a lock, a permit, a place in a pool.
 *
 * <p>Made for try-with-resources, where the guard itself is rarely used:
 *
 * <pre>{@code
 * try (var g = lock.read()) {
 *   return table.get(key);
 * }
 * }</pre>
 *
 * <p><b>Contract of every implementation.</b> {@code close()} declares no exception, never blocks
 * for long, and is idempotent: what is held is given back once, however often it is called. A guard
 * belongs to whoever holds what it stands for; where that is a thread, closing it from another
 * thread is a misuse and fails with {@link IllegalMonitorStateException} without giving anything
 * back. Guards are not thread-safe unless their type says so.
 */
public interface Guard extends AutoCloseable {
  /** Gives back what is held. Later calls do nothing. */
  @Override
  void close();
}
