// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JavaCodecTest {
  private static final boolean THOROUGH = Boolean.getBoolean("interleave.thorough");

  private static final String OURS =
      "dev.interleave.ipc.rpc.JavaCodecTest$*;java.lang.*;java.util.ArrayList";

  public record Line(String item, @Nullable Object more) implements Serializable {}

  public record Order(long id, List<Line> lines) implements Serializable {}

  public record NotSerializable(int number) {}

  /** As a list of objects that refer to each other, far deeper than any stack. */
  public static final class Link implements Serializable {
    private static final long serialVersionUID = 1L;

    @Nullable Link next;
  }

  @SuppressWarnings({"unused", "UnusedVariable"})
  private abstract static class Types {
    @Nullable List<Order> orders;
  }

  private static Codec codec(String pattern) {
    return Codec.javaSerialization(ObjectInputFilter.Config.createFilter(pattern));
  }

  private final Codec codec = codec(OURS + ";!*");

  private static Object order() {
    return new Order(1, new ArrayList<>(List.of(new Line("tea", 2))));
  }

  @SuppressWarnings("unchecked")
  private Coder<Object> any(Class<?> type) {
    return (Coder<Object>) (Coder<?>) codec.coder(type);
  }

  @Test
  void roundTrip() throws NoSuchFieldException {
    Coder<Object> coder = any(Order.class);
    assertThat(coder.fromBytes(coder.toBytes(order()))).isEqualTo(order());
    assertThat(coder.fromBytes(coder.toBytes(null))).isNull();
    assertThat(codec.name()).isEqualTo("java/1");
    @SuppressWarnings("unchecked")
    Coder<Object> list =
        (Coder<Object>) codec.coder(Types.class.getDeclaredField("orders").getGenericType());
    List<Object> orders = new ArrayList<>(List.of(order()));
    assertThat(list.fromBytes(list.toBytes(orders))).isEqualTo(orders);
  }

  @Test
  void argumentsNeedNoFilterForNumbersAndStrings() {
    Codec closed = codec("!*");
    Coder<@Nullable Object[]> coder =
        closed.arguments(int.class, String.class, Long.class, void.class);
    byte[] bytes = coder.toBytes(new @Nullable Object[] {1, "a", 2L, null});
    assertThat(coder.fromBytes(bytes)).containsExactly(1, "a", 2L, null);
  }

  @Test
  @SuppressWarnings("NullAway") // on purpose
  void noFilterIsNoAllowList() {
    assertThatNullPointerException()
        .isThrownBy(() -> Codec.javaSerialization(null))
        .withMessage("allowList");
  }

  @Test
  void whatIsNotAllowedIsRejected() {
    Coder<Object> coder = any(Line.class);
    assertRejected(coder, new Line("a", new HashMap<>(Map.of(1, 2))));
    // Undecided is not allowed, either.
    Coder<Line> undecided = codec("dev.interleave.ipc.rpc.JavaCodecTest$*").coder(Line.class);
    assertRejected(undecided, new Line("a", new HashMap<>(Map.of(1, 2))));
  }

  private static <T> void assertRejected(Coder<T> coder, T value) {
    byte[] bytes = coder.toBytes(value);
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> coder.fromBytes(bytes))
        .withMessage("Line: failed with java.io.InvalidClassException: filter status: REJECTED");
  }

  @Test
  void typesAreRefusedAtOnce() {
    assertThatExceptionOfType(UnsupportedTypeException.class)
        .isThrownBy(() -> codec.coder(NotSerializable.class))
        .withMessage(
            NotSerializable.class.getName()
                + " is not serializable; let it implement java.io.Serializable");
    assertThatExceptionOfType(UnsupportedTypeException.class)
        .isThrownBy(() -> codec.coder(Optional.class))
        .withMessage(
            "java.util.Optional is not serializable; let it implement java.io.Serializable");
    assertThatExceptionOfType(UnsupportedTypeException.class)
        .isThrownBy(() -> codec("java.util.*").coder(Line.class))
        .withMessage(
            Line.class.getName() + " is not allowed by the filter; add it to the allow-list");
  }

  @Test
  void valuesThatCannotBeWritten() {
    Coder<Object> coder = any(Line.class);
    Encoder out = new Encoder();
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> coder.encode(new Line("a", new Object()), out))
        .withMessage("Line: failed with java.io.NotSerializableException: java.lang.Object");
    assertThat(out.size()).isZero();
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> coder.encode("text", out))
        .withMessageStartingWith("Line: expected Line, found java.lang.String");
    Encoder small = new Encoder(20);
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> coder.encode(new Line("a", null), small))
        .withMessage("Line: does not fit into the limit of 20 bytes");
    Link first = new Link();
    for (int i = 0; i < 1_000_000; i++) {
      Link link = new Link();
      link.next = first;
      first = link;
    }
    Object chain = first;
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> any(Link.class).toBytes(chain))
        .withMessage("Link: nested too deeply for Java serialization");
  }

  @Test
  void deeperThanAllowed() {
    Link first = new Link();
    for (int i = 0; i < Codec.MAX_DEPTH + 10; i++) {
      Link link = new Link();
      link.next = first;
      first = link;
    }
    byte[] bytes = any(Link.class).toBytes(first);
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> any(Link.class).fromBytes(bytes))
        .withMessage("Link: failed with java.io.InvalidClassException: filter status: REJECTED");
  }

  /** A stream may hold what no program can make: its hash code ends in an overflow of the stack. */
  @Test
  void aKeyThatContainsItselfIsAnError() {
    Codec maps = codec("java.util.*;java.lang.*;!*");
    @SuppressWarnings("unchecked")
    Coder<Object> coder = (Coder<Object>) (Coder<?>) maps.coder(HashMap.class);
    List<Object> key = new ArrayList<>();
    Map<Object, Object> map = new HashMap<>();
    map.put(key, 1);
    key.add(key);
    byte[] bytes = coder.toBytes(map);
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> coder.fromBytes(bytes))
        .withMessageContaining("nested too deeply");
  }

  @Test
  void anotherType() throws IOException {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    try (ObjectOutputStream objects = new ObjectOutputStream(stream)) {
      objects.writeObject(new Line("a", null));
    }
    Encoder out = new Encoder();
    out.writeInt(stream.size());
    out.writeBytes(stream.toByteArray());
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> any(Order.class).fromBytes(out.toByteArray()))
        .withMessage("Order: expected Order, found " + Line.class.getName());
    // One byte more than the object has.
    Encoder longer = new Encoder();
    longer.writeInt(stream.size() + 1);
    longer.writeBytes(stream.toByteArray());
    longer.writeByte(0);
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> any(Line.class).fromBytes(longer.toByteArray()))
        .withMessage("Line: 1 bytes left behind the value");
  }

  /** An array of two thousand millions is announced, in few bytes. */
  @Test
  void arraysLargerThanTheBytesAreRejected() {
    Coder<Object> coder = any(byte[].class);
    byte[] bytes = coder.toBytes(new byte[] {1, 2, 3});
    bytes[bytes.length - 7] = 0x7F; // the highest byte of the length
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> coder.fromBytes(bytes))
        .withMessage("byte[]: failed with java.io.InvalidClassException: filter status: REJECTED");
  }

  @Test
  void mutatedStreamsAreErrorsOrValues() {
    Coder<Object> coder = any(Order.class);
    byte[] valid = coder.toBytes(order());
    SplittableRandom random = new SplittableRandom(8);
    int refused = 0;
    for (int i = 0; i < (THOROUGH ? 200_000 : 20_000); i++) {
      byte[] bytes = Mutation.of(valid, valid, 0, random);
      try {
        Object value = coder.fromBytes(bytes);
        assertThat(value).matches(v -> v == null || v instanceof Order);
      } catch (CodecException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(1_000);
  }
}
