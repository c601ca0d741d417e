// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.lang.invoke.MethodHandles;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** {@link Codec#compact}. */
final class CompactCodec implements Codec {
  private static final String NAME = "compact/1";

  /** Types come from the program, not from peers; the bound is for programs that load classes. */
  private static final int MAX_CACHED = 1024;

  private final List<MethodHandles.Lookup> lookups;

  /**
   * Of the codec, and not of all of them: a static cache, or one that hangs on classes, would hold
   * class loaders that are to be unloaded.
   */
  private final Map<Type, CompactCoder<?>> coders = new ConcurrentHashMap<>();

  CompactCodec(List<MethodHandles.Lookup> lookups) {
    this.lookups = List.copyOf(lookups);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Coder<?> coder(Type type) {
    CompactCoder<?> known = coders.get(type);
    if (known != null) {
      return known;
    }
    Shapes shapes = new Shapes();
    Shape shape = shapes.of(type);
    CompactCoder<?> made =
        new CompactCoder<>(type, shape.toString(), new Handlers(lookups, shapes).root(shape));
    // Two threads may make the same coder, and either will do; the bound may be missed by a few.
    if (coders.size() < MAX_CACHED) {
      coders.put(type, made);
    }
    return made;
  }

  @Override
  public Coder<@Nullable Object[]> arguments(Type... types) {
    Handler[] parts = new Handler[types.length];
    String[] names = new String[types.length];
    Shapes shapes = new Shapes();
    Handlers handlers = new Handlers(lookups, shapes);
    for (int i = 0; i < types.length; i++) {
      String place = ArgumentsCoder.place(i);
      try {
        Shape shape = shapes.of(types[i]);
        names[i] = place + ", " + shape;
        parts[i] = handlers.root(shape);
      } catch (UnsupportedTypeException e) {
        throw e.within(e.isWithin() ? place + ", " : place);
      }
    }
    return new CompactCoder<>(Object[].class, "", new ArgumentsHandler(names, parts));
  }

  @Override
  public String toString() {
    return "Codec[" + NAME + ']';
  }
}
