// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.jsontype.BasicPolymorphicTypeValidator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonCodecTest {
  private static final boolean THOROUGH = Boolean.getBoolean("interleave.thorough");

  private final ObjectMapper mapper = new ObjectMapper();
  private final Codec codec = Codec.json(mapper);

  public record Line(@Nullable String item, int count) {}

  public record Order(
      long id, @Nullable List<@Nullable Line> lines, @Nullable Map<String, Line> byName) {}

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
  @JsonSubTypes({@JsonSubTypes.Type(value = Circle.class, name = "circle")})
  public sealed interface Figure {}

  public record Circle(double radius) implements Figure {}

  /** Nothing says what implements it. */
  public interface Unknown {}

  @SuppressWarnings({"unused", "UnusedVariable"})
  private abstract static class Types {
    @Nullable List<Order> orders;
  }

  private static Encoder json(String json) {
    Encoder out = new Encoder();
    byte[] bytes = json.getBytes(UTF_8);
    out.writeInt(bytes.length);
    out.writeBytes(bytes);
    return out;
  }

  private static void assertRefused(Coder<?> coder, String json, String message) {
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> coder.fromBytes(json(json).toByteArray()))
        .withMessage(message);
  }

  @Test
  @SuppressWarnings("unchecked")
  void roundTripByGenericType() throws NoSuchFieldException {
    Coder<List<Order>> coder =
        (Coder<List<Order>>) codec.coder(Types.class.getDeclaredField("orders").getGenericType());
    List<Order> orders =
        List.of(new Order(1, List.of(new Line("tea", 2)), Map.of("a", new Line(null, 0))));
    assertThat(coder.fromBytes(coder.toBytes(orders))).isEqualTo(orders);
    assertThat(coder.fromBytes(coder.toBytes(null))).isNull();
    assertThat(coder.schema()).isEmpty();
    assertThat(coder.fingerprint()).isZero();
    assertThat(codec.name()).isEqualTo("json/1");
  }

  @Test
  void theBytesAreJson() {
    assertThat(codec.coder(Line.class).toBytes(new Line("tea", 2)))
        .isEqualTo(json("{\"item\":\"tea\",\"count\":2}").toByteArray());
  }

  @Test
  void arguments() {
    Coder<@Nullable Object[]> coder = codec.arguments(int.class, Line.class, void.class);
    byte[] bytes = coder.toBytes(new @Nullable Object[] {7, new Line("a", 1), null});
    assertThat(coder.fromBytes(bytes)).containsExactly(7, new Line("a", 1), null);
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> coder.toBytes(new Object[] {7}))
        .withMessage("expected 3 arguments, found 1");
  }

  @Test
  void namedSubtypes() {
    Coder<Figure> coder = codec.coder(Figure.class);
    assertThat(coder.fromBytes(coder.toBytes(new Circle(2)))).isEqualTo(new Circle(2));
  }

  @Test
  void whatIsNotStrictIsRefused() {
    Coder<Line> coder = codec.coder(Line.class);
    assertRefused(
        coder,
        "{\"item\":\"a\",\"count\":null}",
        "Line.count: Cannot map `null` into type `int` (set"
            + " DeserializationConfig.DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES to 'false'"
            + " to allow)");
    assertRefused(coder, "{\"count\":1,\"count\":2}", "Line: Duplicate field 'count'");
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> coder.fromBytes(json("{\"item\":\"a\"}").toByteArray()))
        .withMessageStartingWith("Line.count: Cannot map `null` into type `int`");
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> codec.coder(int.class).fromBytes(json("null").toByteArray()))
        .withMessageStartingWith("int: Cannot map `null` into type `int`");
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> coder.fromBytes(json("{\"count\":1} {}").toByteArray()))
        .withMessageStartingWith("Line: Trailing token");
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> coder.fromBytes(json("{\"count\":").toByteArray()))
        .withMessageStartingWith("Line");
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> coder.fromBytes(json("").toByteArray()))
        .withMessageStartingWith("Line: No content to map");
    Coder<Order> order = codec.coder(Order.class);
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(
            () -> order.fromBytes(json("{\"lines\":[null,{\"count\":\"x\"}]}").toByteArray()))
        .withMessageStartingWith("Order.lines[1].count: Cannot deserialize value of type `int`");
  }

  @Test
  void lengthsAreChecked() {
    Encoder out = new Encoder();
    out.writeInt(-1);
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> codec.coder(Line.class).fromBytes(out.toByteArray()))
        .withMessage("Line: 4294967295 announced, 0 bytes left");
  }

  @Test
  void tooDeepAndTooLarge() {
    List<Object> cycle = new ArrayList<>();
    cycle.add(cycle);
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> codec.coder(List.class).toBytes(cycle))
        .withMessageContaining("nesting depth");
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(
            () -> codec.coder(List.class).fromBytes(json("[".repeat(100_000)).toByteArray()))
        .withMessageContaining("nesting depth");
    Encoder out = new Encoder(100);
    out.writeByte(1);
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> codec.coder(String.class).encode("x".repeat(200), out))
        .withMessage("String: does not fit into the limit of 100 bytes");
    assertThat(out.size()).isEqualTo(1);
  }

  @Test
  void defaultTypingIsRefused() {
    var validator = BasicPolymorphicTypeValidator.builder().allowIfBaseType(Object.class).build();
    ObjectMapper typing = new ObjectMapper();
    Codec before = Codec.json(typing);
    typing.activateDefaultTyping(validator, ObjectMapper.DefaultTyping.NON_FINAL);
    String message =
        "default typing is active in the mapper, so that a peer could name the classes to be made;"
            + " deactivate it, and declare sealed types with @JsonTypeInfo(use = Id.NAME)";
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> Codec.json(typing))
        .withMessage(message);
    assertThatExceptionOfType(UnsupportedTypeException.class)
        .isThrownBy(() -> before.coder(Line.class))
        .withMessage(message);
  }

  @Test
  void typesThatTheMapperDoesNotKnowAreRefused() {
    assertThatExceptionOfType(UnsupportedTypeException.class)
        .isThrownBy(() -> codec.coder(Duration.class))
        .withMessage(
            "java.time.Duration is not supported by the mapper; register the Jackson module for"
                + " it");
    assertThatExceptionOfType(UnsupportedTypeException.class)
        .isThrownBy(() -> codec.coder(Unknown.class))
        .withMessage(
            Unknown.class.getName()
                + " is abstract; say by @JsonTypeInfo(use = Id.NAME) and @JsonSubTypes what it may"
                + " be");
    assertThatExceptionOfType(UnsupportedTypeException.class)
        .isThrownBy(() -> codec.arguments(int.class, Duration.class))
        .withMessageStartingWith("argument 2: java.time.Duration is not supported");
  }

  @Test
  void mutatedJsonIsAnErrorOrAValue() {
    Coder<Order> coder = codec.coder(Order.class);
    byte[] valid =
        coder.toBytes(new Order(1, List.of(new Line("tea", 2)), Map.of("a", new Line(null, 0))));
    SplittableRandom random = new SplittableRandom(8);
    int refused = 0;
    for (int i = 0; i < (THOROUGH ? 200_000 : 20_000); i++) {
      byte[] bytes = Mutation.of(valid, valid, 0, random);
      Optional<Order> value = Optional.empty();
      try {
        value = Optional.ofNullable(coder.fromBytes(bytes));
      } catch (CodecException e) {
        refused++;
      }
      value.ifPresent(coder::toBytes);
    }
    assertThat(refused).isGreaterThan(1_000);
  }
}
