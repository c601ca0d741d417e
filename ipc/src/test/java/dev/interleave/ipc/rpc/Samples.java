// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.lang.reflect.Field;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Types that the compact codec handles, of all kinds. */
@SuppressWarnings({
  "NullableOptional",
  "ArrayRecordComponent"
}) // what a codec must carry all the same
public final class Samples {
  private Samples() {}

  public enum Currency {
    EUR,
    USD,
    JPY {
      @Override
      int decimals() {
        return 0;
      }
    };

    int decimals() {
      return 2;
    }
  }

  public record Line(@Nullable String item, int count, @Nullable BigDecimal price) {}

  public record Order(
      long id,
      @Nullable String customer,
      @Nullable Currency currency,
      @Nullable List<@Nullable Line> lines,
      @Nullable Map<String, String> notes,
      @Nullable Optional<Instant> paid) {}

  public record Primitives(boolean a, byte b, short c, char d, int e, long f, float g, double h) {}

  public record Boxes(
      @Nullable Boolean a,
      @Nullable Byte b,
      @Nullable Short c,
      @Nullable Character d,
      @Nullable Integer e,
      @Nullable Long f,
      @Nullable Float g,
      @Nullable Double h) {}

  public record Values(
      @Nullable String text,
      @Nullable BigInteger integer,
      @Nullable BigDecimal decimal,
      @Nullable UUID id,
      @Nullable Instant instant,
      @Nullable Duration duration) {}

  public record Nothing() {}

  public record Tree(@Nullable String label, @Nullable List<@Nullable Tree> children) {}

  public sealed interface Figure permits Square, Circle, Group, Sign, Solid {}

  public record Circle(double radius) implements Figure {}

  public record Square(double side) implements Figure {}

  public record Group(@Nullable List<Figure> figures, @Nullable Figure @Nullable [] more)
      implements Figure {}

  public enum Sign implements Figure {
    PLUS,
    MINUS
  }

  public sealed interface Solid extends Figure {}

  public record Cube(int edge) implements Solid {}

  public record Sphere(int radius) implements Solid {}

  public record Pair<A extends @Nullable Object, B extends @Nullable Object>(A first, B second) {}

  public sealed interface Result<T> {}

  public record Ok<T>(@Nullable T value) implements Result<T> {}

  public record Failed<T>(@Nullable String reason, int code) implements Result<T> {}

  /** Occurs in {@code Result<String>} only. */
  public record Text(@Nullable String text) implements Result<String> {}

  /** The types are those of the fields. */
  @SuppressWarnings({"unused", "UnusedVariable"})
  private static final class Types {
    private @Nullable Order order;
    private @Nullable Primitives primitives;
    private @Nullable Boxes boxes;
    private @Nullable Values values;
    private @Nullable Nothing nothing;
    private @Nullable Tree tree;
    private @Nullable Figure figure;
    private @Nullable Solid solid;
    private int number;
    private @Nullable String string;
    private @Nullable List<Map<String, Optional<Order>>> orders;
    private @Nullable Collection<? extends Figure> figures;
    private @Nullable Set<Set<Integer>> sets;
    private @Nullable SequencedSet<String> sequencedSet;
    private @Nullable SequencedMap<Integer, List<String>> sequencedMap;
    private @Nullable Map<Currency, int[]> byCurrency;
    private @Nullable Map<Pair<Integer, String>, Order> byPair;
    private @Nullable Pair<Pair<Line, Long>, List<Pair<String, Boolean>>> pairs;
    private @Nullable Result<Order> result;
    private @Nullable Result<String> text;
    private @Nullable Optional<Optional<String>> optional;
    private boolean @Nullable [] booleans;
    private byte @Nullable [] bytes;
    private short @Nullable [] shorts;
    private char @Nullable [] chars;
    private int @Nullable [] ints;
    private long @Nullable [] longs;
    private float @Nullable [] floats;
    private double @Nullable [] doubles;
    private int @Nullable [] @Nullable [] matrix;
    private @Nullable String @Nullable [] strings;
    private @Nullable List<Integer> @Nullable [] lists;
    private @Nullable Order @Nullable [] orderArray;
  }

  static Type type(String field) {
    try {
      return Types.class.getDeclaredField(field).getGenericType();
    } catch (NoSuchFieldException e) {
      throw new AssertionError(e);
    }
  }

  static List<Type> types() {
    return Arrays.stream(Types.class.getDeclaredFields())
        .filter(field -> !field.isSynthetic())
        .map(Field::getGenericType)
        .toList();
  }
}
