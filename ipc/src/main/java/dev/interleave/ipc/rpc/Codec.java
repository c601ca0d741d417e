// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ObjectInputFilter;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How values become bytes and bytes become values again, by their declared type. A codec is chosen
 * once, for all methods of a server or client; both sides must have chosen the same, which they
 * find out by its {@link #name()} before the first call.
 *
 * <pre>{@code
 * record Line(String item, int count) {}
 * record Order(long id, List<Line> lines) {}
 *
 * Coder<Order> coder = Codec.compact(MethodHandles.lookup()).coder(Order.class);
 * byte[] bytes = coder.toBytes(new Order(7, List.of(new Line("tea", 2))));
 * Order order = coder.fromBytes(bytes);
 * }</pre>
 *
 * <h2>What every codec promises</h2>
 *
 * <ul>
 *   <li><b>Refused early.</b> A type that cannot be handled is refused with {@link
 *       UnsupportedTypeException} when its coder is asked for, so when a service is registered, and
 *       not at the first call.
 *   <li><b>Named errors.</b> Whatever is wrong with a value, or with bytes that a peer sent, ends
 *       in a {@link CodecException}, which says where in the value. An {@link Error} passes through
 *       as it is.
 *   <li><b>Bounds.</b> Bytes are never more than the {@link Encoder} allows. Values are not nested
 *       deeper than {@link #MAX_DEPTH} levels, or, in JSON, than the mapper allows. What bytes
 *       announce is compared with the bytes that are there before memory is taken for it.
 *   <li><b>Nothing by name.</b> Bytes never decide which class is loaded; only {@link
 *       #javaSerialization} lets them name one, within its allow-list.
 *   <li><b>{@code null}</b> is a value: it may stand at the top, as a component and as an element,
 *       wherever the declared type is not primitive.
 * </ul>
 *
 * <p>Implementations are immutable or keep no more than a cache: thread-safe, and never blocking.
 * No argument may be {@code null}.
 */
public interface Codec {
  /**
   * How many levels of records, collections, optionals and arrays may lie in one another: 128. So
   * no value of a peer can exhaust a stack, and a value that contains itself ends in a named error.
   */
  int MAX_DEPTH = 128;

  /**
   * The name of the format and its version, the same on every side that can read it, and for ever:
   * {@code compact/1}, {@code json/1}, {@code java/1}. At most 64 printable ASCII characters.
   */
  String name();

  /**
   * The coder of a type: of a parameter ({@link java.lang.reflect.Method#getGenericParameterTypes})
   * or a result ({@link java.lang.reflect.Method#getGenericReturnType}). {@code void} is a type
   * with the only value {@code null}.
   *
   * @throws UnsupportedTypeException if this codec cannot handle the type, or a type within it; the
   *     message says what to do
   */
  Coder<?> coder(Type type);

  /**
   * The coder of a class without type parameters; for {@code int.class} that of {@code Integer},
   * without {@code null}.
   *
   * @throws UnsupportedTypeException if this codec cannot handle the type, or a type within it; the
   *     message says what to do
   */
  @SuppressWarnings("unchecked") // by contract: what a coder takes and gives is of its type
  default <T> Coder<T> coder(Class<T> type) {
    return (Coder<T>) coder((Type) type);
  }

  /**
   * The coder of all arguments of a method together. It takes and gives an array with as many
   * elements as there are types.
   *
   * @throws UnsupportedTypeException if this codec cannot handle one of the types; the message says
   *     which, counted from 1, and what to do
   */
  default Coder<@Nullable Object[]> arguments(Type... types) {
    return ArgumentsCoder.of(this, List.of(types));
  }

  /**
   * The built-in format: small, fast, and the same bytes for equal values.
   *
   * <p>It handles
   *
   * <ul>
   *   <li>primitives and their boxes, {@code String}, {@code void};
   *   <li>{@code BigInteger}, {@code BigDecimal}, {@code UUID}, {@code Instant}, {@code Duration};
   *   <li>enums, by the names of their constants;
   *   <li>records, by their canonical constructors and accessors;
   *   <li>sealed interfaces whose permitted types are records, enums and such interfaces;
   *   <li>{@code List}, {@code Collection}, {@code SequencedCollection}, {@code Set}, {@code
   *       SequencedSet}, {@code Map}, {@code SequencedMap}, {@code Optional};
   *   <li>arrays of all of these.
   * </ul>
   *
   * <p>All of it may be generic, nested and recursive: {@code List<Map<String, Optional<Order>>>}.
   * For a wildcard its upper bound counts, for a type variable its bound if that is a class. What
   * is not in the list becomes a record in a line of code, and the refusal says so.
   *
   * <p><b>Access.</b> There is no reflection into what is closed: records, enums and sealed
   * interfaces have to be public and in a package exported to everybody, or accessible to one of
   * the {@code lookups}. So who wants private records of a class sent calls {@code
   * Codec.compact(MethodHandles.lookup())} in that class.
   *
   * <p><b>Versions.</b> Each value is preceded by a fingerprint of its {@link Coder#schema()}: the
   * names and types of all components. If the two sides disagree that is the error, not garbage.
   * Packages, the order in which {@code permits} lists, and the constants of enums are not part of
   * it: an enum constant that the other side lacks is an error when it is sent. The fingerprint has
   * 32 bits. It is against accidents; a forged one gains nothing, since all other checks remain.
   *
   * <p><b>Order.</b> {@code Set} and {@code Map} are sorted by the bytes of their elements and
   * keys, so that equal values have equal bytes. Who needs the order kept declares {@code
   * SequencedSet} or {@code SequencedMap}. Elements or keys that are equal after decoding are
   * refused. Collections that come out cannot be modified. NaN has one form; {@code -0.0} is kept.
   * Strings with unpaired surrogates, which have no UTF-8, are refused.
   *
   * <p><b>What it costs.</b> The memory that decoding takes, apart from what constructors of
   * records take by themselves, is less than 128 times the number of the bytes, and some 64 KiB
   * that do not depend on them. Records as keys whose hash codes a peer can make collide cost time
   * that is quadratic in their number, as in any hash map: keep frames small for such peers.
   *
   * <p>Each call makes a codec with a cache of its own, of at most 1024 types, which it keeps from
   * being unloaded as long as it lives. The format is written down in {@code docs/rpc.md}.
   *
   * @param lookups what the codec may access beside what is public, tried in this order
   */
  static Codec compact(MethodHandles.Lookup... lookups) {
    return new CompactCodec(Arrays.asList(lookups));
  }

  /**
   * JSON, by Jackson, which is an optional dependency of this module. What types it handles, and
   * what it does with unknown properties, is the mapper's to say. Beyond that, values are strict:
   * text behind the value, a property given twice, and {@code null} or nothing for a primitive are
   * errors. How deep values may be nested is bounded by the constraints of the mapper's factory.
   *
   * <p>The mapper's state when a coder is asked for is what counts; configure it before. Jackson
   * resolves the types of properties late: of a type in it this refuses only what the mapper cannot
   * handle at the top.
   *
   * @throws IllegalArgumentException if default typing is active in the mapper: then bytes would
   *     name the classes to be made. Annotated types may still choose {@code
   *     JsonTypeInfo.Id.CLASS}; don't, for a peer that is not trusted
   */
  static Codec json(ObjectMapper mapper) {
    return new JsonCodec(mapper);
  }

  /**
   * Java serialization, for who has values that nothing else can carry, and trusts the peer.
   *
   * <p>Only classes that {@code allowList} explicitly allows are read; what it leaves undecided is
   * rejected. A filter that allows everything is accepted, and gives whoever can reach the server
   * what such filters give: any code on the class path that runs when an object is read. Arrays and
   * maps bigger than the bytes that came, and graphs deeper than {@link #MAX_DEPTH} levels, are
   * rejected before the filter is asked. What the filter cannot bound is time: sets within sets
   * that a peer nests cleverly take exponential time to read, so do not allow {@code HashSet} for a
   * peer that is not trusted.
   *
   * <p>The raw type of what was read is checked, its type arguments are not. Values are not the
   * same bytes each time if they hold sets or maps of the JDK.
   *
   * @param allowList allows the classes that may be read, such as {@code
   *     ObjectInputFilter.Config.createFilter("com.acme.orders.*;java.util.ArrayList;!*")}
   */
  static Codec javaSerialization(ObjectInputFilter allowList) {
    return new JavaCodec(allowList);
  }
}
