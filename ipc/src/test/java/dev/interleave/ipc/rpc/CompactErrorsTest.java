// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.interleave.ipc.rpc.Samples.Currency;
import dev.interleave.ipc.rpc.Samples.Line;
import dev.interleave.ipc.rpc.Samples.Order;
import dev.interleave.ipc.rpc.Samples.Pair;
import dev.interleave.ipc.rpc.Samples.Tree;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every way in which a value or bytes can be wrong, and the words for it. */
@SuppressWarnings("NullableOptional") // it has to be carried all the same
class CompactErrorsTest {
  private final Codec codec = Codec.compact();

  public record Strict(String name, int count) {
    public Strict {
      Objects.requireNonNull(name, "name");
    }
  }

  public record Failing(int number) {
    @Override
    public int number() {
      throw new IllegalStateException("not today");
    }
  }

  public record Same(int number) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Same;
    }

    @Override
    public int hashCode() {
      return 1;
    }
  }

  @SuppressWarnings({"unused", "UnusedVariable"})
  private abstract static class Types {
    @Nullable Set<Integer> set;
    @Nullable Set<Same> sameSet;
    @Nullable SequencedSet<Integer> sequencedSet;
    @Nullable Map<Integer, String> map;
    @Nullable Optional<String> optional;
    @Nullable List<Integer> list;
    @Nullable List<Strict> strict;
  }

  @SuppressWarnings("unchecked")
  private Coder<Object> coder(String field) {
    try {
      return (Coder<Object>) codec.coder(Types.class.getDeclaredField(field).getGenericType());
    } catch (NoSuchFieldException e) {
      throw new AssertionError(e);
    }
  }

  @SuppressWarnings("unchecked")
  private Coder<Object> any(Type type) {
    return (Coder<Object>) codec.coder(type);
  }

  private static void assertFails(ThrowingCallable call, String message) {
    assertThatExceptionOfType(CodecException.class).isThrownBy(call).withMessage(message);
  }

  /** Bytes behind the right fingerprint. */
  private static void assertRefused(Coder<?> coder, String message, int... bytes) {
    Encoder out = new Encoder();
    out.writeInt(coder.fingerprint());
    for (int b : bytes) {
      out.writeByte(b);
    }
    assertFails(() -> coder.fromBytes(out.toByteArray()), message);
  }

  // ------------------------------------------------------------------ values

  @Test
  void ofAnotherType() {
    assertFails(() -> any(int.class).toBytes("1"), "int: expected int, found java.lang.String");
    assertFails(() -> any(int.class).toBytes(null), "int: null for int");
    assertFails(
        () -> any(Integer.class).toBytes(1L), "Integer: expected Integer, found java.lang.Long");
    assertFails(
        () -> any(String.class).toBytes(1), "String: expected String, found java.lang.Integer");
    assertFails(() -> any(void.class).toBytes(1), "void: expected void, found java.lang.Integer");
    assertFails(() -> any(Line.class).toBytes(1), "Line: expected Line, found java.lang.Integer");
    assertFails(
        () -> any(Currency.class).toBytes(1),
        "Currency: expected Currency, found java.lang.Integer");
    assertFails(
        () -> any(Samples.Figure.class).toBytes(1),
        "Figure: expected Figure, found java.lang.Integer");
    assertFails(
        () -> any(byte[].class).toBytes(1), "byte[]: expected byte[], found java.lang.Integer");
    assertFails(
        () -> any(String[].class).toBytes(1),
        "String[]: expected String[], found java.lang.Integer");
    assertFails(
        () -> coder("set").toBytes(List.of()),
        "Set<Integer>: expected Set, found " + List.of().getClass().getName());
    assertFails(
        () -> coder("sequencedSet").toBytes(Set.of(1)),
        "SequencedSet<Integer>: expected SequencedSet, found " + Set.of(1).getClass().getName());
    assertFails(
        () -> coder("map").toBytes(1),
        "Map<Integer, String>: expected Map, found java.lang.Integer");
    assertFails(
        () -> coder("list").toBytes(1), "List<Integer>: expected List, found java.lang.Integer");
    assertFails(
        () -> coder("optional").toBytes("text"),
        "Optional<String>: expected Optional, found java.lang.String");
  }

  @Test
  void thePathLeadsThere() {
    Order order =
        new Order(1, "a", null, Arrays.asList(null, new Line("\uD800", 1, null)), null, null);
    assertFails(
        () -> codec.coder(Order.class).toBytes(order),
        "Order.lines[1].item: unpaired surrogate at index 0 of a string");
    assertFails(
        () -> coder("list").toBytes(List.of(1, 2, "3")),
        "List<Integer>[2]: expected Integer, found java.lang.String");
    assertFails(
        () -> coder("map").toBytes(Map.of(1, 2)),
        "Map<Integer, String>[0].value: expected String, found java.lang.Integer");
    assertFails(
        () -> coder("map").toBytes(Map.of("a", "b")),
        "Map<Integer, String>[0].key: expected Integer, found java.lang.String");
    assertFails(
        () ->
            codec
                .arguments(int.class, Line.class)
                .toBytes(new Object[] {1, new Line("\uDC00", 1, null)}),
        "argument 2, Line.item: unpaired surrogate at index 0 of a string");
    assertFails(
        () -> codec.arguments(int.class).toBytes(new Object[0]), "expected 1 arguments, found 0");
    CodecException e =
        catchThrowableOfType(CodecException.class, () -> codec.coder(Order.class).toBytes(order));
    assertThat(e.path()).isEqualTo("Order.lines[1].item");
    assertThat(e.reason()).isEqualTo("unpaired surrogate at index 0 of a string");
  }

  @Test
  void theirOwnCodeFails() {
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> codec.coder(Failing.class).toBytes(new Failing(1)))
        .withMessage("Failing.number: failed with java.lang.IllegalStateException: not today")
        .withCauseInstanceOf(IllegalStateException.class);
    List<Integer> broken =
        new AbstractList<>() {
          @Override
          public Integer get(int index) {
            throw new IllegalStateException("no " + index);
          }

          @Override
          public int size() {
            return 2;
          }
        };
    assertFails(
        () -> coder("list").toBytes(broken),
        "List<Integer>[0]: failed with java.lang.IllegalStateException: no 0");
  }

  @Test
  void changedMeanwhile() {
    List<Integer> growing =
        new ArrayList<>(List.of(1, 2)) {
          private static final long serialVersionUID = 1L;

          @Override
          public Iterator<Integer> iterator() {
            return List.of(1, 2, 3).iterator();
          }
        };
    assertFails(
        () -> coder("list").toBytes(growing),
        "List<Integer>: changed while it was encoded, from 2 to 3 elements");
  }

  @Test
  void containsItself() {
    List<@Nullable Tree> children = new ArrayList<>();
    Tree tree = new Tree("root", children);
    children.add(tree);
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> codec.coder(Tree.class).toBytes(tree))
        .withMessageStartingWith("Tree.children[0].children[0].children[0]")
        .withMessageEndingWith(": nested deeper than 128 levels: too deep, or it contains itself");
  }

  @Test
  void deepEnoughAndTooDeep() {
    Coder<Tree> coder = codec.coder(Tree.class);
    Tree tree = new Tree("leaf", null);
    for (int i = 0; i < Codec.MAX_DEPTH / 2 - 1; i++) {
      tree = new Tree("", List.of(tree));
    }
    byte[] bytes = coder.toBytes(tree);
    assertThat(coder.fromBytes(bytes)).isEqualTo(tree);
    // One more level, written by hand: a tree without label, of one tree.
    Encoder out = new Encoder();
    out.writeBytes(bytes, 0, Integer.BYTES);
    for (int i = 0; i < 2; i++) {
      out.writeByte(1);
      out.writeByte(0);
      out.writeByte(2);
    }
    out.writeBytes(bytes, Integer.BYTES, bytes.length - Integer.BYTES);
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> coder.fromBytes(out.toByteArray()))
        .withMessageContaining("nested deeper than 128 levels");
    Tree deeper = new Tree("", List.of(new Tree("", List.of(tree))));
    assertThatExceptionOfType(CodecException.class).isThrownBy(() -> coder.toBytes(deeper));
  }

  @Test
  void afterAnErrorTheEncoderIsAsBefore() {
    Encoder out = new Encoder();
    out.writeByte(42);
    List<@Nullable Tree> children = new ArrayList<>();
    children.add(new Tree("cycle", children));
    Coder<Tree> coder = codec.coder(Tree.class);
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> coder.encode(new Tree("", children), out));
    assertThat(out.toByteArray()).containsExactly(42);
    Tree tree = new Tree("fine", List.of());
    coder.encode(tree, out);
    Decoder in = new Decoder(out.toByteArray());
    assertThat(in.readByte()).isEqualTo((byte) 42);
    assertThat(coder.decode(in)).isEqualTo(tree);
  }

  @Test
  void tooLarge() {
    Coder<Object> coder = any(String.class);
    Encoder out = new Encoder(10);
    assertFails(
        () -> coder.encode("123456", out), "String: does not fit into the limit of 10 bytes");
    coder.encode("12345", out);
    assertThat(out.size()).isEqualTo(10);
    assertFails(
        () -> any(long[].class).encode(new long[3], new Encoder(20)),
        "long[]: does not fit into the limit of 20 bytes");
    assertFails(
        () -> coder("list").encode(new Endless(), new Encoder(100)),
        "List<Integer>: does not fit into the limit of 100 bytes");
  }

  /** Says that it is large, and is not asked for its elements. */
  private static final class Endless extends AbstractList<Integer> {
    @Override
    public Integer get(int index) {
      throw new AssertionError(index);
    }

    @Override
    public int size() {
      return Integer.MAX_VALUE;
    }
  }

  @Test
  void elementsThatCannotBeToldApart() {
    assertFails(
        () -> any(Samples.type("byPair")).toBytes(identities()),
        "Map<Pair<Integer, String>, Order>[1]: has the same bytes as one before it");
  }

  private static Object identities() {
    IdentityHashMap<Pair<Integer, String>, @Nullable Order> map = new IdentityHashMap<>();
    map.put(new Pair<>(1, "a"), null);
    map.put(new Pair<>(1, "a"), null);
    return map;
  }

  // ------------------------------------------------------------------ bytes

  @Test
  void tooFewOrTooMany() {
    Coder<Object> coder = any(int.class);
    assertFails(() -> coder.fromBytes(new byte[3]), "int: expected 4 more bytes, found 3");
    assertRefused(coder, "int: expected 1 more bytes, found 0");
    assertRefused(coder, "1 bytes left behind the value", 2, 0);
    assertRefused(any(UUID.class), "UUID: expected 8 more bytes, found 1", 1, 0);
  }

  @Test
  void numbers() {
    String longer = ": a number is longer than need be, or than 64 bits";
    assertRefused(any(int.class), "int" + longer, 0x80, 0);
    assertRefused(any(long.class), "long" + longer, -1, -1, -1, -1, -1, -1, -1, -1, -1, 2);
    assertRefused(any(long.class), "long" + longer, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0);
    assertRefused(
        any(int.class),
        "int: 2147483648 is not between -2147483648 and 2147483647",
        0x80,
        0x80,
        0x80,
        0x80,
        0x10);
    assertRefused(any(short.class), "short: 32768 is not between -32768 and 32767", 0x80, 0x80, 4);
    assertRefused(any(char.class), "char: 65536 is not between 0 and 65535", 0x80, 0x80, 4);
    assertRefused(any(float.class), "float: a NaN that is not the canonical one", 1, 0, 0xC0, 0x7F);
    assertRefused(
        any(double.class),
        "double: a NaN that is not the canonical one",
        1,
        0,
        0,
        0,
        0,
        0,
        0xF8,
        0x7F);
    assertRefused(
        any(float[].class), "float[][0]: a NaN that is not the canonical one", 2, 1, 0, 0xC0, 0x7F);
    assertRefused(
        any(double[].class),
        "double[][0]: a NaN that is not the canonical one",
        2,
        1,
        0,
        0,
        0,
        0,
        0,
        0xF8,
        0x7F);
    assertRefused(
        any(BigInteger.class),
        "BigInteger: an integer that is longer than need be, or empty",
        1,
        0);
    assertRefused(
        any(BigInteger.class),
        "BigInteger: an integer that is longer than need be, or empty",
        1,
        2,
        0,
        1);
    assertRefused(
        any(BigDecimal.class),
        "BigDecimal: an integer that is longer than need be, or empty",
        1,
        2,
        -1,
        -1,
        0);
  }

  @Test
  void flags() {
    assertRefused(any(boolean.class), "boolean: expected a byte 0 or 1, found 2", 2);
    assertRefused(any(Integer.class), "Integer: expected a byte 0 or 1, found 255", 255, 0);
    assertRefused(any(Line.class), "Line: expected a byte 0 or 1, found 2", 2);
    assertRefused(any(void.class), "void: expected a byte 0 for void, found 1", 1);
    assertRefused(any(boolean[].class), "boolean[][1]: expected a byte 0 or 1, found 3", 3, 1, 3);
    assertRefused(
        coder("optional"), "Optional<String>: expected a byte 0, 1 or 2 for Optional, found 3", 3);
    assertRefused(coder("optional"), "Optional<String>: an Optional of null", 2, 0);
    assertRefused(any(Samples.Figure.class), "Figure: unknown case 7 of 6 of Figure", 7);
    assertRefused(any(Samples.Figure.class), "Figure: null within a case of Figure", 4, 0);
  }

  @Test
  void times() {
    assertRefused(
        any(Instant.class),
        "Instant: 1000000000 is not between 0 and 999999999",
        1,
        0,
        0x80,
        0x94,
        0xEB,
        0xDC,
        3);
    assertRefused(
        any(Duration.class),
        "Duration: 1000000000 is not between 0 and 999999999",
        1,
        0,
        0x80,
        0x94,
        0xEB,
        0xDC,
        3);
    assertRefused(
        any(Instant.class),
        "Instant: 9223372036854775807 is not between -31557014167219200 and 31556889864403199",
        1,
        0xFE,
        -1,
        -1,
        -1,
        -1,
        -1,
        -1,
        -1,
        -1,
        1,
        0);
  }

  @Test
  void strings() {
    assertRefused(any(String.class), "String: 5 announced, 1 bytes left", 6, 'a');
    assertRefused(any(String.class), "String: a string is not UTF-8", 2, 0xFF);
    assertRefused(any(String.class), "String: a string is not UTF-8", 3, 0xC0, 0x80);
    assertRefused(any(String.class), "String: a string is not UTF-8", 4, 0xED, 0xA0, 0x80);
    assertRefused(
        any(String.class),
        "String: 18446744073709551614 announced, 0 bytes left",
        -1,
        -1,
        -1,
        -1,
        -1,
        -1,
        -1,
        -1,
        -1,
        1);
    assertRefused(
        any(Currency.class),
        "Currency: unknown enum constant EU\uFFFD of Currency",
        4,
        'E',
        'U',
        '\n');
  }

  @Test
  void collections() {
    assertRefused(coder("list"), "List<Integer>: 3 announced, 2 bytes left", 4, 0, 0);
    assertRefused(
        any(int[].class),
        "int[]: 2 elements of 4 bytes announced, 7 bytes left",
        3,
        0,
        0,
        0,
        0,
        0,
        0,
        0);
    assertRefused(coder("list"), "List<Integer>[1]: expected 1 more bytes, found 0", 3, 1, 0);
    String order = "out of order, or the same as the one before it";
    assertRefused(coder("set"), "Set<Integer>[1]: " + order, 3, 1, 2, 1, 2);
    assertRefused(coder("set"), "Set<Integer>[1]: " + order, 3, 1, 4, 1, 2);
    assertRefused(
        coder("sequencedSet"),
        "SequencedSet<Integer>[1]: equals an element before it",
        3,
        1,
        2,
        1,
        2);
    assertRefused(coder("sameSet"), "Set<Same>[1]: equals an element before it", 3, 1, 2, 1, 4);
    assertRefused(coder("map"), "Map<Integer, String>[1].key: " + order, 3, 1, 2, 0, 1, 2, 0);
    assertRefused(
        coder("map"), "Map<Integer, String>[0].value: 2 announced, 1 bytes left", 2, 1, 2, 3, 'a');
  }

  @Test
  void constructorsRefuse() {
    assertRefused(
        coder("strict"),
        "List<Strict>[0]: its constructor refused the values: java.lang.NullPointerException: name",
        2,
        1,
        0,
        0);
  }

  @Test
  void quotesAreShort() {
    assertThat(CodecException.quote("a\u0007b")).isEqualTo("a\uFFFDb");
    assertThat(CodecException.quote("x".repeat(64))).hasSize(64);
    assertThat(CodecException.quote("x".repeat(65))).isEqualTo("x".repeat(64) + "...");
  }
}
