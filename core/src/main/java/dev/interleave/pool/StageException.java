// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

/**
 * The work of a {@link Pipeline}'s stage on an item failed. The message names the pipeline, the
 * stage and the item's number; the {@linkplain #getCause() cause} is what was thrown.
 */
public final class StageException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String stage;

  StageException(String pipeline, String stage, long index, Throwable cause) {
    super(pipeline + '/' + stage + " failed with item " + index + ": " + cause, cause);
    this.stage = stage;
  }

  /** The name of the stage. */
  public String stage() {
    return stage;
  }
}
