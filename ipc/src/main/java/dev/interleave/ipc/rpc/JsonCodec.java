// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.AbstractDeserializer;
import com.fasterxml.jackson.databind.deser.DefaultDeserializationContext;
import com.fasterxml.jackson.databind.deser.impl.UnsupportedTypeDeserializer;
import java.lang.reflect.Type;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@link Codec#json}. */
final class JsonCodec implements Codec {
  private static final String NAME = "json/1";

  private final ObjectMapper mapper;

  JsonCodec(ObjectMapper mapper) {
    this.mapper = Objects.requireNonNull(mapper, "mapper");
    String refusal = refusal();
    if (refusal != null) {
      throw new IllegalArgumentException(refusal);
    }
  }

  /** Asked again for each coder, since a mapper can be changed. */
  private @Nullable String refusal() {
    JavaType any = mapper.constructType(Object.class);
    return mapper.getDeserializationConfig().getDefaultTyper(any) == null
            && mapper.getSerializationConfig().getDefaultTyper(any) == null
        ? null
        : "default typing is active in the mapper, so that a peer could name the classes to be"
            + " made; deactivate it, and declare sealed types with @JsonTypeInfo(use = Id.NAME)";
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Coder<?> coder(Type type) {
    String refusal = refusal();
    if (refusal != null) {
      throw new UnsupportedTypeException(refusal);
    }
    JavaType javaType = mapper.constructType(type);
    requireKnown(type, javaType);
    return new JsonCoder<>(
        type,
        mapper.writerFor(javaType),
        mapper
            .readerFor(javaType)
            .with(
                DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
                DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .with(JsonParser.Feature.STRICT_DUPLICATE_DETECTION));
  }

  private void requireKnown(Type type, JavaType javaType) {
    DeserializationContext context =
        ((DefaultDeserializationContext) mapper.getDeserializationContext())
            .createDummyInstance(mapper.getDeserializationConfig());
    JsonDeserializer<?> deserializer;
    try {
      deserializer = context.findRootValueDeserializer(javaType);
    } catch (JsonMappingException e) {
      throw new UnsupportedTypeException(
          type.getTypeName() + " is not supported by the mapper: " + e.getOriginalMessage(), e);
    }
    if (deserializer instanceof UnsupportedTypeDeserializer) {
      throw new UnsupportedTypeException(
          type.getTypeName()
              + " is not supported by the mapper; register the Jackson module for it");
    }
    if (deserializer instanceof AbstractDeserializer) {
      throw new UnsupportedTypeException(
          type.getTypeName()
              + " is abstract; say by @JsonTypeInfo(use = Id.NAME) and @JsonSubTypes what it may"
              + " be");
    }
  }

  @Override
  public String toString() {
    return "Codec[" + NAME + ']';
  }
}
