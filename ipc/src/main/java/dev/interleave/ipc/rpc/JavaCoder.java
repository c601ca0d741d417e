// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputFilter;
import java.io.ObjectInputFilter.Status;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** Four bytes with the length of a stream with one object, and the stream. */
final class JavaCoder<T> implements Coder<T> {
  private final Type type;
  private final String name;
  private final Class<?> raw;
  private final @Nullable ClassLoader loader;
  private final ObjectInputFilter filter;

  JavaCoder(Type type, Class<?> raw, @Nullable ClassLoader loader, ObjectInputFilter filter) {
    this.type = type;
    name = type instanceof Class<?> c ? c.getSimpleName() : type.getTypeName();
    this.raw = raw;
    this.loader = loader;
    this.filter = filter;
  }

  @Override
  public Type type() {
    return type;
  }

  @Override
  public String schema() {
    return "";
  }

  @Override
  public int fingerprint() {
    return 0;
  }

  @Override
  public void encode(@Nullable T value, Encoder out) {
    Framed.write(out, name, () -> write(value, out));
  }

  private void write(@Nullable T value, Encoder out) {
    if (value != null && !raw.isInstance(value)) {
      throw CodecException.notA(name, value);
    }
    try (ObjectOutputStream stream = new ObjectOutputStream(out.asOutputStream())) {
      stream.writeObject(value);
    } catch (CodecException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw CodecException.failed(e);
    } catch (StackOverflowError e) {
      // Nothing of ours is left half done: the stream and what it wrote are thrown away.
      throw new CodecException("nested too deeply for Java serialization", e);
    }
  }

  @Override
  public @Nullable T decode(Decoder in) {
    return Framed.<@Nullable T>read(in, name, this::read);
  }

  @SuppressWarnings("unchecked") // as far as can be: its raw type is checked
  private @Nullable T read(Decoder bytes) {
    Object value;
    try (ObjectInputStream stream = new Stream(bytes.asInputStream(), loader)) {
      stream.setObjectInputFilter(bounded(bytes.remaining()));
      value = stream.readObject();
    } catch (IOException | ClassNotFoundException | RuntimeException | LinkageError e) {
      throw CodecException.failed(e);
    } catch (StackOverflowError e) { // a key that contains itself has no hash code
      throw new CodecException("nested too deeply for Java serialization", e);
    }
    bytes.requireEnd();
    if (value != null && !raw.isInstance(value)) {
      throw CodecException.notA(name, value);
    }
    return (T) value;
  }

  /** What takes more memory than there are bytes is not asked about. */
  private ObjectInputFilter bounded(int length) {
    return info ->
        info.depth() > Codec.MAX_DEPTH || info.arrayLength() > length
            ? Status.REJECTED
            : filter.checkInput(info);
  }

  @Override
  public String toString() {
    return "Coder[Java serialization of " + type.getTypeName() + ']';
  }

  /** Finds classes where the declared type is, and not where this library happens to be. */
  private static final class Stream extends ObjectInputStream {
    private final @Nullable ClassLoader loader;

    Stream(InputStream in, @Nullable ClassLoader loader) throws IOException {
      super(in);
      this.loader = loader;
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass description)
        throws IOException, ClassNotFoundException {
      if (loader == null) {
        return super.resolveClass(description);
      }
      try {
        return Class.forName(description.getName(), false, loader);
      } catch (ClassNotFoundException e) {
        return super.resolveClass(description); // knows primitive types
      }
    }
  }
}
