// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The handlers of types without components. */
final class Scalars {
  private static final int NANOS = 1_000_000_000;

  private static final Map<Class<?>, Handler> HANDLERS = new HashMap<>();

  static {
    both(
        "boolean",
        boolean.class,
        Boolean.class,
        (out, v) -> out.writeByte(v ? 1 : 0),
        Decoder::readBoolean);
    both("byte", byte.class, Byte.class, (out, v) -> out.writeByte(v), Decoder::readByte);
    both(
        "short",
        short.class,
        Short.class,
        (out, v) -> out.writeSigned(v),
        in -> (short) signed(in, Short.MIN_VALUE, Short.MAX_VALUE));
    both(
        "char",
        char.class,
        Character.class,
        (out, v) -> out.writeUnsigned(v),
        in -> (char) unsigned(in, Character.MAX_VALUE));
    both("int", int.class, Integer.class, (out, v) -> out.writeSigned(v), Scalars::integer);
    both("long", long.class, Long.class, Encoder::writeSigned, Decoder::readSigned);
    both(
        "float",
        float.class,
        Float.class,
        (out, v) -> out.writeInt(Float.floatToIntBits(v)),
        Scalars::readFloat);
    both(
        "double",
        double.class,
        Double.class,
        (out, v) -> out.writeLong(Double.doubleToLongBits(v)),
        Scalars::readDouble);
    one("BigInteger", BigInteger.class, Scalars::writeBigInteger, Scalars::readBigInteger);
    one(
        "BigDecimal",
        BigDecimal.class,
        (out, v) -> {
          writeBigInteger(out, v.unscaledValue());
          out.writeSigned(v.scale());
        },
        in -> new BigDecimal(readBigInteger(in), integer(in)));
    one(
        "UUID",
        UUID.class,
        (out, v) -> {
          out.writeLong(v.getMostSignificantBits());
          out.writeLong(v.getLeastSignificantBits());
        },
        in -> new UUID(in.readLong(), in.readLong()));
    one(
        "Instant",
        Instant.class,
        (out, v) -> {
          out.writeSigned(v.getEpochSecond());
          out.writeUnsigned(v.getNano());
        },
        in -> {
          long seconds = signed(in, Instant.MIN.getEpochSecond(), Instant.MAX.getEpochSecond());
          return Instant.ofEpochSecond(seconds, unsigned(in, NANOS - 1));
        });
    one(
        "Duration",
        Duration.class,
        (out, v) -> {
          out.writeSigned(v.getSeconds());
          out.writeUnsigned(v.getNano());
        },
        in -> {
          long seconds = in.readSigned();
          return Duration.ofSeconds(seconds, unsigned(in, NANOS - 1));
        });
    HANDLERS.put(String.class, new Text());
    HANDLERS.put(void.class, new Nothing());
    HANDLERS.put(Void.class, new Nothing());
  }

  private Scalars() {}

  static @Nullable Handler of(Class<?> type) {
    return HANDLERS.get(type);
  }

  private static <T> void both(
      String name, Class<?> primitive, Class<T> box, Scalar.Put<T> put, Scalar.Get<T> get) {
    HANDLERS.put(primitive, new Scalar<>(name, box, false, put, get));
    HANDLERS.put(box, new Scalar<>(box.getSimpleName(), box, true, put, get));
  }

  private static <T> void one(String name, Class<T> type, Scalar.Put<T> put, Scalar.Get<T> get) {
    HANDLERS.put(type, new Scalar<>(name, type, true, put, get));
  }

  private static int integer(Decoder in) {
    return (int) signed(in, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  private static long signed(Decoder in, long min, long max) {
    long value = in.readSigned();
    if (value < min || value > max) {
      throw new CodecException(value + " is not between " + min + " and " + max);
    }
    return value;
  }

  private static long unsigned(Decoder in, long max) {
    long value = in.readUnsigned();
    if (value < 0 || value > max) {
      throw new CodecException(Long.toUnsignedString(value) + " is not between 0 and " + max);
    }
    return value;
  }

  private static float readFloat(Decoder in) {
    int bits = in.readInt();
    float value = Float.intBitsToFloat(bits);
    if (Float.floatToIntBits(value) != bits) {
      throw otherNaN();
    }
    return value;
  }

  private static double readDouble(Decoder in) {
    long bits = in.readLong();
    double value = Double.longBitsToDouble(bits);
    if (Double.doubleToLongBits(value) != bits) {
      throw otherNaN();
    }
    return value;
  }

  static CodecException otherNaN() {
    return new CodecException("a NaN that is not the canonical one");
  }

  private static void writeBigInteger(Encoder out, BigInteger value) {
    byte[] bytes = value.toByteArray();
    out.writeUnsigned(bytes.length);
    out.writeBytes(bytes);
  }

  private static BigInteger readBigInteger(Decoder in) {
    int length = in.count(in.readUnsigned(), 1);
    byte[] bytes = in.readBytes(length);
    if (length == 0 || (length > 1 && bytes[0] == bytes[1] >> 7)) {
      throw new CodecException("an integer that is longer than need be, or empty");
    }
    return new BigInteger(bytes);
  }

  /** Its length says whether it is null. */
  private static final class Text extends Handler {
    @Override
    void write(Encoder out, @Nullable Object value) {
      if (value != null && !(value instanceof String)) {
        throw CodecException.notA("String", value);
      }
      out.writeString((String) value);
    }

    @Override
    @Nullable Object read(Decoder in) {
      return in.readString();
    }

    @Override
    String schema(Schema schema) {
      return "String";
    }
  }

  /** What a method gives that gives nothing. */
  private static final class Nothing extends Handler {
    @Override
    void write(Encoder out, @Nullable Object value) {
      if (value != null) {
        throw CodecException.notA("void", value);
      }
      out.writeByte(0);
    }

    @Override
    @Nullable Object read(Decoder in) {
      byte found = in.readByte();
      if (found != 0) {
        throw new CodecException("expected a byte 0 for void, found " + (found & 0xFF));
      }
      return null;
    }

    @Override
    String schema(Schema schema) {
      return "void";
    }
  }
}
