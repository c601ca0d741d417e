// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import org.jspecify.annotations.Nullable;

/** A byte that says whether there is a value, unless the type is primitive, and the value. */
final class Scalar<T> extends Handler {
  interface Put<T> {
    void put(Encoder out, T value);
  }

  interface Get<T> {
    T get(Decoder in);
  }

  private final String name;
  private final Class<T> type;
  private final boolean nullable;
  private final Put<T> put;
  private final Get<T> get;

  Scalar(String name, Class<T> type, boolean nullable, Put<T> put, Get<T> get) {
    this.name = name;
    this.type = type;
    this.nullable = nullable;
    this.put = put;
    this.get = get;
  }

  @Override
  void write(Encoder out, @Nullable Object value) {
    if (nullable) {
      out.writeByte(value == null ? 0 : 1);
      if (value == null) {
        return;
      }
    }
    if (!type.isInstance(value)) {
      throw CodecException.notA(name, value);
    }
    put.put(out, type.cast(value));
  }

  @Override
  @Nullable Object read(Decoder in) {
    return nullable && !in.readBoolean() ? null : get.get(in);
  }

  @Override
  String schema(Schema schema) {
    return name;
  }
}
