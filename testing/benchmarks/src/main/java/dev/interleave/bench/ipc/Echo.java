// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.ipc;

/** What is called: it gives back what it got. */
public interface Echo {
  /** The same bytes. */
  byte[] echo(byte[] bytes);
}
