// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Bytes being written, in one array that grows up to a limit and can be used again: what is sent in
 * one frame is written into one encoder, a header first, values behind it.
 *
 * <p>Numbers of fixed length are little-endian. A number of variable length has seven bits in each
 * byte, the lowest first, and a one in the eighth bit of all bytes but the last; there is one way
 * to write each number. Signed ones are folded first, so that small magnitudes are short: 0, -1, 1,
 * -2 become 0, 1, 2, 3 (both as in Protocol Buffers).
 *
 * <p>Every method that writes throws {@link CodecException} if the limit would be exceeded, and has
 * then written nothing. Not thread-safe. No argument may be {@code null} but where it says so.
 */
public final class Encoder {
  /** The limit of an encoder made without one: 16 MiB. */
  public static final int DEFAULT_MAX_BYTES = 16 << 20;

  private static final int INITIAL = 128;

  /** What {@link #reset} keeps at most: one large frame must not hold its memory for ever. */
  private static final int KEPT = 64 << 10;

  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final int maxBytes;
  private byte[] bytes;
  private int size;
  private int depth;

  /** With a limit of 16 MiB. */
  public Encoder() {
    this(DEFAULT_MAX_BYTES);
  }

  /**
   * With a limit.
   *
   * @param maxBytes how many bytes it takes at most, at least 1
   * @throws IllegalArgumentException if {@code maxBytes} is less than 1
   */
  public Encoder(int maxBytes) {
    if (maxBytes < 1) {
      throw new IllegalArgumentException("maxBytes is less than 1: " + maxBytes);
    }
    this.maxBytes = maxBytes;
    bytes = new byte[Math.min(INITIAL, maxBytes)];
  }

  /** The limit. */
  public int maxBytes() {
    return maxBytes;
  }

  /** How many bytes are written. */
  public int size() {
    return size;
  }

  /** Forgets what was written. Keeps an array of up to 64 KiB for what comes. */
  public void reset() {
    size = 0;
    depth = 0;
    if (bytes.length > KEPT) {
      bytes = new byte[KEPT];
    }
  }

  /**
   * Forgets what was written behind the first {@code size} bytes.
   *
   * @throws IllegalArgumentException if less is written, or {@code size} is negative
   */
  public void truncate(int size) {
    if (size < 0 || size > this.size) {
      throw new IllegalArgumentException("size: " + size + ", written: " + this.size);
    }
    this.size = size;
  }

  /** The low eight bits. */
  public void writeByte(int value) {
    reserve(1);
    bytes[size++] = (byte) value;
  }

  /** Four bytes. */
  public void writeInt(int value) {
    reserve(Integer.BYTES);
    INTS.set(bytes, size, value);
    size += Integer.BYTES;
  }

  /** Eight bytes. */
  public void writeLong(long value) {
    reserve(Long.BYTES);
    LONGS.set(bytes, size, value);
    size += Long.BYTES;
  }

  /** One to ten bytes: short for numbers that are small and not negative. */
  public void writeUnsigned(long value) {
    reserve(length(value));
    int at = size;
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[at++] = (byte) rest;
    size = at;
  }

  private static int length(long value) {
    return (70 - Long.numberOfLeadingZeros(value | 1)) / 7;
  }

  /** One to ten bytes: short for numbers of small magnitude. */
  public void writeSigned(long value) {
    writeUnsigned((value << 1) ^ (value >> 63));
  }

  /** The bytes alone, without their number. */
  public void writeBytes(byte[] source) {
    writeBytes(source, 0, source.length);
  }

  /**
   * The bytes alone, without their number.
   *
   * @throws IndexOutOfBoundsException if {@code source} has no such bytes
   */
  public void writeBytes(byte[] source, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, source.length);
    reserve(length);
    System.arraycopy(source, offset, bytes, size, length);
    size += length;
  }

  /**
   * A string, or null: 0 for null, else its length in UTF-8 plus one, as a number of variable
   * length, and the UTF-8.
   *
   * @throws CodecException if the string has an unpaired surrogate, which has no UTF-8
   */
  public void writeString(@Nullable String text) {
    if (text == null) {
      writeByte(0);
      return;
    }
    long length = Utf8.length(text);
    reserve(length + length(length + 1));
    writeUnsigned(length + 1);
    Utf8.write(text, bytes, size, length == text.length());
    size += (int) length;
  }

  /**
   * Overwrites four bytes that are written already, such as a length that was not known.
   *
   * @throws IndexOutOfBoundsException if they are not written
   */
  public void setInt(int at, int value) {
    Objects.checkFromIndexSize(at, Integer.BYTES, size);
    INTS.set(bytes, at, value);
  }

  /** A copy of what is written. */
  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  /** What is written, read-only, without a copy: valid until more is written, or {@link #reset}. */
  public ByteBuffer toByteBuffer() {
    return ByteBuffer.wrap(bytes, 0, size).slice().asReadOnlyBuffer();
  }

  /** Appends what is written to it. Closing it does nothing. */
  public OutputStream asOutputStream() {
    return new OutputStream() {
      @Override
      public void write(int value) {
        writeByte(value);
      }

      @Override
      public void write(byte[] source, int offset, int length) {
        writeBytes(source, offset, length);
      }
    };
  }

  /** The number of bytes, and the limit. */
  @Override
  public String toString() {
    return "Encoder[" + size + " of at most " + maxBytes + " bytes]";
  }

  // -------------------------------------------------------- for coders of this package

  /** The array itself, for who compares and sorts in place what it has written. */
  byte[] array() {
    return bytes;
  }

  int depth() {
    return depth;
  }

  void setDepth(int depth) {
    this.depth = depth;
  }

  void enter() {
    if (++depth > Codec.MAX_DEPTH) {
      throw Decoder.tooDeep();
    }
  }

  void exit() {
    depth--;
  }

  /** Room for {@code count} more bytes at {@link #size()}, to be written through the array. */
  void reserve(long count) {
    if (count > bytes.length - size) {
      grow(count);
    }
  }

  /** Counts as written what was put into the array, in place reserved. */
  void advance(int count) {
    size += count;
  }

  /** Whether {@code count} more bytes are allowed, without taking memory for them. */
  void requireRoom(long count) {
    if (count > maxBytes - size) {
      throw new CodecException("does not fit into the limit of " + maxBytes + " bytes");
    }
  }

  private void grow(long count) {
    requireRoom(count);
    long doubled = Math.min(2L * bytes.length, maxBytes);
    bytes = Arrays.copyOf(bytes, (int) Math.max(size + count, doubled));
  }
}
