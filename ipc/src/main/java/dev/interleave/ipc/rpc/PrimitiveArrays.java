// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** 0 for null, or the length plus one; then the elements, each of the same width. */
final class PrimitiveArrays extends Handler {
  private interface Put {
    void put(ByteBuffer to, Object array);
  }

  private interface Get {
    Object get(ByteBuffer from, int length);
  }

  private static final Map<Class<?>, Handler> HANDLERS =
      Map.of(
          boolean[].class,
          new PrimitiveArrays(
              boolean[].class, 1, PrimitiveArrays::putBooleans, PrimitiveArrays::getBooleans),
          byte[].class,
          new PrimitiveArrays(
              byte[].class,
              Byte.BYTES,
              (to, array) -> to.put((byte[]) array),
              (from, length) -> {
                byte[] array = new byte[length];
                from.get(array);
                return array;
              }),
          short[].class,
          new PrimitiveArrays(
              short[].class,
              Short.BYTES,
              (to, array) -> to.asShortBuffer().put((short[]) array),
              (from, length) -> {
                short[] array = new short[length];
                from.asShortBuffer().get(array);
                return array;
              }),
          char[].class,
          new PrimitiveArrays(
              char[].class,
              Character.BYTES,
              (to, array) -> to.asCharBuffer().put((char[]) array),
              (from, length) -> {
                char[] array = new char[length];
                from.asCharBuffer().get(array);
                return array;
              }),
          int[].class,
          new PrimitiveArrays(
              int[].class,
              Integer.BYTES,
              (to, array) -> to.asIntBuffer().put((int[]) array),
              (from, length) -> {
                int[] array = new int[length];
                from.asIntBuffer().get(array);
                return array;
              }),
          long[].class,
          new PrimitiveArrays(
              long[].class,
              Long.BYTES,
              (to, array) -> to.asLongBuffer().put((long[]) array),
              (from, length) -> {
                long[] array = new long[length];
                from.asLongBuffer().get(array);
                return array;
              }),
          float[].class,
          new PrimitiveArrays(
              float[].class, Float.BYTES, PrimitiveArrays::putFloats, PrimitiveArrays::getFloats),
          double[].class,
          new PrimitiveArrays(
              double[].class,
              Double.BYTES,
              PrimitiveArrays::putDoubles,
              PrimitiveArrays::getDoubles));

  private final Class<?> type;
  private final int width;
  private final Put put;
  private final Get get;

  private PrimitiveArrays(Class<?> type, int width, Put put, Get get) {
    this.type = type;
    this.width = width;
    this.put = put;
    this.get = get;
  }

  /** The handler of an array type. */
  static Handler of(Class<?> type) {
    Handler handler = HANDLERS.get(type);
    if (handler == null) {
      throw new AssertionError(type);
    }
    return handler;
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
    int length = Array.getLength(value);
    long bytes = (long) length * width;
    out.writeUnsigned(length + 1L);
    out.reserve(bytes);
    put.put(buffer(out.array(), out.size(), (int) bytes), value);
    out.advance((int) bytes);
  }

  @Override
  @Nullable Object read(Decoder in) {
    long announced = in.readUnsigned();
    if (announced == 0) {
      return null;
    }
    int length = in.count(announced - 1, width);
    Object array = get.get(buffer(in.array(), in.position(), length * width), length);
    in.advance(length * width);
    return array;
  }

  private static ByteBuffer buffer(byte[] bytes, int at, int length) {
    return ByteBuffer.wrap(bytes, at, length).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  String schema(Schema schema) {
    return type.getSimpleName();
  }

  private static void putBooleans(ByteBuffer to, Object array) {
    for (boolean value : (boolean[]) array) {
      to.put((byte) (value ? 1 : 0));
    }
  }

  private static Object getBooleans(ByteBuffer from, int length) {
    boolean[] array = new boolean[length];
    for (int i = 0; i < length; i++) {
      byte value = from.get();
      if ((value & ~1) != 0) {
        throw new CodecException("expected a byte 0 or 1, found " + (value & 0xFF))
            .within("[" + i + ']');
      }
      array[i] = value == 1;
    }
    return array;
  }

  private static void putFloats(ByteBuffer to, Object array) {
    for (float value : (float[]) array) {
      to.putInt(Float.floatToIntBits(value));
    }
  }

  private static Object getFloats(ByteBuffer from, int length) {
    float[] array = new float[length];
    for (int i = 0; i < length; i++) {
      int bits = from.getInt();
      array[i] = Float.intBitsToFloat(bits);
      if (Float.floatToIntBits(array[i]) != bits) {
        throw Scalars.otherNaN().within("[" + i + ']');
      }
    }
    return array;
  }

  private static void putDoubles(ByteBuffer to, Object array) {
    for (double value : (double[]) array) {
      to.putLong(Double.doubleToLongBits(value));
    }
  }

  private static Object getDoubles(ByteBuffer from, int length) {
    double[] array = new double[length];
    for (int i = 0; i < length; i++) {
      long bits = from.getLong();
      array[i] = Double.longBitsToDouble(bits);
      if (Double.doubleToLongBits(array[i]) != bits) {
        throw Scalars.otherNaN().within("[" + i + ']');
      }
    }
    return array;
  }
}
