// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import java.util.Objects;
import java.util.function.Function;

/**
 * How the value of a {@link ContextLocal} goes to another process as text, and comes back.
 *
 * <p>Implementations are thread-safe. What arrives comes from a stranger: {@code decode} checks it
 * and refuses what it does not know by an exception.
 *
 * @param <T> the value
 */
public interface ContextCodec<T> {
  /** The value as text. Neither is null. */
  String encode(T value);

  /**
   * The value that the text stands for. Neither is null.
   *
   * @throws RuntimeException of whatever kind if it stands for none
   */
  T decode(String text);

  /** A codec of two functions. */
  static <T> ContextCodec<T> of(
      Function<? super T, String> encode, Function<? super String, ? extends T> decode) {
    Objects.requireNonNull(encode, "encode");
    Objects.requireNonNull(decode, "decode");
    return new ContextCodec<>() {
      @Override
      public String encode(T value) {
        return encode.apply(value);
      }

      @Override
      public T decode(String text) {
        return decode.apply(text);
      }
    };
  }

  /** The codec for what is text already. */
  static ContextCodec<String> text() {
    return of(Function.identity(), Function.identity());
  }
}
