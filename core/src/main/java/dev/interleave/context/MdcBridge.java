// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.slf4j.spi.MDCAdapter;

/**
 * Lets the fields of SLF4J's MDC follow the context. There are two ways.
 *
 * <p><b>An adapter that looks into the context</b>, for logging frameworks whose adapter can be
 * exchanged. With Logback:
 *
 * <pre>{@code
 * MDCAdapter adapter =
 *     MdcBridge.over(MDC.getMDCAdapter())
 *         .field("tenant", TENANT, Tenant::name)
 *         .field("request", REQUEST)
 *         .build();
 * ((LoggerContext) LoggerFactory.getILoggerFactory()).setMDCAdapter(adapter);
 * }</pre>
 *
 * <p>Switching the context then costs nothing beyond the switch, since nothing is written anywhere.
 * The fields are made into a map once for each context that logs, by the first event; each event
 * gets that very map, behind a view that copies if somebody writes to it. What was put into the MDC
 * by hand is in the other adapter, as before, and is merged in: only then is there a copy for each
 * event. Where both have a field, the context has its way. A function for a text that fails leaves
 * the name of what it has thrown in the field; it must not log itself.
 *
 * <p>Limits: {@code MDC.get}, {@code MDC.put} and the like go to the adapter that SLF4J has from
 * its provider, which cannot be exchanged from outside; with Logback they do not see the fields of
 * the context, only log events do.
 *
 * <p><b>A mirror</b>, for all other frameworks: {@link #field(String)}, given to {@link
 * ContextLocal.Builder#mirrored}. The field is put into the MDC when a context is entered in which
 * it differs, and what was there before is put back when that is left. That is three calls of the
 * MDC for each field that differs, and none if no such field does. {@code MDC.get} sees the fields.
 *
 * <p>A local that is secret is refused by both. Nothing may be {@code null}; all that comes out of
 * this is thread-safe.
 */
public final class MdcBridge {
  private MdcBridge() {}

  /** A mirror that shows a value as its {@code toString} in the MDC. */
  public static ContextMirror<Object> field(String key) {
    return field(key, String::valueOf);
  }

  /**
   * A mirror that shows a value in the MDC.
   *
   * @param key the name of the field
   * @param text the text for the value; null for no field
   */
  public static <T> ContextMirror<T> field(
      String key, Function<? super T, ? extends @Nullable String> text) {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(text, "text");
    return new MdcMirror<>(MDC::getMDCAdapter, key, text);
  }

  /**
   * Starts an adapter that looks into the context.
   *
   * @param other has the fields that are put into the MDC by hand
   */
  public static Builder over(MDCAdapter other) {
    return new Builder(other);
  }

  /**
   * The fields of an adapter to be built; not thread-safe. Every method but {@link #build} returns
   * this builder and checks nothing: that is done at once, by {@link #build}.
   */
  public static final class Builder {
    private final MDCAdapter other;
    private final List<LogField<?>> fields = new ArrayList<>();

    private Builder(MDCAdapter other) {
      this.other = other;
    }

    /** A field that shows a local's value as its {@code toString}. */
    public Builder field(String key, ContextLocal<?> local) {
      return field(key, local, String::valueOf);
    }

    /**
     * A field that shows a local's value.
     *
     * @param key the name of the field
     * @param text the text for the value; null for no field
     */
    public <T> Builder field(
        String key, ContextLocal<T> local, Function<? super T, ? extends @Nullable String> text) {
      fields.add(new LogField<>(key, local, text));
      return this;
    }

    /**
     * The adapter.
     *
     * @throws IllegalArgumentException if arguments are wrong; the message names all of them
     */
    public MDCAdapter build() {
      List<String> wrong = new ArrayList<>();
      if (other == null) {
        wrong.add("the other adapter is null");
      }
      Map<String, LogField<?>> byKey = new LinkedHashMap<>();
      for (LogField<?> field : fields) {
        if (field.key() == null || field.local() == null || field.text() == null) {
          wrong.add("null in " + field);
        } else if (field.local().isSecret()) {
          wrong.add(field.key() + " would show " + field.local().name() + ", which is secret");
        }
        if (field.key() != null && byKey.putIfAbsent(field.key(), field) != null) {
          wrong.add("more than one field " + field.key());
        }
      }
      if (!wrong.isEmpty()) {
        throw new IllegalArgumentException(String.join("; ", wrong));
      }
      return new ContextMdcAdapter(other, List.copyOf(fields));
    }
  }
}
