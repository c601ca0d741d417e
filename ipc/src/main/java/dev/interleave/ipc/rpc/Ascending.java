// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.util.Arrays;

/**
 * Sees that each element or key has greater bytes than the one before, as {@link Entries} sorts.
 */
final class Ascending {
  private final Decoder in;
  private int start;
  private int end;

  Ascending(Decoder in) {
    this.in = in;
  }

  /** The next one began at {@code from} and has just been read. */
  void require(int from) {
    int to = in.position();
    // The first one is compared with nothing, which is less than anything.
    if (Arrays.compareUnsigned(in.array(), start, end, in.array(), from, to) >= 0) {
      throw new CodecException("out of order, or the same as the one before it");
    }
    start = from;
    end = to;
  }
}
