// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A value could not be encoded, or bytes are not what they should be. The message begins with where
 * in the value: {@code Order.lines[3].price: unknown enum constant EUR2 of Currency}. Keys of maps
 * and other contents are not in the path.
 */
public final class CodecException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What a message quotes from a peer at most, in characters. */
  private static final int MAX_QUOTE = 64;

  private final String reason;
  private String path = "";

  /**
   * An error that has no path yet.
   *
   * @param reason what is wrong
   */
  public CodecException(String reason) {
    this(reason, null);
  }

  /**
   * An error that has no path yet.
   *
   * @param reason what is wrong
   * @param cause what led to it, or null
   */
  public CodecException(String reason, @Nullable Throwable cause) {
    super(null, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  /**
   * Where in the value, from the outside to the inside: {@code Order.lines[3].price}; {@code
   * [2].key} is the key of the third entry of a map, as it was encoded. Empty if it is not about a
   * place.
   */
  public String path() {
    return path;
  }

  /** What is wrong there. */
  public String reason() {
    return reason;
  }

  /** The path and the reason. */
  @Override
  public String getMessage() {
    return path.isEmpty() ? reason : path + ": " + reason;
  }

  /** This exception, seen from one level further out. Only before it is thrown to others. */
  CodecException within(String segment) {
    path = segment + path;
    return this;
  }

  /** What happened within {@code segment}, whatever it was. */
  static CodecException within(String segment, RuntimeException e) {
    return (e instanceof CodecException c ? c : failed(e)).within(segment);
  }

  /** Code that is not ours, such as a constructor or an iterator, threw. */
  static CodecException failed(Throwable e) {
    return new CodecException("failed with " + e, e);
  }

  /** The value is not of the type that was declared. */
  static CodecException notA(String type, @Nullable Object value) {
    return new CodecException(
        value == null
            ? "null for " + type
            : "expected " + type + ", found " + value.getClass().getName());
  }

  /** Text of a peer, short and without what would break a line of a log. */
  static String quote(String text) {
    StringBuilder quoted = new StringBuilder();
    text.codePoints()
        .limit(MAX_QUOTE)
        .forEach(c -> quoted.appendCodePoint(Character.isISOControl(c) ? '\uFFFD' : c));
    return text.codePointCount(0, text.length()) > MAX_QUOTE
        ? quoted.append("...").toString()
        : quoted.toString();
  }
}
