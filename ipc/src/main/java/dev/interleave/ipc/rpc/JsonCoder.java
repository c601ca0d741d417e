// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.IOException;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** Four bytes with the length of the JSON, and the JSON. */
final class JsonCoder<T> implements Coder<T> {
  private final Type type;
  private final String name;
  private final ObjectWriter writer;
  private final ObjectReader reader;

  JsonCoder(Type type, ObjectWriter writer, ObjectReader reader) {
    this.type = type;
    name = type instanceof Class<?> c ? c.getSimpleName() : type.getTypeName();
    this.writer = writer;
    this.reader = reader;
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
    Framed.write(
        out,
        name,
        () -> {
          try {
            writer.writeValue(out.asOutputStream(), value);
          } catch (IOException e) {
            throw explained(e);
          } catch (CodecException e) {
            throw e;
          } catch (RuntimeException e) {
            throw CodecException.failed(e);
          }
        });
  }

  @Override
  public @Nullable T decode(Decoder in) {
    return Framed.<@Nullable T>read(
        in,
        name,
        json -> {
          try {
            return reader.readValue(json.array(), json.position(), json.remaining());
          } catch (IOException e) {
            throw explained(e);
          } catch (CodecException e) {
            throw e;
          } catch (RuntimeException e) {
            throw CodecException.failed(e);
          }
        });
  }

  private static CodecException explained(IOException e) {
    StringBuilder path = new StringBuilder();
    if (e instanceof JsonMappingException mapping) {
      for (JsonMappingException.Reference reference : mapping.getPath()) {
        if (reference.getFieldName() == null) {
          path.append('[').append(reference.getIndex()).append(']');
        } else {
          path.append('.').append(CodecException.quote(reference.getFieldName()));
        }
      }
    }
    // Jackson wraps what our stream throws, such as that the limit is reached.
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof CodecException ours) {
        return ours.within(path.toString());
      }
    }
    String reason = e instanceof JsonProcessingException j ? j.getOriginalMessage() : e.toString();
    return new CodecException(reason == null ? e.toString() : reason, e).within(path.toString());
  }

  @Override
  public String toString() {
    return "Coder[json of " + type.getTypeName() + ']';
  }
}
