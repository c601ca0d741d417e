// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.ipc.rpc.Samples.Circle;
import dev.interleave.ipc.rpc.Samples.Currency;
import dev.interleave.ipc.rpc.Samples.Group;
import dev.interleave.ipc.rpc.Samples.Line;
import dev.interleave.ipc.rpc.Samples.Order;
import dev.interleave.ipc.rpc.Samples.Primitives;
import dev.interleave.ipc.rpc.Samples.Sign;
import dev.interleave.ipc.rpc.Samples.Values;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The bytes of the compact format, written down by hand. Whoever changes one of them makes a new
 * format, and gives it a new name.
 */
class CompactFormatTest {
  private final Codec codec = Codec.compact();

  /** Blanks are for the reader. */
  @SuppressWarnings("unchecked")
  private void assertBytes(Type type, @Nullable Object value, String hex) {
    Coder<Object> coder = (Coder<Object>) codec.coder(type);
    assertThat(HexFormat.of().formatHex(coder.toBytes(value))).isEqualTo(hex.replace(" ", ""));
  }

  @Test
  void numbers() {
    assertBytes(int.class, 300, "6da88c34 d804");
    assertBytes(
        Primitives.class,
        new Primitives(true, (byte) -2, (short) -1, 'A', -65, 1L << 40, 1.5f, -0.0),
        "2353693d 01 01 fe 01 41 8101 808080808040 0000c03f 0000000000000080");
  }

  @Test
  void values() {
    assertBytes(
        Values.class,
        new Values(
            "é",
            BigInteger.valueOf(256),
            null,
            new UUID(1, 2),
            Instant.EPOCH,
            Duration.ofMillis(-1)),
        "3a0ceeab 01 03c3a9 01020100 00 0101000000000000000200000000000000 010000 0101c08faedc03");
  }

  @Test
  void records() {
    assertBytes(
        Order.class,
        new Order(
            7,
            "Ann",
            Currency.EUR,
            Arrays.asList(new Line("tea", 2, new BigDecimal("3.50")), null),
            new LinkedHashMap<>(Map.of("b", "2", "a", "1")),
            Optional.of(Instant.ofEpochSecond(1, 5))),
        "78719b6b 01 0e 04416e6e 04455552 03 01 04746561 04 0102015e04 00"
            + " 03 0261 0231 0262 0232 02 010205");
    assertBytes(Order.class, null, "78719b6b 00");
  }

  @Test
  void sealedTypes() {
    assertBytes(
        Samples.Figure.class,
        new Group(List.of(Sign.PLUS, new Circle(0)), null),
        "23ebae99 03 03 04 05504c5553 01 0000000000000000 00");
  }

  @Test
  void arrays() {
    assertBytes(int[].class, new int[] {1, -1}, "8436c47c 03 01000000 ffffffff");
    assertBytes(int[].class, null, "8436c47c 00");
    assertBytes(double[].class, new double[] {Double.NaN}, "bcfe5433 02 000000000000f87f");
    assertBytes(
        double[].class,
        new double[] {Double.longBitsToDouble(0x7ff0000000000001L)},
        "bcfe5433 02 000000000000f87f");
  }

  @Test
  void arguments() {
    Coder<@Nullable Object[]> coder = codec.arguments(int.class, String.class);
    assertThat(HexFormat.of().formatHex(coder.toBytes(new @Nullable Object[] {1, null})))
        .isEqualTo("50e156c60200");
    assertThat(coder.fromBytes(HexFormat.of().parseHex("50e156c60200"))).containsExactly(1, null);
    Coder<@Nullable Object[]> none = codec.arguments();
    assertThat(HexFormat.of().formatHex(none.toBytes(new Object[0]))).isEqualTo("2e38e77b");
  }

  @Test
  void setsAndMapsAreSorted() {
    assertBytes(
        Samples.type("sets"), Set.of(Set.of(1), Set.<Integer>of()), "f22e8c15 03 01 02 0102");
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      keys.add("key " + i);
    }
    Map<String, String> first = new LinkedHashMap<>();
    keys.forEach(key -> first.put(key, key));
    Collections.reverse(keys);
    Map<String, String> second = new LinkedHashMap<>();
    keys.forEach(key -> second.put(key, key));
    Coder<Order> coder = codec.coder(Order.class);
    assertThat(coder.toBytes(new Order(1, null, null, null, first, null)))
        .isEqualTo(coder.toBytes(new Order(1, null, null, null, second, null)));
  }

  @Test
  @SuppressWarnings("unchecked")
  void sequencedSetsKeepTheirOrder() {
    Coder<Object> coder = (Coder<Object>) codec.coder(Samples.type("sequencedSet"));
    Set<String> order = new LinkedHashSet<>(List.of("c", "a", "b"));
    assertThat((Set<String>) coder.fromBytes(coder.toBytes(order))).containsExactly("c", "a", "b");
    assertThat(coder.toBytes(order))
        .isNotEqualTo(coder.toBytes(new LinkedHashSet<>(new HashSet<>(List.of("a", "b", "c")))));
  }
}
