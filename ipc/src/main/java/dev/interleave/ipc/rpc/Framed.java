// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Values that do not say where they end: four bytes with their length come before them. */
final class Framed {
  private Framed() {}

  static void write(Encoder out, String name, Runnable content) {
    int start = out.size();
    boolean done = false;
    try {
      out.writeInt(0);
      content.run();
      out.setInt(start, out.size() - start - Integer.BYTES);
      done = true;
    } catch (CodecException e) {
      throw e.within(name);
    } finally {
      if (!done) {
        out.truncate(start);
      }
    }
  }

  static <R extends @Nullable Object> R read(
      Decoder in, String name, Function<Decoder, R> content) {
    try {
      int length = in.readInt();
      return content.apply(in.slice(in.count(Integer.toUnsignedLong(length), 1)));
    } catch (CodecException e) {
      throw e.within(name);
    }
  }
}
