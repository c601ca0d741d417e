// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What collections have in common. */
final class Elements {
  /**
   * For how many elements memory is taken before they are seen. Each takes a byte at least, and a
   * place in a list four or eight: a peer that announces as many as there are bytes left, on every
   * level, shall not get that for nothing.
   */
  static final int AHEAD = 16;

  private Elements() {}

  static void write(Encoder out, Collection<?> values, Handler element) {
    int count = begin(out, values.size());
    out.enter();
    int i = 0;
    try {
      for (Object value : values) {
        element.write(out, value);
        i++;
      }
    } catch (RuntimeException e) {
      throw CodecException.within("[" + i + ']', e);
    }
    requireAll(count, i);
    out.exit();
  }

  /** Null for null, or a list that may still be changed, unless it is empty. */
  static @Nullable List<@Nullable Object> read(Decoder in, Handler element) {
    int count = begin(in);
    if (count <= 0) {
      return count < 0 ? null : List.of();
    }
    in.enter();
    List<@Nullable Object> values = new ArrayList<>(Math.min(count, AHEAD));
    for (int i = 0; i < count; i++) {
      try {
        values.add(element.read(in));
      } catch (RuntimeException e) {
        throw CodecException.within("[" + i + ']', e);
      }
    }
    in.exit();
    return values;
  }

  /** Writes the number of elements, if there can be room for them. */
  static int begin(Encoder out, int count) {
    out.writeUnsigned(count + 1L);
    out.requireRoom(count);
    return count;
  }

  /** The number of elements, or -1 for null. */
  static int begin(Decoder in) {
    long announced = in.readUnsigned();
    return announced == 0 ? -1 : in.count(announced - 1, 1);
  }

  static void requireAll(int announced, int written) {
    if (announced != written) {
      throw new CodecException(
          "changed while it was encoded, from " + announced + " to " + written + " elements");
    }
  }
}
