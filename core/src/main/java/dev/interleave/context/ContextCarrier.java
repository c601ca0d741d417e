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

/**
 * Takes the values of certain {@link ContextLocal}s to another process, as text, and back into a
 * context there: the headers of a call.
 *
 * <pre>{@code
 * static final ContextLocal<String> TENANT =
 *     ContextLocal.<String>builder("tenant").carried(ContextCodec.text()).build();
 * static final ContextCarrier HEADERS = ContextCarrier.of(TENANT, TRACE);
 *
 * HEADERS.inject(Context.current(), request::addHeader);                  // there
 * HEADERS.extract(Context.empty(), request::header).run(() -> serve(request)); // here
 * }</pre>
 *
 * <p>What travels is what both sides have listed, under the names of the locals. What a peer sends
 * besides is not looked at, so it cannot set what it should not; a local that is not there stays as
 * it is in the context that is extracted into. Text that the codec refuses is an error, not a
 * missing value.
 *
 * <p>Thread-safe, immutable. Nothing may be {@code null}, unless it says so.
 */
public final class ContextCarrier {
  private final List<ContextLocal<?>> locals;

  private ContextCarrier(List<ContextLocal<?>> locals) {
    this.locals = locals;
  }

  /**
   * A carrier for these locals.
   *
   * @throws IllegalArgumentException if one of them is not carried, or two have the same name; the
   *     message names all of them
   */
  public static ContextCarrier of(ContextLocal<?>... locals) {
    Map<String, ContextLocal<?>> byName = new LinkedHashMap<>();
    List<String> wrong = new ArrayList<>();
    for (ContextLocal<?> local : locals) {
      if (local.codec() == null) {
        wrong.add(local.name() + " has no codec");
      }
      if (byName.putIfAbsent(local.name(), local) != null) {
        wrong.add("more than one is named " + local.name());
      }
    }
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", wrong));
    }
    return new ContextCarrier(List.copyOf(byName.values()));
  }

  /** Where a value is written to. */
  @FunctionalInterface
  public interface Headers {
    /** Takes the name of a local and the text of its value. */
    void add(String name, String text);
  }

  /**
   * Writes the values that are set in what a task would get of this context ({@link
   * Context#handedOff()}), in the order in which the locals were listed.
   *
   * @throws IllegalArgumentException if a codec fails; the message names the local
   */
  public void inject(Context from, Headers into) {
    Objects.requireNonNull(into, "into");
    Context sent = from.handedOff();
    locals.forEach(local -> inject(local, sent, into));
  }

  /** The values as {@link #inject(Context, Headers)} writes them. */
  public Map<String, String> inject(Context from) {
    Map<String, String> headers = new LinkedHashMap<>();
    inject(from, headers::put);
    return headers;
  }

  private static <T> void inject(ContextLocal<T> local, Context from, Headers into) {
    T value = local.find(from);
    ContextCodec<T> codec = local.codec();
    if (value != null && codec != null) {
      into.add(local.name(), coded(local, "encoded", () -> codec.encode(value)));
    }
  }

  /**
   * A context with the values that were sent.
   *
   * @param into what the others are put into
   * @param from finds the text by the name of the local; null if there is none
   * @throws IllegalArgumentException if a codec refuses a text; the message names the local, and
   *     the cause is what the codec threw, unless the local is secret
   */
  public Context extract(Context into, Function<? super String, ? extends @Nullable String> from) {
    Objects.requireNonNull(from, "from");
    Context context = Objects.requireNonNull(into, "into");
    for (ContextLocal<?> local : locals) {
      context = extract(local, context, from.apply(local.name()));
    }
    return context;
  }

  /** A context with the values that were sent, out of a map. */
  public Context extract(Context into, Map<String, String> from) {
    return extract(into, from::get);
  }

  private static <T> Context extract(ContextLocal<T> local, Context into, @Nullable String text) {
    ContextCodec<T> codec = local.codec();
    if (text == null || codec == null) {
      return into;
    }
    return into.with(local, coded(local, "decoded", () -> codec.decode(text)));
  }

  private interface Coding<R> {
    R run();
  }

  private static <R> R coded(ContextLocal<?> local, String what, Coding<R> coding) {
    R result;
    try {
      result = coding.run();
    } catch (RuntimeException e) {
      // What a codec says of a text tends to quote it.
      throw new IllegalArgumentException(
          local.name() + " cannot be " + what, local.isSecret() ? null : e);
    }
    if (result == null) {
      throw new IllegalArgumentException(local.name() + " cannot be " + what + ": got null");
    }
    return result;
  }

  /** The names, in order. */
  @Override
  public String toString() {
    return "ContextCarrier" + locals.stream().map(ContextLocal::name).toList();
  }
}
