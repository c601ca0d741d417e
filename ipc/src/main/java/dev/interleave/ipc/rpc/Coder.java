// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * Encodes and decodes values of one type; made by {@link Codec#coder}. Resolved once and used many
 * times: thread-safe, as long as no two threads share an {@link Encoder} or {@link Decoder}.
 *
 * @param <T> the type; for a primitive type its box
 */
public interface Coder<T> {
  /** The type as it was declared. */
  Type type();

  /**
   * The components of the type and of all types in it, by names and types, in one line of text; or
   * empty, if the codec leaves it to each value whether both sides understand it. If both sides
   * have one, they must be equal. Not for machines to parse, but a person who compares two of them
   * sees what differs.
   */
  String schema();

  /** 32 bits of a digest of the {@link #schema()}, or 0 if that is empty. */
  int fingerprint();

  /**
   * Appends a value. What is appended says itself where it ends.
   *
   * @throws CodecException if the value cannot be encoded: it is not of the type, {@code null} and
   *     the type primitive, nested too deeply, larger than {@code out} allows, was changed
   *     meanwhile, or its own methods failed; {@code out} then is as it was before
   */
  void encode(@Nullable T value, Encoder out);

  /**
   * Reads the value at the position of {@code in}, and no byte beyond it. The value does not share
   * memory with the bytes.
   *
   * @throws CodecException if the bytes are not an encoded value, or the constructor of a record
   *     refuses them; the position of {@code in} is then undefined
   */
  @Nullable T decode(Decoder in);

  /**
   * The value alone, in a new array.
   *
   * @throws CodecException as {@link #encode} does
   */
  default byte[] toBytes(@Nullable T value) {
    Encoder out = new Encoder();
    encode(value, out);
    return out.toByteArray();
  }

  /**
   * The value that these bytes are, all of them.
   *
   * @throws CodecException as {@link #decode} does, and if bytes are left
   */
  default @Nullable T fromBytes(byte[] bytes) {
    Decoder in = new Decoder(bytes);
    T value = decode(in);
    in.requireEnd();
    return value;
  }
}
