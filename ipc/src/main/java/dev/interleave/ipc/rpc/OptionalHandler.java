// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** 0 for null, 1 for empty, 2 and what is in it. */
final class OptionalHandler extends Handler {
  private static final int NULL = 0;
  private static final int EMPTY = 1;
  private static final int PRESENT = 2;

  private final Handler content;

  OptionalHandler(Handler content) {
    this.content = content;
  }

  @Override
  void write(Encoder out, @Nullable Object value) {
    switch (value) {
      case null -> out.writeByte(NULL);
      case Optional<?> optional when optional.isEmpty() -> out.writeByte(EMPTY);
      case Optional<?> optional -> {
        out.writeByte(PRESENT);
        out.enter();
        content.write(out, optional.get());
        out.exit();
      }
      default -> throw CodecException.notA("Optional", value);
    }
  }

  @Override
  @Nullable Object read(Decoder in) {
    int kind = in.readByte();
    return switch (kind) {
      case NULL -> null;
      case EMPTY -> Optional.empty();
      case PRESENT -> present(in);
      default ->
          throw new CodecException(
              "expected a byte 0, 1 or 2 for Optional, found " + (kind & 0xFF));
    };
  }

  private Optional<?> present(Decoder in) {
    in.enter();
    Object value = content.read(in);
    in.exit();
    if (value == null) {
      throw new CodecException("an Optional of null");
    }
    return Optional.of(value);
  }

  @Override
  String schema(Schema schema) {
    return "Optional<" + content.schema(schema) + '>';
  }
}
