// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import org.jspecify.annotations.Nullable;

/**
 * A buffer is closed, and what was asked of it is not possible any more: nothing goes in after the
 * close, and nothing comes out once all that was inside has come out. The message names the buffer;
 * the {@linkplain #getCause() cause} is the one that was given to {@link
 * BoundedBuffer#close(Throwable)}, if any.
 *
 * <p>An item whose insertion ended with this exception is not inside, and never was.
 */
public final class BufferClosedException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  private BufferClosedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  static BufferClosedException refused(String name, @Nullable Throwable cause) {
    return new BufferClosedException(name + " is closed and accepts nothing more", cause);
  }

  static BufferClosedException drained(String name, @Nullable Throwable cause) {
    return new BufferClosedException(name + " is closed and drained", cause);
  }
}
