// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

/** The other side did what it must not, or is not what it should be: it cannot go on. */
final class Breach extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Breach(String message) {
    super(message);
  }
}
