// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The arguments of a method, each by the coder of its type: for any codec. */
final class ArgumentsCoder implements Coder<@Nullable Object[]> {
  private final List<Coder<?>> coders;
  private final String schema;

  private ArgumentsCoder(List<Coder<?>> coders) {
    this.coders = coders;
    schema =
        coders.stream().allMatch(coder -> coder.schema().isEmpty())
            ? ""
            : coders.stream().map(Coder::schema).collect(Collectors.joining(", ", "(", ")"));
  }

  static ArgumentsCoder of(Codec codec, List<Type> types) {
    List<Coder<?>> coders = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      try {
        coders.add(codec.coder(types.get(i)));
      } catch (UnsupportedTypeException e) {
        throw e.within(e.isWithin() ? place(i) + ", " : place(i));
      }
    }
    return new ArgumentsCoder(List.copyOf(coders));
  }

  /** How errors call the argument {@code i}. */
  static String place(int i) {
    return "argument " + (i + 1);
  }

  /** What is an array of so many arguments. */
  static @Nullable Object[] values(@Nullable Object value, int count) {
    if (!(value instanceof Object[] values)) {
      throw CodecException.notA("Object[]", value);
    }
    if (values.length != count) {
      throw new CodecException("expected " + count + " arguments, found " + values.length);
    }
    return values;
  }

  @Override
  public Type type() {
    return Object[].class;
  }

  @Override
  public String schema() {
    return schema;
  }

  @Override
  public int fingerprint() {
    return schema.isEmpty() ? 0 : Schema.fingerprint(schema);
  }

  @Override
  public void encode(@Nullable Object @Nullable [] value, Encoder out) {
    @Nullable Object[] values = values(value, coders.size());
    int start = out.size();
    boolean done = false;
    try {
      for (int i = 0; i < values.length; i++) {
        try {
          encode(coders.get(i), values[i], out);
        } catch (CodecException e) {
          throw e.within(place(i) + ", ");
        }
      }
      done = true;
    } finally {
      if (!done) {
        out.truncate(start);
      }
    }
  }

  @SuppressWarnings("unchecked") // a coder finds out by itself what is not of its type
  private static <T> void encode(Coder<T> coder, @Nullable Object value, Encoder out) {
    coder.encode((T) value, out);
  }

  @Override
  public @Nullable Object[] decode(Decoder in) {
    @Nullable Object[] values = new @Nullable Object[coders.size()];
    for (int i = 0; i < values.length; i++) {
      try {
        values[i] = coders.get(i).decode(in);
      } catch (CodecException e) {
        throw e.within(place(i) + ", ");
      }
    }
    return values;
  }

  @Override
  public String toString() {
    return "Coder" + coders;
  }
}
