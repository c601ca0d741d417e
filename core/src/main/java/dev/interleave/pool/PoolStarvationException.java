// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

/**
 * A task would have waited for ever for another task of its own pool: all threads of the pool wait
 * for tasks that none of them is free to run, or for each other. The wait was refused; both tasks
 * are as they were. The message names all tasks concerned.
 */
public final class PoolStarvationException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  PoolStarvationException(String message) {
    super(message);
  }
}
