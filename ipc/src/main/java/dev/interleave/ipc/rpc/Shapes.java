// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes {@link Shape}s of what reflection says. */
final class Shapes {
  /**
   * Deeper types are not written by hand, but by a type that contains ever larger ones of itself.
   */
  static final int MAX_NESTING = 64;

  /** The type alone, not within another one. */
  Shape of(Type type) {
    return of(type, Map.of());
  }

  /** The type within a declaration whose type parameters are known. */
  Shape of(Type type, Map<TypeVariable<?>, Shape> known) {
    return of(type, known, 0);
  }

  private Shape of(Type type, Map<TypeVariable<?>, Shape> known, int nesting) {
    if (nesting > MAX_NESTING) {
      throw new UnsupportedTypeException(
          "its type arguments are nested deeper than "
              + MAX_NESTING
              + " levels; make a record of it");
    }
    return switch (type) {
      case Class<?> c -> ofClass(c, known, nesting);
      case ParameterizedType p -> {
        List<Shape> arguments = new ArrayList<>();
        for (Type argument : p.getActualTypeArguments()) {
          arguments.add(of(argument, known, nesting + 1));
        }
        yield new Shape((Class<?>) p.getRawType(), List.copyOf(arguments));
      }
      case GenericArrayType a -> arrayOf(of(a.getGenericComponentType(), known, nesting + 1));
      case WildcardType w -> of(w.getUpperBounds()[0], known, nesting);
      case TypeVariable<?> v -> ofVariable(v, known);
      default -> throw new UnsupportedTypeException("unknown kind of type: " + type);
    };
  }

  private Shape ofClass(Class<?> type, Map<TypeVariable<?>, Shape> known, int nesting) {
    if (type.isArray()) {
      return arrayOf(of(type.componentType(), known, nesting + 1));
    }
    if (type.getTypeParameters().length > 0) {
      throw new UnsupportedTypeException(
          type.getName() + " without type arguments; say of what it is, as in List<String>");
    }
    return Shape.of(type);
  }

  private static Shape ofVariable(TypeVariable<?> variable, Map<TypeVariable<?>, Shape> known) {
    Shape shape = known.get(variable);
    if (shape != null) {
      return shape;
    }
    // Only a class: a bound that names the variable itself would have no end.
    if (variable.getBounds()[0] instanceof Class<?> bound
        && bound != Object.class
        && bound.getTypeParameters().length == 0) {
      return Shape.of(bound);
    }
    throw new UnsupportedTypeException(
        "the type variable "
            + variable
            + " of "
            + variable.getGenericDeclaration()
            + " stands for any type; declare the method with the type that is meant");
  }

  private static Shape arrayOf(Shape component) {
    return Shape.of(component.raw().arrayType(), component);
  }

  /** What the parameters of a class stand for in a type of it. */
  static Map<TypeVariable<?>, Shape> parameters(Shape shape) {
    Map<TypeVariable<?>, Shape> known = new HashMap<>();
    TypeVariable<?>[] variables = shape.raw().getTypeParameters();
    for (int i = 0; i < variables.length; i++) {
      known.put(variables[i], shape.arguments().get(i));
    }
    return known;
  }

  /**
   * The type that a permitted class has within a type of its sealed interface: {@code Ok<Order>}
   * within {@code Result<Order>}; or null if it cannot occur there, as {@code record Text()
   * implements Result<String>} within {@code Result<Order>}.
   */
  @Nullable Shape permitted(Class<?> type, Shape sealed) {
    TypeVariable<?>[] variables = type.getTypeParameters();
    Map<TypeVariable<?>, Shape> found = new HashMap<>();
    for (Type parent : type.getGenericInterfaces()) {
      if (parent instanceof ParameterizedType p && p.getRawType() == sealed.raw()) {
        Type[] arguments = p.getActualTypeArguments();
        for (int i = 0; i < arguments.length; i++) {
          if (!unify(arguments[i], sealed.arguments().get(i), found)) {
            return null;
          }
        }
      }
    }
    List<Shape> arguments = new ArrayList<>();
    for (TypeVariable<?> variable : variables) {
      Shape argument = found.get(variable);
      arguments.add(argument != null ? argument : ofVariable(variable, found));
    }
    return new Shape(type, List.copyOf(arguments));
  }

  private static boolean unify(Type declared, Shape actual, Map<TypeVariable<?>, Shape> found) {
    return switch (declared) {
      case TypeVariable<?> v -> {
        Shape before = found.putIfAbsent(v, actual);
        yield before == null || before.equals(actual);
      }
      case Class<?> c -> c == actual.raw();
      case ParameterizedType p -> {
        Type[] arguments = p.getActualTypeArguments();
        boolean same = p.getRawType() == actual.raw();
        for (int i = 0; same && i < arguments.length; i++) {
          same = unify(arguments[i], actual.arguments().get(i), found);
        }
        yield same;
      }
      case GenericArrayType a ->
          actual.raw().isArray()
              && unify(a.getGenericComponentType(), actual.arguments().get(0), found);
      case WildcardType w -> unify(w.getUpperBounds()[0], actual, found);
      default -> false;
    };
  }
}
