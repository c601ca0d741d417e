// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An array of references, written as a list. */
final class ArrayHandler extends Handler {
  private final Class<?> component;
  private final Handler element;

  ArrayHandler(Class<?> component, Handler element) {
    this.component = component;
    this.element = element;
  }

  @Override
  void write(Encoder out, @Nullable Object value) {
    if (value == null) {
      out.writeByte(0);
      return;
    }
    if (!(value instanceof Object[] array) || array.getClass().componentType() != component) {
      throw CodecException.notA(component.getSimpleName() + "[]", value);
    }
    Elements.write(out, Arrays.asList(array), element);
  }

  @Override
  @Nullable Object read(Decoder in) {
    List<@Nullable Object> list = Elements.read(in, element);
    return list == null ? null : list.toArray((Object[]) Array.newInstance(component, list.size()));
  }

  @Override
  String schema(Schema schema) {
    return element.schema(schema) + "[]";
  }
}
