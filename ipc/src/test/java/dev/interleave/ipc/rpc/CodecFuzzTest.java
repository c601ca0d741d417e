// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.ThreadMXBean;
import java.io.ObjectInputFilter;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Bytes that no coder wrote: mutations of those that one did, and random ones. Nothing but a {@link
 * CodecException} comes of them, with little memory, or a value that has exactly these bytes.
 */
class CodecFuzzTest {
  private static final boolean THOROUGH = Boolean.getBoolean("interleave.thorough");
  private static final int INPUTS = THOROUGH ? 1_000_000 : 100_000;
  private static final long SEED = 8_000_000;

  /** As {@link Codec#compact} promises. */
  private static final int BYTES_PER_BYTE = 128;

  private static final int BYTES_ANYWAY = 64 << 10;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final Codec codec = Codec.compact();

  @Test
  @SuppressWarnings("unchecked")
  void compact() {
    List<Type> types = Samples.types();
    List<Coder<Object>> coders =
        types.stream().map(type -> (Coder<Object>) codec.coder(type)).toList();
    Encoder out = new Encoder();
    int accepted = 0;
    for (int i = 0; i < INPUTS; i++) {
      SplittableRandom random = new SplittableRandom(SEED + i);
      int which = i % types.size();
      Coder<Object> coder = coders.get(which);
      byte[] bytes = input(coder, types.get(which), random);
      Attempt attempt = Attempt.at(() -> coder.fromBytes(bytes));
      if (!attempt.isFrugal(bytes)) {
        // Whatever is used for the first time takes memory once.
        attempt = Attempt.at(() -> coder.fromBytes(bytes));
        assertThat(attempt.isFrugal(bytes))
            .as("seed %d, %s: %s for %d bytes", SEED + i, types.get(which), attempt, bytes.length)
            .isTrue();
      }
      if (attempt.accepted()) {
        accepted++;
        out.reset();
        coder.encode(attempt.value(), out);
        if (!Arrays.equals(out.toByteArray(), bytes)) {
          assertThat(out.toByteArray())
              .as("seed %d, %s: %s", SEED + i, types.get(which), attempt.value())
              .isEqualTo(bytes);
        }
      }
    }
    // Were nearly all refused, or accepted, it would be at one place, and the rest not reached.
    assertThat(accepted).isBetween(INPUTS / 50, INPUTS / 2);
  }

  /** Ten thousand elements are announced on each of a hundred levels, and not there. */
  @Test
  void announcementsTakeNoMemory() {
    Coder<Samples.Tree> coder = codec.coder(Samples.Tree.class);
    Encoder out = new Encoder();
    out.writeInt(coder.fingerprint());
    for (int i = 0; i < 60; i++) {
      out.writeByte(1); // a tree
      out.writeByte(0); // without a label
      out.writeUnsigned(10_001); // of ten thousand
    }
    out.writeBytes(new byte[10_000]);
    byte[] bytes = out.toByteArray();
    Attempt first = Attempt.at(() -> coder.fromBytes(bytes));
    assertThat(first.accepted()).isFalse();
    assertThat(Attempt.at(() -> coder.fromBytes(bytes)))
        .matches(attempt -> attempt.isFrugal(bytes));
  }

  public record Line(String item, int count, @Nullable List<String> notes)
      implements Serializable {}

  public record Order(long id, List<Line> lines, Map<String, Line> byName)
      implements Serializable {}

  private static Order order(SplittableRandom random) {
    List<Line> lines = new ArrayList<>();
    Map<String, Line> byName = new HashMap<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      List<String> notes = i == 0 ? null : new ArrayList<>(List.of("a", "\u00e9"));
      Line line = new Line("item " + random.nextInt(100), random.nextInt(), notes);
      lines.add(line);
      byName.put(line.item(), line);
    }
    return new Order(random.nextLong(), lines, byName);
  }

  @Test
  void json() {
    structured(Codec.json(new ObjectMapper()), INPUTS / 10);
  }

  @Test
  void javaSerialization() {
    ObjectInputFilter allowList =
        ObjectInputFilter.Config.createFilter(
            "dev.interleave.ipc.rpc.CodecFuzzTest$*;java.lang.*;java.util.ArrayList;"
                + "java.util.HashMap;java.util.Map$Entry;!*");
    structured(Codec.javaSerialization(allowList), INPUTS / 10);
  }

  /** Values of these have no one form, so what was accepted has to be one that goes around. */
  private static void structured(Codec codec, int inputs) {
    Coder<Order> coder = codec.coder(Order.class);
    int accepted = 0;
    for (int i = 0; i < inputs; i++) {
      SplittableRandom random = new SplittableRandom(SEED + i);
      Order order = order(random);
      byte[] valid = coder.toBytes(order);
      assertThat(coder.fromBytes(valid)).isEqualTo(order);
      byte[] other = coder.toBytes(order(random));
      byte[] bytes =
          random.nextInt(20) == 0
              ? Mutation.of(valid, other, 0, random)
              : measured(Mutation.of(valid, other, Integer.BYTES, random));
      Attempt attempt = Attempt.at(() -> coder.fromBytes(bytes));
      if (attempt.accepted()) {
        accepted++;
        Order read = (Order) attempt.value();
        Object again = Attempt.at(() -> coder.fromBytes(coder.toBytes(read))).value();
        assertThat(again).as("seed %d", SEED + i).isInstanceOf(Order.class);
        if (!containsItself(read)) {
          // Not every class that a stream can name has values that equal each other.
          assertThat(again).as("seed %d", SEED + i).hasToString(String.valueOf(read));
        }
      }
    }
    assertThat(accepted).isBetween(inputs / 50, inputs / 2);
  }

  /** Changed bytes may refer to what they are part of: Java serialization keeps that. */
  private static boolean containsItself(@Nullable Object value) {
    try {
      int unused = Objects.hashCode(value);
      return false;
    } catch (StackOverflowError e) {
      return true;
    }
  }

  /** With the right length before it, since nothing behind it is seen without. */
  private static byte[] measured(byte[] framed) {
    Encoder out = new Encoder();
    out.writeInt(framed.length - Integer.BYTES);
    out.writeBytes(Arrays.copyOfRange(framed, Integer.BYTES, framed.length));
    return out.toByteArray();
  }

  @Test
  void exceptions() {
    SplittableRandom seeds = new SplittableRandom(SEED);
    byte[] whole = exception();
    int accepted = 0;
    for (int i = 0; i < INPUTS / 10; i++) {
      byte[] bytes = Mutation.of(whole, whole, 0, seeds.split());
      Attempt attempt = Attempt.at(() -> ExceptionFrame.read(new Decoder(bytes)));
      if (!attempt.isFrugal(bytes)) {
        attempt = Attempt.at(() -> ExceptionFrame.read(new Decoder(bytes)));
        assertThat(attempt).matches(again -> again.isFrugal(bytes));
      }
      accepted += attempt.accepted() ? 1 : 0;
    }
    assertThat(accepted).isBetween(1, INPUTS / 10 - 1);
  }

  /** What came of bytes, and how much memory it took. All but a {@link CodecException} passes. */
  private record Attempt(boolean accepted, @Nullable Object value, long taken) {
    static Attempt at(Supplier<?> decoding) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      boolean accepted = false;
      Object value = null;
      try {
        value = decoding.get();
        accepted = true;
      } catch (CodecException e) {
        // as it should be
      }
      return new Attempt(accepted, value, THREADS.getCurrentThreadAllocatedBytes() - before);
    }

    boolean isFrugal(byte[] bytes) {
      return taken < (long) BYTES_PER_BYTE * bytes.length + BYTES_ANYWAY;
    }
  }

  private static byte[] exception() {
    RuntimeException thrown = new IllegalStateException("no", new Exception("cause"));
    thrown.addSuppressed(new ArithmeticException());
    Encoder out = new Encoder();
    ExceptionFrame.write(thrown, out);
    return out.toByteArray();
  }

  /** Mostly with the right fingerprint, since nothing behind it is seen without. */
  private static byte[] input(Coder<Object> coder, Type type, SplittableRandom random) {
    int kept = random.nextInt(50) == 0 ? 0 : Integer.BYTES;
    byte[] valid = coder.toBytes(value(type, random));
    if (random.nextInt(4) == 0) {
      byte[] bytes = new byte[kept + random.nextInt(64)];
      random.nextBytes(bytes);
      System.arraycopy(valid, 0, bytes, 0, kept);
      if (random.nextBoolean()) {
        for (int i = kept; i < bytes.length; i++) {
          bytes[i] = (byte) (bytes[i] & 3); // small numbers get further
        }
      }
      return bytes;
    }
    return Mutation.of(valid, coder.toBytes(value(type, random)), kept, random);
  }

  private static @Nullable Object value(Type type, SplittableRandom random) {
    return new Generator(random.split()).of(type);
  }
}
