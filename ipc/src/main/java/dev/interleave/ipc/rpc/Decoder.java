// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Bytes being read, as an {@link Encoder} wrote them or a peer made them up: every method that
 * reads throws {@link CodecException} if there are too few, or if they are not what the encoder
 * would have written. Numbers are read as written in one way only.
 *
 * <p>Not thread-safe. No argument may be {@code null}.
 */
public final class Decoder {
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] bytes;
  private final int end;
  private int at;
  private int depth;

  /** Reads an array, which is not copied and must not change meanwhile. */
  public Decoder(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  /**
   * Reads a part of an array, which is not copied and must not change meanwhile.
   *
   * @throws IndexOutOfBoundsException if there is no such part
   */
  public Decoder(byte[] bytes, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    this.bytes = bytes;
    at = offset;
    end = offset + length;
  }

  /**
   * Reads a copy of what remains in a buffer, and leaves the position of the buffer. A copy, since
   * a buffer may be memory shared with the peer, who could change what has been checked.
   */
  public Decoder(ByteBuffer buffer) {
    bytes = new byte[buffer.remaining()];
    end = bytes.length;
    buffer.get(buffer.position(), bytes);
  }

  /** How many bytes are left. */
  public int remaining() {
    return end - at;
  }

  /**
   * Nothing may be left.
   *
   * @throws CodecException if something is
   */
  public void requireEnd() {
    if (at != end) {
      throw new CodecException(remaining() + " bytes left behind the value");
    }
  }

  /** One byte, -128 to 127. */
  public byte readByte() {
    require(1);
    return bytes[at++];
  }

  /**
   * A byte that is 0 or 1.
   *
   * @throws CodecException if it is another one
   */
  public boolean readBoolean() {
    int value = readByte();
    if ((value & ~1) != 0) {
      throw new CodecException("expected a byte 0 or 1, found " + (value & 0xFF));
    }
    return value == 1;
  }

  /** Four bytes. */
  public int readInt() {
    require(Integer.BYTES);
    int value = (int) INTS.get(bytes, at);
    at += Integer.BYTES;
    return value;
  }

  /** Eight bytes. */
  public long readLong() {
    require(Long.BYTES);
    long value = (long) LONGS.get(bytes, at);
    at += Long.BYTES;
    return value;
  }

  /**
   * A number of variable length, as {@link Encoder#writeUnsigned} writes it.
   *
   * @throws CodecException if it is longer than need be, or than 64 bits
   */
  public long readUnsigned() {
    require(1);
    byte first = bytes[at];
    if (first >= 0) {
      at++;
      return first;
    }
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte next = readByte();
      if (next >= 0) {
        if (next == 0 || (shift == 63 && next > 1)) {
          break;
        }
        return value | (long) next << shift;
      }
      value |= (long) (next & 0x7F) << shift;
    }
    throw new CodecException("a number is longer than need be, or than 64 bits");
  }

  /**
   * A number of variable length, as {@link Encoder#writeSigned} writes it.
   *
   * @throws CodecException if it is longer than need be, or than 64 bits
   */
  public long readSigned() {
    long folded = readUnsigned();
    return (folded >>> 1) ^ -(folded & 1);
  }

  /**
   * So many bytes, as a new array.
   *
   * @throws CodecException if there are fewer, before memory is taken
   * @throws IllegalArgumentException if {@code length} is negative
   */
  public byte[] readBytes(int length) {
    require(length);
    at += length;
    return Arrays.copyOfRange(bytes, at - length, at);
  }

  /**
   * A string or null, as {@link Encoder#writeString} writes it.
   *
   * @throws CodecException if it is not UTF-8
   */
  public @Nullable String readString() {
    long announced = readUnsigned();
    if (announced == 0) {
      return null;
    }
    int length = count(announced - 1, 1);
    at += length;
    return Utf8.read(bytes, at - length, length);
  }

  /**
   * The next bytes, to be read by themselves, without a copy.
   *
   * @throws CodecException if there are fewer
   * @throws IllegalArgumentException if {@code length} is negative
   */
  public Decoder slice(int length) {
    require(length);
    Decoder slice = new Decoder(bytes, at, length);
    slice.depth = depth;
    at += length;
    return slice;
  }

  /** Reads what remains, and ends with it. Closing it does nothing. */
  public InputStream asInputStream() {
    return new InputStream() {
      @Override
      public int read() {
        return at == end ? -1 : bytes[at++] & 0xFF;
      }

      @Override
      public int read(byte[] target, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
          return 0;
        }
        if (at == end) {
          return -1;
        }
        int count = Math.min(length, remaining());
        System.arraycopy(bytes, at, target, offset, count);
        at += count;
        return count;
      }

      @Override
      public int available() {
        return remaining();
      }
    };
  }

  /** The number of bytes that are left. */
  @Override
  public String toString() {
    return "Decoder[" + remaining() + " bytes left]";
  }

  // -------------------------------------------------------- for coders of this package

  byte[] array() {
    return bytes;
  }

  int position() {
    return at;
  }

  int depth() {
    return depth;
  }

  void setDepth(int depth) {
    this.depth = depth;
  }

  void enter() {
    if (++depth > Codec.MAX_DEPTH) {
      throw tooDeep();
    }
  }

  void exit() {
    depth--;
  }

  /**
   * An announced number of elements, each of which takes at least {@code width} bytes, if so many
   * bytes are left at all.
   */
  int count(long announced, int width) {
    if (announced < 0 || announced > remaining() / width) {
      throw new CodecException(
          Long.toUnsignedString(announced)
              + (width == 1 ? "" : " elements of " + width + " bytes")
              + " announced, "
              + remaining()
              + " bytes left");
    }
    return (int) announced;
  }

  /** Counts as read what was taken from the array, after {@link #count}. */
  void advance(int count) {
    at += count;
  }

  static CodecException tooDeep() {
    return new CodecException(
        "nested deeper than " + Codec.MAX_DEPTH + " levels: too deep, or it contains itself");
  }

  private void require(int count) {
    if (count > end - at) {
      throw new CodecException("expected " + count + " more bytes, found " + remaining());
    }
    if (count < 0) {
      throw new IllegalArgumentException("length is negative: " + count);
    }
  }
}
