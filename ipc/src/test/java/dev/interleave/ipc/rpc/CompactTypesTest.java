// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.interleave.ipc.rpc.Samples.Circle;
import dev.interleave.ipc.rpc.Samples.Currency;
import dev.interleave.ipc.rpc.Samples.Figure;
import dev.interleave.ipc.rpc.Samples.Line;
import dev.interleave.ipc.rpc.Samples.Ok;
import dev.interleave.ipc.rpc.Samples.Order;
import dev.interleave.ipc.rpc.Samples.Result;
import dev.interleave.ipc.rpc.Samples.Sign;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Which types the compact codec takes, and what it says about the others. */
@SuppressWarnings("NullableOptional") // it has to be carried all the same
class CompactTypesTest {
  private final Codec codec = Codec.compact();

  private record Hidden(int number, @Nullable Secret secret) {}

  private enum Secret {
    ONE
  }

  private sealed interface Closed permits Inner {}

  private record Inner(int number) implements Closed {}

  // ------------------------------------------------------------------ access

  @Test
  void privateRecordNeedsALookup() {
    assertThatExceptionOfType(UnsupportedTypeException.class)
        .isThrownBy(() -> codec.coder(Hidden.class))
        .withMessage(
            Hidden.class.getName()
                + " is not accessible; make it public in an exported package, or give"
                + " Codec.compact the MethodHandles.lookup() of a class that can access it");
    Codec mine = Codec.compact(MethodHandles.lookup());
    Hidden value = new Hidden(7, Secret.ONE);
    Coder<Hidden> coder = mine.coder(Hidden.class);
    assertThat(coder.fromBytes(coder.toBytes(value))).isEqualTo(value);
    Coder<Closed> closed = mine.coder(Closed.class);
    assertThat(closed.fromBytes(closed.toBytes(new Inner(3)))).isEqualTo(new Inner(3));
  }

  @ParameterizedTest
  @MethodSource("closedTypes")
  void whatIsNotAccessibleIsRefused(Class<?> type) {
    assertThatExceptionOfType(UnsupportedTypeException.class)
        .isThrownBy(() -> codec.coder(type))
        .withMessageStartingWith(type.getName() + " is not accessible; make it public");
  }

  static Stream<Class<?>> closedTypes() {
    return Stream.of(Hidden.class, Secret.class, Closed.class);
  }

  @Test
  void aLookupOfSomebodyElseDoesNotHelp() {
    Codec other =
        Codec.compact(MethodHandles.lookup().in(String.class), MethodHandles.publicLookup());
    assertThatExceptionOfType(UnsupportedTypeException.class)
        .isThrownBy(() -> other.coder(Hidden.class));
  }

  // ------------------------------------------------------------------ refusals

  public record Dated(List<@Nullable Date> placed) {}

  public record Growing<T>(T value, @Nullable Growing<List<T>> next) {}

  public sealed interface Loose permits Open, Solid {}

  public non-sealed interface Open extends Loose {}

  public record Solid() implements Loose {}

  public sealed interface Mixed permits Plain {}

  public static final class Plain implements Mixed {}

  /** The types of the fields are refused. */
  @SuppressWarnings({"rawtypes", "unused", "UnusedVariable"})
  private abstract static class Refused<T> {
    @Nullable List<? extends Number> numbers;
    @Nullable List<?> anything;
    @Nullable List raw;
    @Nullable T variable;
    @Nullable Map<String, @Nullable Map<String, Object>> nested;
    @Nullable Set<int[]> arrays;
    @Nullable Map<String[], String> keys;
    @Nullable Growing<String> growing;
    @Nullable ArrayList<String> list;
    @Nullable HashMap<String, String> map;
    @Nullable CompletableFuture<String> future;
    @Nullable Optional<LocalDate> date;
    LocalDate @Nullable [] dates;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "numbers | List<Number>[]: java.lang.Number is too general; declare the type that is meant,"
            + " or a sealed interface",
        "anything | List<Object>[]: java.lang.Object says nothing about the value; declare a"
            + " record, an enum, or a sealed interface of them",
        "raw | java.util.List without type arguments; say of what it is, as in List<String>",
        "nested | Map<String, Map<String, Object>>[].value[].value: java.lang.Object says nothing"
            + " about the value; declare a record, an enum, or a sealed interface of them",
        "arrays | Set<int[]>[]: arrays are equal to themselves only, so none is found again in a"
            + " set or map; use List",
        "keys | Map<String[], String>[].key: arrays are equal to themselves only, so none is found"
            + " again in a set or map; use List",
        "list | java.util.ArrayList is not supported; declare java.util.List, Set, or SequencedSet"
            + " to keep the order",
        "map | java.util.HashMap is not supported; declare java.util.Map, or java.util.SequencedMap"
            + " to keep the order",
        "future | java.util.concurrent.CompletableFuture is not a value; send what it will hold",
        "date | Optional<LocalDate>: java.time.LocalDate is not supported; use java.time.Instant, a"
            + " String, or a record of its fields",
        "dates | LocalDate[][]: java.time.LocalDate is not supported; use java.time.Instant, a"
            + " String, or a record of its fields",
      })
  void refusalsSayWhereAndWhatToDo(String field, String message) throws NoSuchFieldException {
    Type type = Refused.class.getDeclaredField(field).getGenericType();
    assertThatExceptionOfType(UnsupportedTypeException.class)
        .isThrownBy(() -> codec.coder(type))
        .withMessage(message);
  }

  @Test
  void refusalsOfClasses() {
    assertRefused(
        Dated.class, "Dated.placed[]: java.util.Date is not supported; use java.time.Instant");
    assertRefused(
        OptionalInt.class,
        "java.util.OptionalInt is not supported; use java.util.Optional of the box");
    assertRefused(
        Thread.class,
        "java.lang.Thread is neither a record nor an enum; send a record of its fields");
    assertRefused(
        Runnable.class,
        "java.lang.Runnable is an interface anybody may implement; seal it, and permit records or"
            + " enums only");
    assertRefused(
        Exception.class,
        "java.lang.Exception is not supported; throw it, or send a record of what is to be known"
            + " about it");
    assertRefused(
        Loose.class,
        Open.class.getName() + " is open; make it a record, an enum or a sealed interface of such");
    assertRefused(
        Mixed.class,
        Plain.class.getName()
            + " is a class; make it a record, an enum or a sealed interface of such");
  }

  private void assertRefused(Class<?> type, String message) {
    assertThatExceptionOfType(UnsupportedTypeException.class)
        .isThrownBy(() -> codec.coder(type))
        .withMessage(message);
  }

  @Test
  void typesWithoutEndAreRefused() throws NoSuchFieldException {
    Type type = Refused.class.getDeclaredField("growing").getGenericType();
    assertThatExceptionOfType(UnsupportedTypeException.class)
        .isThrownBy(() -> codec.coder(type))
        .withMessageStartingWith("Growing<String>.next.next.next")
        .withMessageEndingWith(
            "...: there is no end of types in it; does it contain a larger type of itself?");
  }

  @Test
  void unknownVariableIsRefused() throws NoSuchFieldException {
    Type type = Refused.class.getDeclaredField("variable").getGenericType();
    assertThat(type).isInstanceOf(TypeVariable.class);
    assertThatExceptionOfType(UnsupportedTypeException.class)
        .isThrownBy(() -> codec.coder(type))
        .withMessage(
            "the type variable T of %s stands for any type; declare the method with the type that is"
                    .formatted(Refused.class)
                + " meant");
  }

  @Test
  void argumentsSayWhich() {
    assertThatExceptionOfType(UnsupportedTypeException.class)
        .isThrownBy(() -> codec.arguments(int.class, Dated.class))
        .withMessage(
            "argument 2, Dated.placed[]: java.util.Date is not supported; use java.time.Instant");
  }

  // ------------------------------------------------------------------ generics and sealed types

  @Test
  @SuppressWarnings("unchecked")
  void nestedGenerics() {
    Coder<List<Map<String, Optional<Order>>>> coder =
        (Coder<List<Map<String, Optional<Order>>>>) codec.coder(Samples.type("orders"));
    Order order =
        new Order(
            1,
            "Ann",
            Currency.JPY,
            List.of(new Line("tea", 2, new BigDecimal("3.50"))),
            Map.of("gift", "yes"),
            Optional.of(Instant.EPOCH));
    List<Map<String, Optional<Order>>> value =
        List.of(Map.of("a", Optional.of(order), "b", Optional.empty()), Map.of());
    assertThat(coder.fromBytes(coder.toBytes(value))).isEqualTo(value);
  }

  @Test
  @SuppressWarnings("unchecked")
  void sealedHierarchyHasRecordsEnumsAndInterfaces() {
    Coder<Figure> coder = codec.coder(Figure.class);
    Figure value =
        new Samples.Group(
            List.of(new Circle(1), Sign.MINUS, new Samples.Cube(2)),
            new Figure[] {new Samples.Sphere(1), new Samples.Square(2)});
    Figure decoded = coder.fromBytes(coder.toBytes(value));
    assertThat(CompactRoundTripTest.same(decoded, value)).isTrue();
    assertThat(coder.schema())
        .startsWith(
            "Figure; Figure(Circle | Cube | Group | enum Sign | Sphere | Square); Circle{radius:"
                + " double}");
    Coder<Result<Order>> result = (Coder<Result<Order>>) codec.coder(Samples.type("result"));
    assertThat(result.fromBytes(result.toBytes(new Ok<>(null)))).isEqualTo(new Ok<Order>(null));
    assertThat(result.schema())
        .startsWith("Result<Order>; Result<Order>(Failed<Order> | Ok<Order>);");
    assertThat(codec.coder(Samples.type("text")).schema())
        .startsWith("Result<String>; Result<String>(Failed<String> | Ok<String> | Text);");
  }

  @Test
  void whatComesOutCannotBeChanged() {
    Coder<Order> coder = codec.coder(Order.class);
    List<@Nullable Line> lines = new ArrayList<>();
    lines.add(null);
    Map<String, String> notes = new LinkedHashMap<>(Map.of("a", "b"));
    Order order = new Order(1, null, null, lines, notes, null);
    Order decoded = Objects.requireNonNull(coder.fromBytes(coder.toBytes(order)));
    assertThat(decoded).isEqualTo(order);
    assertThat(decoded.lines()).isUnmodifiable();
    assertThat(decoded.notes()).isUnmodifiable();
  }

  // ------------------------------------------------------------------ versions

  /** Stands for the package of the other side. */
  static final class Newer {
    public record Line(String item, long count, BigDecimal price) {}

    public enum Currency {
      EUR,
      USD,
      GBP
    }
  }

  @Test
  void anotherVersionIsNamed() {
    Codec mine = Codec.compact(MethodHandles.lookup());
    byte[] bytes = mine.coder(Newer.Line.class).toBytes(new Newer.Line("tea", 2, BigDecimal.ONE));
    Coder<Line> coder = mine.coder(Line.class);
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> coder.fromBytes(bytes))
        .withMessage(
            "Line: the peer has another version of the type: fingerprint %08x, here %08x of Line;"
                    .formatted(mine.coder(Newer.Line.class).fingerprint(), coder.fingerprint())
                + " Line{item: String, count: int, price: BigDecimal}");
  }

  @Test
  void thePackageIsNoPartOfTheVersionAndConstantsNeither() {
    Codec mine = Codec.compact(MethodHandles.lookup());
    Coder<Newer.Currency> newer = mine.coder(Newer.Currency.class);
    Coder<Currency> older = mine.coder(Currency.class);
    assertThat(newer.fingerprint()).isEqualTo(older.fingerprint());
    assertThat(older.fromBytes(newer.toBytes(Newer.Currency.USD))).isEqualTo(Currency.USD);
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> older.fromBytes(newer.toBytes(Newer.Currency.GBP)))
        .withMessage("Currency: unknown enum constant GBP of Currency");
  }

  @Test
  void schemaNamesEachTypeOnce() {
    assertThat(codec.coder(Samples.Tree.class).schema())
        .isEqualTo("Tree; Tree{label: String, children: List<Tree>}");
    assertThat(codec.coder(Samples.type("pairs")).schema())
        .isEqualTo(
            "Pair<Pair<Line, Long>, List<Pair<String, Boolean>>>;"
                + " Pair<Pair<Line, Long>, List<Pair<String, Boolean>>>{first: Pair<Line, Long>,"
                + " second: List<Pair<String, Boolean>>};"
                + " Pair<Line, Long>{first: Line, second: Long};"
                + " Pair<String, Boolean>{first: String, second: Boolean};"
                + " Line{item: String, count: int, price: BigDecimal}");
    assertThat(codec.arguments(int.class, Line.class, Line.class).schema())
        .isEqualTo("(int, Line, Line); Line{item: String, count: int, price: BigDecimal}");
  }

  @Test
  void typesOfTheSameNameAreToldApart() {
    Codec mine = Codec.compact(MethodHandles.lookup());
    assertThat(mine.arguments(Line.class, Newer.Line.class).schema())
        .isEqualTo(
            "(Line, Line#1); Line{item: String, count: int, price: BigDecimal};"
                + " Line#1{item: String, count: long, price: BigDecimal}");
  }

  @Test
  void codersAreKept() {
    assertThat(codec.coder(Order.class)).isSameAs(codec.coder(Order.class));
    assertThat(codec.coder(Samples.type("orders"))).isSameAs(codec.coder(Samples.type("orders")));
    assertThat(codec.name()).isEqualTo("compact/1");
    assertThat(codec.coder(Order.class).type()).isEqualTo(Order.class);
  }
}
