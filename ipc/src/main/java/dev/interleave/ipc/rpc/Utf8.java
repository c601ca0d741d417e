// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/** UTF-8 without the silent replacement of what has none. */
final class Utf8 {
  private Utf8() {}

  /** How many bytes it takes. */
  static long length(String text) {
    int chars = text.length();
    int at = 0;
    while (at < chars && text.charAt(at) < 0x80) {
      at++;
    }
    long bytes = at;
    for (; at < chars; at++) {
      char c = text.charAt(at);
      if (c < 0x80) {
        bytes++;
      } else if (c < 0x800) {
        bytes += 2;
      } else if (!Character.isSurrogate(c)) {
        bytes += 3;
      } else if (Character.isHighSurrogate(c)
          && at + 1 < chars
          && Character.isLowSurrogate(text.charAt(at + 1))) {
        bytes += 4;
        at++;
      } else {
        throw new CodecException("unpaired surrogate at index " + at + " of a string");
      }
    }
    return bytes;
  }

  /** The string with a question mark for each unpaired surrogate. */
  static String mended(String text) {
    return new String(text.getBytes(UTF_8), UTF_8);
  }

  /** Writes a string that has UTF-8, to where there is room for it. */
  static void write(String text, byte[] bytes, int from, boolean ascii) {
    int chars = text.length();
    int to = from;
    if (ascii) {
      for (int i = 0; i < chars; i++) {
        bytes[to++] = (byte) text.charAt(i);
      }
      return;
    }
    for (int i = 0; i < chars; i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        bytes[to++] = (byte) c;
      } else if (c < 0x800) {
        bytes[to++] = (byte) (0xC0 | (c >> 6));
        bytes[to++] = (byte) (0x80 | (c & 0x3F));
      } else if (!Character.isSurrogate(c)) {
        bytes[to++] = (byte) (0xE0 | (c >> 12));
        bytes[to++] = (byte) (0x80 | ((c >> 6) & 0x3F));
        bytes[to++] = (byte) (0x80 | (c & 0x3F));
      } else {
        int point = Character.toCodePoint(c, text.charAt(++i));
        bytes[to++] = (byte) (0xF0 | (point >> 18));
        bytes[to++] = (byte) (0x80 | ((point >> 12) & 0x3F));
        bytes[to++] = (byte) (0x80 | ((point >> 6) & 0x3F));
        bytes[to++] = (byte) (0x80 | (point & 0x3F));
      }
    }
  }

  /** The string of these bytes. */
  static String read(byte[] bytes, int from, int length) {
    String text = new String(bytes, from, length, UTF_8);
    // What is not UTF-8 has become U+FFFD, and that is then not how the bytes would be written.
    if (text.indexOf('\uFFFD') >= 0) {
      byte[] again = text.getBytes(UTF_8);
      if (!Arrays.equals(again, 0, again.length, bytes, from, from + length)) {
        throw new CodecException("a string is not UTF-8");
      }
    }
    return text;
  }
}
