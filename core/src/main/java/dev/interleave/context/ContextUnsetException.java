// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import java.util.NoSuchElementException;

/**
 * Somebody asked for the value of a {@link ContextLocal} that has none in the context, and no
 * default. The message names the local and the thread, and what the context has instead.
 */
public final class ContextUnsetException extends NoSuchElementException {
  private static final long serialVersionUID = 1L;

  private final String local;

  ContextUnsetException(String local, String message) {
    super(message);
    this.local = local;
  }

  /** The name of the local that is not set. */
  public String local() {
    return local;
  }
}
