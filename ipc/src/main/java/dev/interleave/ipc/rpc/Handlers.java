// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedCollection;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;

/** Finds the handlers of one type and all within it; for one thread. */
final class Handlers {
  /** No program declares so many types in one; a generic record that grows at each turn does. */
  private static final int MAX_TYPES = 512;

  /** Each level takes some frames of the stack. */
  private static final int MAX_NESTING = 256;

  private final Access access;
  private final Shapes shapes;

  /** Those being made, too: that is how recursive types find themselves. */
  private final Map<Shape, Handler> handlers = new HashMap<>();

  private int nesting;

  Handlers(List<MethodHandles.Lookup> lookups, Shapes shapes) {
    access = new Access(lookups);
    this.shapes = shapes;
  }

  /** As {@link #of}; the message of a refusal begins with the type if it is about a part of it. */
  Handler root(Shape shape) {
    try {
      return of(shape);
    } catch (UnsupportedTypeException e) {
      throw e.isWithin() ? e.within(shape.toString()) : e;
    }
  }

  private Handler of(Shape shape) {
    Handler known = handlers.get(shape);
    if (known != null) {
      return known;
    }
    if (handlers.size() >= MAX_TYPES || nesting >= MAX_NESTING) {
      throw new UnsupportedTypeException(
          "there is no end of types in it; does it contain a larger type of itself?");
    }
    nesting++;
    try {
      return make(shape);
    } finally {
      nesting--;
    }
  }

  private Handler make(Shape shape) {
    Class<?> type = shape.raw();
    Handler scalar = Scalars.of(type);
    if (scalar != null) {
      return keep(shape, scalar);
    }
    if (type.isArray()) {
      return keep(
          shape,
          type.componentType().isPrimitive()
              ? PrimitiveArrays.of(type)
              : new ArrayHandler(type.componentType(), element(shape, 0, "[]")));
    }
    if (type == List.class || type == Collection.class || type == SequencedCollection.class) {
      return keep(shape, new ListHandler(type, element(shape, 0, "[]")));
    }
    if (type == Set.class || type == SequencedSet.class) {
      return keep(shape, new SetHandler(type == SequencedSet.class, key(shape, "[]")));
    }
    if (type == Map.class || type == SequencedMap.class) {
      return keep(
          shape,
          new MapHandler(
              type == SequencedMap.class, key(shape, "[].key"), element(shape, 1, "[].value")));
    }
    if (type == Optional.class) {
      return keep(shape, new OptionalHandler(element(shape, 0, "")));
    }
    if (type.isEnum()) {
      access.require(type);
      return keep(shape, new EnumHandler(type));
    }
    if (type.isRecord()) {
      return record(shape);
    }
    if (type.isInterface() && type.isSealed()) {
      return sealed(shape);
    }
    throw Refusal.of(type);
  }

  private Handler keep(Shape shape, Handler handler) {
    handlers.put(shape, handler);
    return handler;
  }

  private Handler element(Shape shape, int argument, String place) {
    return within(place, shape.arguments().get(argument));
  }

  private Handler key(Shape shape, String place) {
    if (shape.arguments().get(0).raw().isArray()) {
      throw new UnsupportedTypeException(
              "arrays are equal to themselves only, so none is found again in a set or map; use"
                  + " List")
          .within(place);
    }
    return element(shape, 0, place);
  }

  private Handler within(String place, Shape shape) {
    try {
      return of(shape);
    } catch (UnsupportedTypeException e) {
      throw e.within(place);
    }
  }

  private Handler record(Shape shape) {
    Class<?> type = shape.raw();
    RecordComponent[] components = type.getRecordComponents();
    String[] names = new String[components.length];
    MethodHandle[] getters = new MethodHandle[components.length];
    Class<?>[] types = new Class<?>[components.length];
    access.require(type);
    for (int i = 0; i < components.length; i++) {
      names[i] = components[i].getName();
      types[i] = components[i].getType();
      getters[i] = access.accessor(components[i].getAccessor());
    }
    Handler[] parts = new Handler[components.length];
    MethodHandle constructor = access.constructor(type, types);
    RecordHandler handler =
        new RecordHandler(type, shape.toString(), names, parts, getters, constructor);
    keep(shape, handler);
    Map<TypeVariable<?>, Shape> known = Shapes.parameters(shape);
    for (int i = 0; i < components.length; i++) {
      try {
        parts[i] = of(shapes.of(components[i].getGenericType(), known));
      } catch (UnsupportedTypeException e) {
        throw e.within('.' + names[i]);
      }
    }
    return handler;
  }

  private Handler sealed(Shape shape) {
    List<Handler> cases = new ArrayList<>();
    SealedHandler handler = new SealedHandler(shape.toString(), cases);
    keep(shape, handler);
    access.require(shape.raw());
    for (Shape leaf : leaves(shape)) {
      cases.add(within('(' + leaf.toString() + ')', leaf));
    }
    handler.complete();
    return handler;
  }

  /** In an order that does not depend on that of the {@code permits} clause. */
  private List<Shape> leaves(Shape sealed) {
    Set<Shape> leaves = new LinkedHashSet<>();
    collect(sealed, leaves);
    return leaves.stream()
        .sorted(Comparator.comparing(Shape::toString).thenComparing(leaf -> leaf.raw().getName()))
        .toList();
  }

  private void collect(Shape sealed, Set<Shape> leaves) {
    for (Class<?> permitted : sealed.raw().getPermittedSubclasses()) {
      Shape shape = shapes.permitted(permitted, sealed);
      if (shape == null) {
        continue;
      }
      if (permitted.isInterface() && permitted.isSealed()) {
        collect(shape, leaves);
      } else if (permitted.isRecord() || permitted.isEnum()) {
        leaves.add(shape);
      } else {
        throw new UnsupportedTypeException(
            permitted.getName()
                + (Modifier.isFinal(permitted.getModifiers()) ? " is a class" : " is open")
                + "; make it a record, an enum or a sealed interface of such");
      }
    }
  }
}
