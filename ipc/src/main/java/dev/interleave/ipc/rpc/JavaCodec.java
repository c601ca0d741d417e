// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.io.ObjectInputFilter;
import java.io.Serializable;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@link Codec#javaSerialization}. */
final class JavaCodec implements Codec {
  private static final String NAME = "java/1";

  private final ObjectInputFilter filter;

  /** For strings and primitives, which need neither classes nor a filter. */
  private final Codec scalars = Codec.compact();

  JavaCodec(ObjectInputFilter allowList) {
    Objects.requireNonNull(allowList, "allowList");
    filter = ObjectInputFilter.rejectUndecidedClass(allowList);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Coder<?> coder(Type type) {
    if (type instanceof Class<?> c && isSimple(c)) {
      return scalars.coder(type);
    }
    Class<?> raw = raw(type);
    require(raw);
    return new JavaCoder<>(type, raw, loader(type), filter);
  }

  /** Primitives, boxes, strings and void. */
  private static boolean isSimple(Class<?> type) {
    return Scalars.of(type) != null && type.getPackageName().equals("java.lang");
  }

  private static Class<?> raw(Type type) {
    return switch (type) {
      case Class<?> c -> c;
      case ParameterizedType p -> (Class<?>) p.getRawType();
      case GenericArrayType a -> raw(a.getGenericComponentType()).arrayType();
      default ->
          throw new UnsupportedTypeException(
              type.getTypeName() + " stands for any type; declare the type that is meant");
    };
  }

  /** What is neither final nor an array may have a subclass that is serializable, and allowed. */
  private void require(Class<?> raw) {
    boolean exact = raw.isArray() || Modifier.isFinal(raw.getModifiers()) || raw.isEnum();
    if (exact && !Serializable.class.isAssignableFrom(raw)) {
      throw new UnsupportedTypeException(
          raw.getName() + " is not serializable; let it implement java.io.Serializable");
    }
    if (exact
        && !raw.isArray()
        && filter.checkInput(new Query(raw)) == ObjectInputFilter.Status.REJECTED) {
      throw new UnsupportedTypeException(
          raw.getName() + " is not allowed by the filter; add it to the allow-list");
    }
  }

  /** Sees the classes of the type, or null if any loader does. */
  private static @Nullable ClassLoader loader(Type type) {
    return switch (type) {
      case Class<?> c -> c.getClassLoader();
      case ParameterizedType p -> {
        ClassLoader found = loader(p.getRawType());
        for (Type argument : p.getActualTypeArguments()) {
          found = found == null ? loader(argument) : found;
        }
        yield found;
      }
      case GenericArrayType a -> loader(a.getGenericComponentType());
      default -> null;
    };
  }

  @Override
  public String toString() {
    return "Codec[" + NAME + ']';
  }

  /** Whether a class would be allowed, asked before there is a stream. */
  private record Query(Class<?> serialClass) implements ObjectInputFilter.FilterInfo {
    @Override
    public long arrayLength() {
      return -1;
    }

    @Override
    public long depth() {
      return 1;
    }

    @Override
    public long references() {
      return 1;
    }

    @Override
    public long streamBytes() {
      return 0;
    }
  }
}
