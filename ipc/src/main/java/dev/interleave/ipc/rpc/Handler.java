// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import org.jspecify.annotations.Nullable;

/**
 * Writes and reads the values of one type in the compact format. Every value takes at least one
 * byte, so that a number of elements can be compared with the bytes that are left.
 */
abstract class Handler {
  /** Throws {@link CodecException} only, or an error of the value's own code. */
  abstract void write(Encoder out, @Nullable Object value);

  /** Throws {@link CodecException} only, or an error of the value's own code. */
  abstract @Nullable Object read(Decoder in);

  /** How the type stands in the schema; what has components of its own defines them there. */
  abstract String schema(Schema schema);

  /** For what was entered in a {@link Schema}. */
  String definition(Schema schema) {
    throw new AssertionError(schema);
  }
}
