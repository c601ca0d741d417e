// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The name of a constant, or null, as a string. */
final class EnumHandler extends Handler {
  private final Class<?> type;
  private final Map<String, Object> constants = new HashMap<>();

  EnumHandler(Class<?> type) {
    this.type = type;
    for (Object constant : type.getEnumConstants()) {
      constants.put(((Enum<?>) constant).name(), constant);
    }
  }

  Class<?> type() {
    return type;
  }

  @Override
  void write(Encoder out, @Nullable Object value) {
    if (value != null && !type.isInstance(value)) {
      throw CodecException.notA(type.getSimpleName(), value);
    }
    out.writeString(value == null ? null : ((Enum<?>) value).name());
  }

  @Override
  @Nullable Object read(Decoder in) {
    String name = in.readString();
    if (name == null) {
      return null;
    }
    Object constant = constants.get(name);
    if (constant == null) {
      throw new CodecException(
          "unknown enum constant " + CodecException.quote(name) + " of " + type.getSimpleName());
    }
    return constant;
  }

  @Override
  String schema(Schema schema) {
    return "enum " + type.getSimpleName();
  }
}
