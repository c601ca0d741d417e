// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** 0 for null, or the number of elements plus one; then the elements in their order. */
final class ListHandler extends Handler {
  private final Class<?> type;
  private final Handler element;

  ListHandler(Class<?> type, Handler element) {
    this.type = type;
    this.element = element;
  }

  @Override
  void write(Encoder out, @Nullable Object value) {
    if (value == null) {
      out.writeByte(0);
      return;
    }
    if (!type.isInstance(value)) {
      throw CodecException.notA(type.getSimpleName(), value);
    }
    Elements.write(out, (Collection<?>) value, element);
  }

  @Override
  @Nullable Object read(Decoder in) {
    List<@Nullable Object> list = Elements.read(in, element);
    return list == null || list.isEmpty() ? list : Collections.unmodifiableList(list);
  }

  @Override
  String schema(Schema schema) {
    return "List<" + element.schema(schema) + '>';
  }
}
