// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is encoded comes out again, for many values of all kinds of types. */
class CompactRoundTripTest {
  private static final boolean THOROUGH = Boolean.getBoolean("interleave.thorough");
  private static final int VALUES = THOROUGH ? 1_000_000 : 100_000;
  private static final long SEED = 20_260_101;

  private final Codec codec = Codec.compact();

  @Test
  void generatedValuesComeOutAsTheyWere() {
    List<Type> types = Samples.types();
    List<Coder<?>> coders = types.stream().<Coder<?>>map(codec::coder).toList();
    Encoder out = new Encoder();
    for (int i = 0; i < VALUES; i++) {
      int which = i % types.size();
      Object value = new Generator(new SplittableRandom(SEED + i)).of(types.get(which));
      out.reset();
      Object decoded = throughBytes(coders.get(which), value, out);
      if (!same(value, decoded)) {
        assertThat(decoded).as("%s, seed %d", types.get(which), SEED + i).isEqualTo(value);
      }
    }
  }

  /** Two values in one frame, so that one that reads too far or too little is found out. */
  @SuppressWarnings("unchecked")
  private static @Nullable Object throughBytes(
      Coder<?> coder, @Nullable Object value, Encoder out) {
    Coder<Object> any = (Coder<Object>) coder;
    any.encode(value, out);
    int once = out.size();
    any.encode(value, out);
    byte[] bytes = out.toByteArray();
    assertThat(Arrays.equals(bytes, 0, once, bytes, once, bytes.length))
        .as("the same bytes each time")
        .isTrue();
    Decoder in = new Decoder(bytes);
    Object first = any.decode(in);
    assertThat(in.remaining()).isEqualTo(once);
    Object second = any.decode(in);
    in.requireEnd();
    assertThat(same(first, second)).isTrue();
    out.reset();
    any.encode(first, out);
    assertThat(Arrays.equals(out.toByteArray(), 0, once, bytes, 0, once))
        .as("the same bytes for what came out")
        .isTrue();
    return first;
  }

  /** Equal, where arrays are equal if their elements are. */
  static boolean same(@Nullable Object a, @Nullable Object b) {
    if (a == null || b == null) {
      return a == null && b == null;
    }
    if (a instanceof Record && a.getClass() == b.getClass()) {
      return same(components(a), components(b));
    }
    if (a instanceof Optional<?> x && b instanceof Optional<?> y) {
      return same(x.orElse(null), y.orElse(null));
    }
    if (a instanceof Object[] x && b instanceof Object[] y) {
      return x.getClass() == y.getClass() && same(Arrays.asList(x), Arrays.asList(y));
    }
    if (a instanceof List<?> x && b instanceof List<?> y) {
      boolean same = x.size() == y.size();
      for (int i = 0; same && i < x.size(); i++) {
        same = same(x.get(i), y.get(i));
      }
      return same;
    }
    if (a instanceof Map<?, ?> x && b instanceof Map<?, ?> y) {
      return x.keySet().equals(y.keySet())
          && x.keySet().stream().allMatch(key -> same(x.get(key), y.get(key)))
          && (!(a instanceof LinkedHashMap<?, ?>)
              || new ArrayList<>(x.keySet()).equals(new ArrayList<>(y.keySet())));
    }
    if (a instanceof LinkedHashSet<?> x && b instanceof Collection<?> y) {
      return new ArrayList<>(x).equals(new ArrayList<>(y));
    }
    return Objects.deepEquals(a, b);
  }

  private static List<@Nullable Object> components(Object value) {
    List<@Nullable Object> values = new ArrayList<>();
    for (var component : value.getClass().getRecordComponents()) {
      try {
        values.add(component.getAccessor().invoke(value));
      } catch (ReflectiveOperationException e) {
        throw new LinkageError("component " + component, e);
      }
    }
    return values;
  }
}
