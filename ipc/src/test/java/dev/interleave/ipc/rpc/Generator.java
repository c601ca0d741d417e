// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Values of a type, by a seed; it knows nothing of codecs, and finds its own way through types. */
final class Generator {
  private static final int DEEP = 6;

  private static final long[] LONGS = {
    0,
    1,
    -1,
    63,
    64,
    -64,
    -65,
    127,
    128,
    255,
    8191,
    8192,
    1L << 31,
    -(1L << 31),
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };

  private static final String[] TEXTS = {
    "", "a", "tea", "Grüße", "日本語", "a\0b\n", "😀", "\uFFFD", "\uFFFF", "x".repeat(200)
  };

  private final SplittableRandom random;

  Generator(SplittableRandom random) {
    this.random = random;
  }

  @Nullable Object of(Type type) {
    return of(type, Map.of(), 0);
  }

  private @Nullable Object of(Type type, Map<TypeVariable<?>, Type> known, int depth) {
    return switch (type) {
      case Class<?> c when c.isPrimitive() -> scalar(c);
      case TypeVariable<?> v -> of(argument(v, known), known, depth);
      case WildcardType w -> of(w.getUpperBounds()[0], known, depth);
      case Type t when random.nextInt(12) == 0 -> null;
      case GenericArrayType a -> array(a.getGenericComponentType(), known, depth);
      case ParameterizedType p -> parameterized(p, known, depth);
      case Class<?> c when c.isArray() -> array(c.componentType(), known, depth);
      case Class<?> c when c.isEnum() -> pick(c.getEnumConstants());
      case Class<?> c when c.isRecord() -> record(c, known, depth);
      case Class<?> c when c.isSealed() -> of(pick(c.getPermittedSubclasses()), known, depth);
      case Class<?> c -> scalar(c);
      default -> throw new AssertionError(type);
    };
  }

  private static Type argument(TypeVariable<?> variable, Map<TypeVariable<?>, Type> known) {
    return Objects.requireNonNull(known.get(variable), variable::getName);
  }

  private <T> T pick(T[] from) {
    return from[random.nextInt(from.length)];
  }

  private int size(int depth) {
    return depth >= DEEP ? 0 : random.nextInt(random.nextInt(8) == 0 ? 12 : 4);
  }

  private Object parameterized(
      ParameterizedType type, Map<TypeVariable<?>, Type> known, int depth) {
    Class<?> raw = (Class<?>) type.getRawType();
    Type[] arguments =
        Arrays.stream(type.getActualTypeArguments())
            .map(argument -> argument instanceof TypeVariable<?> v ? argument(v, known) : argument)
            .toArray(Type[]::new);
    if (raw == List.class || raw == Collection.class) {
      return list(arguments[0], known, depth);
    }
    if (raw == Set.class || raw == SequencedSet.class) {
      List<@Nullable Object> elements = list(arguments[0], known, depth);
      Collections.shuffle(elements, new Random(random.nextLong()));
      return raw == Set.class ? new HashSet<>(elements) : new LinkedHashSet<>(elements);
    }
    if (raw == Map.class || raw == SequencedMap.class) {
      Map<@Nullable Object, @Nullable Object> map =
          raw == Map.class ? new HashMap<>() : new LinkedHashMap<>();
      for (int i = size(depth); i > 0; i--) {
        map.put(of(arguments[0], known, depth + 1), of(arguments[1], known, depth + 1));
      }
      return map;
    }
    if (raw == Optional.class) {
      return Optional.ofNullable(of(arguments[0], known, depth + 1));
    }
    Map<TypeVariable<?>, Type> inner = new HashMap<>();
    for (int i = 0; i < arguments.length; i++) {
      inner.put(raw.getTypeParameters()[i], arguments[i]);
    }
    if (raw.isRecord()) {
      return record(raw, inner, depth);
    }
    // Result: of its permitted classes the generic ones fit any argument.
    Class<?> permitted = pick(raw.getPermittedSubclasses());
    if (permitted.getTypeParameters().length == 0 && arguments[0] != String.class) {
      return parameterized(type, known, depth);
    }
    Map<TypeVariable<?>, Type> leaf = new HashMap<>();
    for (TypeVariable<?> variable : permitted.getTypeParameters()) {
      leaf.put(variable, arguments[0]);
    }
    return record(permitted, leaf, depth);
  }

  private List<@Nullable Object> list(Type element, Map<TypeVariable<?>, Type> known, int depth) {
    List<@Nullable Object> list = new ArrayList<>();
    for (int i = size(depth); i > 0; i--) {
      list.add(of(element, known, depth + 1));
    }
    return list;
  }

  private Object array(Type element, Map<TypeVariable<?>, Type> known, int depth) {
    List<@Nullable Object> list = list(element, known, depth);
    Class<?> raw =
        element instanceof ParameterizedType p ? (Class<?>) p.getRawType() : (Class<?>) element;
    Object array = Array.newInstance(raw, list.size());
    for (int i = 0; i < list.size(); i++) {
      Array.set(array, i, list.get(i));
    }
    return array;
  }

  private Object record(Class<?> type, Map<TypeVariable<?>, Type> known, int depth) {
    RecordComponent[] components = type.getRecordComponents();
    @Nullable Object[] values = new @Nullable Object[components.length];
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      values[i] = of(components[i].getGenericType(), known, depth + 1);
    }
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("constructor of " + type, e);
    }
  }

  private long integer() {
    return random.nextInt(3) == 0
        ? LONGS[random.nextInt(LONGS.length)]
        : random.nextLong() >> random.nextInt(64);
  }

  private Object scalar(Class<?> type) {
    if (type == boolean.class || type == Boolean.class) {
      return random.nextBoolean();
    }
    if (type == byte.class || type == Byte.class) {
      return (byte) integer();
    }
    if (type == short.class || type == Short.class) {
      return (short) integer();
    }
    if (type == char.class || type == Character.class) {
      return (char) integer();
    }
    if (type == int.class || type == Integer.class) {
      return (int) integer();
    }
    if (type == long.class || type == Long.class) {
      return integer();
    }
    if (type == float.class || type == Float.class) {
      return Float.intBitsToFloat((int) integer());
    }
    if (type == double.class || type == Double.class) {
      return Double.longBitsToDouble(integer());
    }
    if (type == String.class) {
      return pick(TEXTS) + (random.nextInt(3) == 0 ? integer() : "");
    }
    if (type == BigInteger.class) {
      return BigInteger.valueOf(integer()).shiftLeft(random.nextInt(200));
    }
    if (type == BigDecimal.class) {
      return BigDecimal.valueOf(integer(), (int) integer());
    }
    if (type == UUID.class) {
      return new UUID(random.nextLong(), integer());
    }
    if (type == Instant.class) {
      return switch (random.nextInt(8)) {
        case 0 -> Instant.MIN;
        case 1 -> Instant.MAX;
        default -> Instant.ofEpochSecond(integer() >> 31, random.nextInt(1_000_000_000));
      };
    }
    if (type == Duration.class) {
      return Duration.ofSeconds(integer(), random.nextInt(1_000_000_000));
    }
    throw new AssertionError(type);
  }
}
