// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import org.jspecify.annotations.Nullable;

/** The arguments of a method, one after the other. Their number is part of the schema. */
final class ArgumentsHandler extends Handler {
  private final String[] names;
  private final Handler[] parts;

  ArgumentsHandler(String[] names, Handler[] parts) {
    this.names = names;
    this.parts = parts;
  }

  @Override
  void write(Encoder out, @Nullable Object value) {
    @Nullable Object[] values = ArgumentsCoder.values(value, parts.length);
    for (int i = 0; i < parts.length; i++) {
      try {
        parts[i].write(out, values[i]);
      } catch (RuntimeException e) {
        throw CodecException.within(names[i], e);
      }
    }
  }

  @Override
  Object read(Decoder in) {
    @Nullable Object[] values = new @Nullable Object[parts.length];
    for (int i = 0; i < parts.length; i++) {
      try {
        values[i] = parts[i].read(in);
      } catch (RuntimeException e) {
        throw CodecException.within(names[i], e);
      }
    }
    return values;
  }

  @Override
  String schema(Schema schema) {
    StringBuilder text = new StringBuilder("(");
    for (int i = 0; i < parts.length; i++) {
      text.append(i == 0 ? "" : ", ").append(parts[i].schema(schema));
    }
    return text.append(')').toString();
  }
}
