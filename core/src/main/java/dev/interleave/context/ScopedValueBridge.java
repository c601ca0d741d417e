// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Takes what {@code java.lang.ScopedValue}s are bound to into a context, and binds them to what is
 * in a context: for code that reads scoped values on one side of an executor, and for code that
 * binds them on the other. JDK 25 and later; on earlier ones {@link #isSupported()} is false and
 * {@link Builder#build()} says so.
 *
 * <pre>{@code
 * static final ScopedValue<Tenant> BOUND = ScopedValue.newInstance();  // of a library
 * static final ContextLocal<Tenant> TENANT = ContextLocal.named("tenant");
 * static final ScopedValueBridge BRIDGE =
 *     ScopedValueBridge.builder().pair(TENANT, BOUND).build();
 *
 * Context context = BRIDGE.capture(Context.current());      // TENANT is what BOUND is bound to
 * executor.execute(BRIDGE.wrap(context, () -> handle()));   // both are there
 * }</pre>
 *
 * <p>A scoped value can only be bound for the time of a call, and not be unbound within it. So
 * there is no mirror for one: it is bound by {@link #run} and {@link #call} of the bridge, and not
 * by those of the context. And a scoped value that is bound where a context without its local is to
 * run would go on to show what does not belong to that context; that is refused.
 *
 * <p>Scoped values are declared as {@code Object}, since this class is the same for all JDKs. It is
 * for the caller to pair those of the same type; else whoever reads one gets a {@code
 * ClassCastException}.
 *
 * <p>Thread-safe, immutable. Nothing may be {@code null}, values and results excepted where it says
 * so.
 *
 * @implNote A class of the same name for JDK 25, in a multi-release jar, has the calls. Where the
 *     classes do not come from that jar, or it was built with an earlier JDK, there is no support.
 */
// Lambdas that fit several shapes need a type, as with Context.
@SuppressWarnings("overloads")
public final class ScopedValueBridge {
  private final List<ContextLocal<?>> locals;
  private final List<Object> scopedValues;

  private ScopedValueBridge(Map<Object, ContextLocal<?>> pairs) {
    locals = List.copyOf(pairs.values());
    scopedValues = List.copyOf(pairs.keySet());
  }

  /** Whether there are scoped values, and this can use them. */
  public static boolean isSupported() {
    return ScopedValues.areSupported();
  }

  /** Starts a bridge. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * A context like this one in which the locals have what their scoped values are bound to, on this
   * thread. Where one is not bound its local stays as it is; where it is bound to null the local is
   * not set.
   */
  public Context capture(Context into) {
    Context context = Objects.requireNonNull(into, "into");
    for (int i = 0; i < locals.size(); i++) {
      if (ScopedValues.isBound(scopedValues.get(i))) {
        context = put(context, locals.get(i), ScopedValues.get(scopedValues.get(i)));
      }
    }
    return context;
  }

  @SuppressWarnings("unchecked") // as the caller has promised
  private static <T> Context put(Context into, ContextLocal<T> local, @Nullable Object value) {
    return value == null ? into.without(local) : into.with(local, (T) value);
  }

  /**
   * Runs something in a context, with the scoped values bound to what their locals have there.
   *
   * @throws IllegalStateException if a local is not set in the context, and its scoped value is
   *     bound on this thread; the message names all of them, and the task was not run. A default
   *     does not count
   */
  public void run(Context context, Runnable task) {
    Objects.requireNonNull(task, "task");
    ScopedValues.run(bindings(context), () -> context.run(task));
  }

  /**
   * Calls something in a context, with the scoped values bound to what their locals have there.
   *
   * @return what it returns
   * @throws IllegalStateException as {@link #run}
   * @throws Exception what it throws
   */
  public <T extends @Nullable Object> T call(Context context, Callable<T> task) throws Exception {
    Objects.requireNonNull(task, "task");
    return ScopedValues.call(bindings(context), () -> context.call(task));
  }

  /** Scoped values and what to bind them to, in turn. */
  private List<Object> bindings(Context context) {
    Objects.requireNonNull(context, "context");
    List<Object> bindings = new ArrayList<>();
    List<String> strangers = new ArrayList<>();
    for (int i = 0; i < locals.size(); i++) {
      Object value = locals.get(i).find(context);
      Object scopedValue = scopedValues.get(i);
      if (value != null) {
        bindings.add(scopedValue);
        bindings.add(value);
      } else if (ScopedValues.isBound(scopedValue)) {
        strangers.add(locals.get(i).name());
      }
    }
    if (!strangers.isEmpty()) {
      throw new IllegalStateException(
          "scoped values are bound here, and cannot be unbound, whose locals are not set in "
              + context
              + ": "
              + String.join(", ", strangers));
    }
    return bindings;
  }

  /**
   * The task, to be run by {@link #run} on any thread, any number of times, in what a task gets of
   * the context ({@link Context#handedOff()}).
   */
  public Runnable wrap(Context context, Runnable task) {
    Context forTask = context.handedOff();
    Objects.requireNonNull(task, "task");
    return () -> run(forTask, task);
  }

  /** The task, to be called by {@link #call}, as the other one. */
  public <T extends @Nullable Object> Callable<T> wrap(Context context, Callable<T> task) {
    Context forTask = context.handedOff();
    Objects.requireNonNull(task, "task");
    return () -> call(forTask, task);
  }

  /** The names of the locals, in order. */
  @Override
  public String toString() {
    return "ScopedValueBridge" + locals.stream().map(ContextLocal::name).toList();
  }

  /**
   * The pairs of a bridge to be built; not thread-safe. {@link #pair} checks nothing: that is done
   * at once, by {@link #build}.
   */
  public static final class Builder {
    private final List<@Nullable ContextLocal<?>> locals = new ArrayList<>();
    private final List<@Nullable Object> scopedValues = new ArrayList<>();

    private Builder() {}

    /**
     * A local and a scoped value that stand for the same.
     *
     * @param scopedValue a {@code java.lang.ScopedValue} of the type of the local
     */
    public Builder pair(ContextLocal<?> local, Object scopedValue) {
      locals.add(local);
      scopedValues.add(scopedValue);
      return this;
    }

    /**
     * The bridge.
     *
     * @throws UnsupportedOperationException if there are no scoped values in this JDK, or the
     *     classes here are not those for it; see {@link ScopedValueBridge#isSupported()}
     * @throws IllegalArgumentException if arguments are wrong; the message names all of them
     */
    public ScopedValueBridge build() {
      List<String> wrong = new ArrayList<>();
      Map<Object, ContextLocal<?>> pairs = new LinkedHashMap<>();
      if (!isSupported()) {
        var unused = ScopedValues.isOne(null); // says why
      }
      for (int i = 0; i < locals.size(); i++) {
        ContextLocal<?> local = locals.get(i);
        Object scopedValue = scopedValues.get(i);
        if (local == null) {
          wrong.add("the local of pair " + i + " is null");
        } else if (scopedValue == null || !ScopedValues.isOne(scopedValue)) {
          wrong.add("no scoped value for " + local.name() + ": " + scopedValue);
        } else if (pairs.containsValue(local)) {
          wrong.add(local.name() + " is in more than one pair");
        } else if (pairs.putIfAbsent(scopedValue, local) != null) {
          wrong.add("the scoped value of " + local.name() + " is in more than one pair");
        }
      }
      if (locals.isEmpty()) {
        wrong.add("no pairs");
      }
      if (!wrong.isEmpty()) {
        throw new IllegalArgumentException(String.join("; ", wrong));
      }
      return new ScopedValueBridge(pairs);
    }
  }
}
