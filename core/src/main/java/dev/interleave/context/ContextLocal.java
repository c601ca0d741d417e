// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The name of a value that belongs to what is being done, not to the thread that does it: the
 * tenant, the user, the trace. Usually a constant:
 *
 * <pre>{@code
 * static final ContextLocal<Tenant> TENANT = ContextLocal.named("tenant");
 * static final ContextLocal<Duration> TIMEOUT =
 *     ContextLocal.<Duration>named("timeout").withDefault(Duration.ofSeconds(30));
 *
 * Context.current().with(TENANT, tenant).run(() -> handle(request)); // TENANT.get() == tenant
 * }</pre>
 *
 * <p><b>Unset is loud.</b> {@link #get()} outside of any context that has a value throws {@link
 * ContextUnsetException} with the name of the local, unless a default was declared. There is no
 * setter: a value is set by making a {@link Context} that has it current for the time of a call, so
 * it can neither outlive the call nor be overwritten for those who called.
 *
 * <p><b>Policies</b>, per local, given to the {@link #builder}:
 *
 * <ul>
 *   <li>What a task gets that is handed to another thread: the same value (<i>shared</i>, unless
 *       something else is said), one {@linkplain Builder#copied copied} or {@linkplain
 *       Builder#derived derived} from it, what a thread-local {@linkplain Builder#follows holds by
 *       now}, or {@linkplain Builder#notPropagated none}. See {@link Context#handedOff()} for when
 *       that happens.
 *   <li>Whether it goes to other processes, and how: {@link Builder#carried}, with {@link
 *       ContextCarrier}.
 *   <li>Whether dumps show the value: {@link Builder#secret}.
 *   <li>Where older code finds it: {@link Builder#mirrored}, with {@link ContextMirror} and {@link
 *       MdcBridge}.
 * </ul>
 *
 * <p>Locals are told apart by identity; names are for people and need not be unique. A local costs
 * nothing where it is not set, and any number of them may be made: contexts refer to the locals
 * that are set in them, and nothing else does. The first sixteen that a program makes are read a
 * bit faster than others.
 *
 * <p>Thread-safe, immutable. Nothing may be {@code null}, no value either. {@code get} is
 * wait-free: a {@code ThreadLocal.get()} and a look into the context whose cost does not depend on
 * how many locals there are. A value is as safe to share as its type: a context that crosses
 * threads does so by way of something with a happens-before edge, such as an executor; the context
 * itself may be handed over even by a data race.
 *
 * <p>The idea is that of {@code ScopedValue} and of OpenTelemetry's {@code ContextKey}.
 *
 * @param <T> the value; immutable or thread-safe, unless it is copied or not propagated
 */
public abstract class ContextLocal<T> {
  private static final AtomicInteger COUNT = new AtomicInteger();

  /**
   * Where a table has it unless something else is there already: an even number, to be cut to the
   * length of the table. Consecutive, so that locals made one after another never collide.
   */
  final int home = COUNT.getAndAdd(2);

  /** Which of the {@link Slots} has it; {@link Slots#COUNT} for none. */
  final int slot;

  private final String name;
  private final @Nullable T defaultValue;
  private final boolean secret;
  private final HandOff handOff;
  private final UnaryOperator<T> forChild;
  private final Supplier<? extends @Nullable T> source;
  private final @Nullable ContextCodec<T> codec;
  private final List<ContextMirror<? super T>> mirrors;

  /** What becomes of a value when a task is handed to another thread. */
  enum HandOff {
    SHARED,
    COPIED,
    DERIVED,
    FOLLOWED,
    NOT_PROPAGATED
  }

  ContextLocal(Builder<T> from, int slot) {
    this.slot = slot;
    name = from.name;
    defaultValue = from.defaultValue;
    secret = from.secret;
    handOff = from.handOff();
    forChild = from.forChild;
    source = from.source;
    codec = from.codec;
    mirrors = List.copyOf(from.mirrors);
  }

  /**
   * A local without a default, shared with tasks, not carried to other processes, no secret.
   *
   * @param name its name in messages and dumps, not blank
   */
  public static <T> ContextLocal<T> named(String name) {
    return ContextLocal.<T>builder(name).build();
  }

  /**
   * Starts a local with other policies than the usual ones.
   *
   * @param name its name in messages and dumps, not blank
   */
  public static <T> Builder<T> builder(String name) {
    return new Builder<>(name);
  }

  /**
   * Another local, of the same name and policies, that has this value where it is not set.
   *
   * @param value the default
   */
  public final ContextLocal<T> withDefault(T value) {
    return new Builder<>(this).withDefault(value).build();
  }

  /** The name. */
  public final String name() {
    return name;
  }

  /** Whether dumps hide the value. */
  public final boolean isSecret() {
    return secret;
  }

  /**
   * The value in the current context, or the default.
   *
   * @throws ContextUnsetException if it is not set, and has no default
   */
  public final T get() {
    Context current = Context.CURRENT.get();
    if (current != null) {
      T value = find(current);
      if (value != null) {
        return value;
      }
    }
    return orDefault(current);
  }

  /**
   * The value in the current context; if there is none, the other one. The default does not count.
   *
   * @param other what to return if the local is not set
   */
  public final T orElse(T other) {
    Objects.requireNonNull(other, "other");
    T value = find(Context.CURRENT.get());
    return value == null ? other : value;
  }

  /** Whether the current context has a value. The default does not count. */
  public final boolean isSet() {
    return find(Context.CURRENT.get()) != null;
  }

  /** The value in a context, of whatever type it may be; null if there is none. */
  abstract @Nullable Object in(Context context);

  /** The value in a context; null if there is none. */
  @SuppressWarnings("unchecked") // what is in a context was put there by with(local, value)
  final @Nullable T find(@Nullable Context context) {
    return context == null ? null : (T) in(context);
  }

  /** The value in a context, or the default. */
  final T getFrom(Context context) {
    T value = find(context);
    return value == null ? orDefault(context) : value;
  }

  private T orDefault(@Nullable Context context) {
    if (defaultValue == null) {
      throw new ContextUnsetException(name, unset(context == null ? Context.empty() : context));
    }
    return defaultValue;
  }

  private String unset(Context context) {
    return name
        + " is not set, and has no default, in "
        + context
        + " of thread \""
        + Thread.currentThread().getName()
        + "\" (id "
        + Thread.currentThread().threadId()
        + ")";
  }

  // ------------------------------------------------------------------ policies

  final HandOff handOff() {
    return handOff;
  }

  /** What a task gets instead of this value; null for nothing. */
  @SuppressWarnings("ReferenceEquality") // as in Context.with
  final @Nullable Object handedOff(Object value) {
    if (handOff == HandOff.SHARED) {
      return value;
    }
    if (handOff == HandOff.NOT_PROPAGATED) {
      return null;
    }
    if (handOff == HandOff.FOLLOWED) {
      // Only in the context that shows it is the place ours; elsewhere it is that of another one.
      return find(Context.CURRENT.get()) == value ? source.get() : value;
    }
    Object child = derive(value);
    return Objects.requireNonNull(child, () -> "what " + name + " is for a task");
  }

  @SuppressWarnings("unchecked") // it is a value of this local
  private Object derive(Object value) {
    return forChild.apply((T) value);
  }

  final @Nullable ContextCodec<T> codec() {
    return codec;
  }

  @SuppressWarnings("unchecked") // a mirror is only shown values of its local
  final List<ContextMirror<Object>> mirrors() {
    return (List<ContextMirror<Object>>) (List<?>) mirrors;
  }

  /** The value as dumps show it. */
  final String show(Object value) {
    return secret ? "***" : Shown.of(value);
  }

  /** The name, and the policies that are not the usual ones. */
  @Override
  public final String toString() {
    StringBuilder text = new StringBuilder("ContextLocal[").append(name);
    if (defaultValue != null) {
      text.append(", default ").append(show(defaultValue));
    }
    return text.append(policies()).append(']').toString();
  }

  /** The policies that are not the usual ones, each after a comma. */
  final String policies() {
    StringBuilder text = new StringBuilder();
    switch (handOff) {
      case SHARED -> {}
      case COPIED -> text.append(", copied for tasks");
      case DERIVED -> text.append(", derived for tasks");
      case FOLLOWED -> text.append(", follows older code");
      case NOT_PROPAGATED -> text.append(", not propagated");
    }
    if (codec != null) {
      text.append(", carried");
    }
    if (secret) {
      text.append(", secret");
    }
    if (!mirrors.isEmpty()) {
      text.append(", mirrored");
    }
    return text.toString();
  }

  /**
   * Properties of a local to be built; not thread-safe. Every method but {@link #build} returns
   * this builder and checks nothing: that is done at once, by {@link #build}.
   *
   * @param <T> the value
   */
  public static final class Builder<T> {
    private final String name;
    private final List<HandOff> handOffs = new ArrayList<>();
    private final List<ContextMirror<? super T>> mirrors = new ArrayList<>();
    private final List<String> nulls = new ArrayList<>();
    private @Nullable T defaultValue;
    private boolean secret;
    private UnaryOperator<T> forChild = UnaryOperator.identity();
    private Supplier<? extends @Nullable T> source = () -> null;
    private @Nullable ContextCodec<T> codec;

    private Builder(String name) {
      this.name = name;
    }

    private Builder(ContextLocal<T> like) {
      name = like.name;
      secret = like.secret;
      handOffs.add(like.handOff);
      forChild = like.forChild;
      source = like.source;
      codec = like.codec;
      mirrors.addAll(like.mirrors);
    }

    private HandOff handOff() {
      return handOffs.isEmpty() ? HandOff.SHARED : handOffs.get(0);
    }

    /** What {@link ContextLocal#get()} returns where nothing is set; by default it throws. */
    public Builder<T> withDefault(T value) {
      refuseNull(value, "withDefault");
      defaultValue = value;
      return this;
    }

    /** Dumps and messages show {@code ***} for the value. */
    public Builder<T> secret() {
      secret = true;
      return this;
    }

    /**
     * A task that is handed to another thread gets a copy, so that the two do not share what can be
     * changed. The function is called by the thread that hands over.
     */
    public Builder<T> copied(UnaryOperator<T> copy) {
      return forTasks(HandOff.COPIED, copy, "copied");
    }

    /**
     * A task that is handed to another thread gets something made from the value: a child of a
     * span, less of a budget. The function is called by the thread that hands over.
     */
    public Builder<T> derived(UnaryOperator<T> derive) {
      return forTasks(HandOff.DERIVED, derive, "derived");
    }

    /**
     * A task that is handed to another thread finds nothing set: for what is bound to its thread,
     * such as a transaction.
     */
    public Builder<T> notPropagated() {
      handOffs.add(HandOff.NOT_PROPAGATED);
      return this;
    }

    /**
     * For a value that older code also changes, in a thread-local of its own. The place shows the
     * value, as a {@linkplain ContextMirror#of mirror} does; and a task that is handed to another
     * thread, by a thread on which the value is current, gets what the place then holds, or finds
     * nothing set if that is null. Where the context that is wrapped is not the current one, the
     * place belongs to another one and the task gets the value as it is.
     *
     * <p>The value that {@link ContextLocal#get()} returns is the one that was set. What older code
     * puts into the place ends with the call, as what was there before it is put back.
     */
    public Builder<T> follows(ThreadLocal<T> place) {
      refuseNull(place, "follows");
      return place == null ? this : mirrored(ContextMirror.of(place)).followed(place::get);
    }

    /** A task gets what this returns, null for nothing; asked only where the value is current. */
    Builder<T> followed(Supplier<? extends @Nullable T> from) {
      handOffs.add(HandOff.FOLLOWED);
      source = from;
      return this;
    }

    private Builder<T> forTasks(HandOff how, UnaryOperator<T> function, String what) {
      refuseNull(function, what);
      handOffs.add(how);
      forChild = function;
      return this;
    }

    /** A {@link ContextCarrier} takes the value to other processes, as this codec writes it. */
    public Builder<T> carried(ContextCodec<T> how) {
      refuseNull(how, "carried");
      codec = how;
      return this;
    }

    /** Shows the value in a place outside of the context, too. May be called more than once. */
    public Builder<T> mirrored(ContextMirror<? super T> mirror) {
      refuseNull(mirror, "mirrored");
      mirrors.add(mirror);
      return this;
    }

    private void refuseNull(@Nullable Object value, String what) {
      if (value == null) {
        nulls.add(what + " is null");
      }
    }

    /**
     * The local. A builder may build several.
     *
     * @throws IllegalArgumentException if arguments are wrong; the message names all of them
     */
    public ContextLocal<T> build() {
      List<String> wrong = new ArrayList<>(nulls);
      if (name == null || name.isBlank()) {
        wrong.add(name == null ? "name is null" : "name is blank: \"" + name + '"');
      }
      if (handOffs.size() > 1) {
        wrong.add("more than one of copied, derived, follows and notPropagated: " + handOffs);
      }
      if (secret && mirrors.stream().anyMatch(MdcMirror.class::isInstance)) {
        wrong.add("secret, and mirrored to the log");
      }
      if (!wrong.isEmpty()) {
        throw new IllegalArgumentException(String.join("; ", wrong));
      }
      return SlottedLocals.create(this);
    }
  }
}
