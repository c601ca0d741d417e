// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/** A byte that says whether there is a record, and its components in the order of declaration. */
final class RecordHandler extends Handler {
  private final Class<?> type;
  private final String name;
  private final String[] names;

  /** Filled by {@link Handlers} after this is made, since a record may contain itself. */
  private final Handler[] parts;

  private final MethodHandle[] getters;
  private final MethodHandle constructor;

  RecordHandler(
      Class<?> type,
      String name,
      String[] names,
      Handler[] parts,
      MethodHandle[] getters,
      MethodHandle constructor) {
    this.type = type;
    this.name = name;
    this.names = names;
    this.parts = parts;
    this.getters = getters;
    this.constructor = constructor;
  }

  Class<?> type() {
    return type;
  }

  @Override
  void write(Encoder out, @Nullable Object value) {
    out.writeByte(value == null ? 0 : 1);
    if (value != null) {
      writeBody(out, value);
    }
  }

  void writeBody(Encoder out, Object value) {
    if (!type.isInstance(value)) {
      throw CodecException.notA(name, value);
    }
    out.enter();
    for (int i = 0; i < parts.length; i++) {
      try {
        parts[i].write(out, get(getters[i], value));
      } catch (RuntimeException e) {
        throw CodecException.within('.' + names[i], e);
      }
    }
    out.exit();
  }

  @Override
  @Nullable Object read(Decoder in) {
    return in.readBoolean() ? readBody(in) : null;
  }

  Object readBody(Decoder in) {
    in.enter();
    @Nullable Object[] values = new @Nullable Object[parts.length];
    for (int i = 0; i < parts.length; i++) {
      try {
        values[i] = parts[i].read(in);
      } catch (RuntimeException e) {
        throw CodecException.within('.' + names[i], e);
      }
    }
    in.exit();
    return make(values);
  }

  private static @Nullable Object get(MethodHandle getter, Object value) {
    try {
      return (Object) getter.invokeExact(value);
    } catch (Error e) {
      throw e;
    } catch (Throwable e) {
      throw CodecException.failed(e);
    }
  }

  private Object make(@Nullable Object[] values) {
    try {
      return (Object) constructor.invokeExact(values);
    } catch (Error e) {
      throw e;
    } catch (Throwable e) {
      throw new CodecException("its constructor refused the values: " + e, e);
    }
  }

  @Override
  String schema(Schema schema) {
    return schema.name(this, name);
  }

  @Override
  String definition(Schema schema) {
    StringBuilder text = new StringBuilder("{");
    for (int i = 0; i < parts.length; i++) {
      text.append(i == 0 ? "" : ", ").append(names[i]).append(": ").append(parts[i].schema(schema));
    }
    return text.append('}').toString();
  }
}
