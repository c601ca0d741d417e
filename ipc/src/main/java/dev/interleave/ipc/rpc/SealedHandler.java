// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The number of the case, from 1, or 0 for null; then the components of a record, or the name of a
 * constant.
 */
final class SealedHandler extends Handler {
  private final String name;

  /** Filled by {@link Handlers} after this is made, since a case may contain the interface. */
  private final List<Handler> cases;

  private final Map<Class<?>, Integer> numbers = new HashMap<>();

  SealedHandler(String name, List<Handler> cases) {
    this.name = name;
    this.cases = cases;
  }

  /** All cases are there. */
  void complete() {
    for (int i = 0; i < cases.size(); i++) {
      numbers.put(type(cases.get(i)), i + 1);
    }
  }

  private static Class<?> type(Handler handler) {
    return handler instanceof RecordHandler r ? r.type() : ((EnumHandler) handler).type();
  }

  @Override
  void write(Encoder out, @Nullable Object value) {
    if (value == null) {
      out.writeByte(0);
      return;
    }
    Integer number =
        numbers.get(value instanceof Enum<?> e ? e.getDeclaringClass() : value.getClass());
    if (number == null) {
      throw CodecException.notA(name, value);
    }
    out.writeUnsigned(number);
    Handler handler = cases.get(number - 1);
    if (handler instanceof RecordHandler r) {
      r.writeBody(out, value);
    } else {
      handler.write(out, value);
    }
  }

  @Override
  @Nullable Object read(Decoder in) {
    long number = in.readUnsigned();
    if (number == 0) {
      return null;
    }
    if (number < 0 || number > cases.size()) {
      throw new CodecException(
          "unknown case " + Long.toUnsignedString(number) + " of " + cases.size() + " of " + name);
    }
    Handler handler = cases.get((int) number - 1);
    if (handler instanceof RecordHandler r) {
      return r.readBody(in);
    }
    Object constant = handler.read(in);
    if (constant == null) {
      throw new CodecException("null within a case of " + name);
    }
    return constant;
  }

  @Override
  String schema(Schema schema) {
    return schema.name(this, name);
  }

  @Override
  String definition(Schema schema) {
    return cases.stream()
        .map(handler -> handler.schema(schema))
        .collect(Collectors.joining(" | ", "(", ")"));
  }
}
