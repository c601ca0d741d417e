// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.mutants;

/** {@link BufferMutant}: the mistakes in a buffer. */
class BufferMutantsTest extends MutantsTest<BufferMutant> {
  BufferMutantsTest() {
    super(BufferMutant.class, "buffer", "mutants-buffer.md");
  }
}
