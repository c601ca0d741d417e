// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import dev.interleave.Guard;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An immutable set of values for {@link ContextLocal}s, which is current on a thread for the time
 * of a call.
 *
 * <pre>{@code
 * Context context = Context.current().with(TENANT, tenant).with(USER, user);
 * context.run(() -> handle(request));                        // here
 * executor.execute(context.wrap(() -> audit(request)));      // there
 *
 * ExecutorService workers = Context.propagating(executor);   // every task, from now on
 * workers.submit(() -> audit(request));                      // in the context of who submits
 * }</pre>
 *
 * <h2>Semantics</h2>
 *
 * <ul>
 *   <li><b>Every thread begins with the {@linkplain #empty() empty} context.</b> Nothing is
 *       inherited by threads, because a thread that lives longer than a request would keep it. Wrap
 *       the task, the executor or, for threads of one task each, the {@linkplain
 *       #propagating(ThreadFactory) thread factory}.
 *   <li><b>A context is current from the beginning to the end of a call</b>: {@link #run}, {@link
 *       #call}, {@link #supply}, or what a wrapped task does. At its end the context that was
 *       current before is current again, whichever that was and however the call ends. Calls nest
 *       in any way, on any thread: a task that is run by whoever submits it, or by a thread that
 *       helps while it waits, leaves that thread's context as it was.
 *   <li><b>{@link #open()}</b> is the form for frameworks that are told of the beginning and of the
 *       end of a request by two calls. Its misuse is detected; prefer the other forms.
 *   <li><b>{@link #with} and {@link #without} make new contexts</b>. Nobody else's context changes.
 *   <li><b>A task that is handed over</b>, that is, wrapped, gets {@link #handedOff()}: the same
 *       context, unless a local has a policy of its own.
 * </ul>
 *
 * <h2>Cost</h2>
 *
 * <p>Capturing is a read of a reference, entering and leaving a write of one each, whatever the
 * number of locals; where a task runs in a context that is current there already nothing is
 * written. {@code with} copies a small array. What is shared by a hundred thousand threads exists
 * once.
 *
 * <p>Only locals with policies cost more where they are set: copies and derived values are made
 * when a task is handed over, mirrors are told when a context is exchanged for one in which they
 * differ.
 *
 * <h2>What stays behind in a thread</h2>
 *
 * <p>Nothing that belongs to a context. There is one thread-local for all of this, and outside of
 * any call its value is null: a shared constant of which there is no object, so that neither a
 * value nor a class (and with it a class loader) is held by the thread of a pool. The entry as
 * such, one pair of words, stays until the thread ends. Removing it would cost a rehash of the
 * thread's table at the end of each task, to have the next reader, since {@code ThreadLocal.get}
 * makes entries, put it in again.
 *
 * <h2>Threads</h2>
 *
 * <p>Immutable and thread-safe, also if handed over by a data race. All is wait-free, apart from
 * what it calls. Nothing may be {@code null}, values and results of wrapped functions excepted
 * where their type says so. Contexts are compared by identity. If a stack overflows just where a
 * context is being left, the next call around it that had changed the context puts it right.
 *
 * <p>This class may be lifted out; {@code docs/lift-out.md} lists the files that must come along.
 *
 * <p>The design is that of OpenTelemetry's {@code Context}, with the restrictions of {@code
 * ScopedValue}, which came later and knows better.
 */
// Lambdas that fit several shapes need a type; the shapes are those of java.util.function.
@SuppressWarnings("overloads")
public sealed class Context extends Slots {
  /** What is current on a thread; null for the empty context. See "What stays behind". */
  static final ThreadLocal<@Nullable Context> CURRENT = new ThreadLocal<>();

  private static final Context EMPTY = new Shared();

  /** See {@link Table}. */
  final Object[] table;

  private final int size;

  /** What outside places are to show; null if there are none. */
  final @Nullable Mirrors mirrors;

  /**
   * This; but if this is what an open scope has made current, then what it was opened for. Only
   * origins are ever handed out.
   */
  final Context origin;

  /** The open scope that this is the current context of; null if it is a context of its own. */
  final @Nullable Scope scope;

  /** What the bridge to the log has made of this; a benign race of equal, immutable objects. */
  @Nullable Object logFields;

  private Context() {
    table = Table.EMPTY;
    size = 0;
    mirrors = null;
    origin = this;
    scope = null;
  }

  /** Like another one, but for one local. */
  private Context(
      Context from,
      ContextLocal<?> local,
      @Nullable Object value,
      Object[] table,
      int size,
      @Nullable Mirrors mirrors) {
    super(from, local.slot, value);
    this.table = table;
    this.size = size;
    this.mirrors = mirrors;
    origin = this;
    scope = null;
  }

  /** Stands for {@code origin} as long as the scope is open. */
  Context(Context origin, Scope scope) {
    super(origin, COUNT, null);
    table = origin.table;
    size = origin.size;
    mirrors = origin.mirrors;
    this.origin = origin;
    this.scope = scope;
  }

  /**
   * One that a task gets as it is: no local in it has another policy, nor does it stand for an
   * {@link #origin}. A class instead of a field, because what a thread-local returns has to be cast
   * anyway: one comparison says that it is not null, what it is, and that there is nothing to do.
   */
  private static final class Shared extends Context {
    private Shared() {}

    private Shared(
        Context from,
        ContextLocal<?> local,
        @Nullable Object value,
        Object[] table,
        int size,
        @Nullable Mirrors mirrors) {
      super(from, local, value, table, size, mirrors);
    }
  }

  private static Context make(
      Context from,
      ContextLocal<?> local,
      @Nullable Object value,
      Object[] table,
      int size,
      @Nullable Mirrors mirrors,
      boolean shared) {
    return shared
        ? new Shared(from, local, value, table, size, mirrors)
        : new Context(from, local, value, table, size, mirrors);
  }

  /** The context without any value. */
  public static Context empty() {
    return EMPTY;
  }

  /** The context that is current on this thread; the empty one outside of any call. */
  public static Context current() {
    Object current = Switch.current();
    if (current instanceof Shared shared) {
      return shared;
    }
    return current == null ? EMPTY : ((Context) current).origin;
  }

  // ------------------------------------------------------------------ values

  /**
   * A context like this one in which the local has this value; this one if it has that very one.
   */
  @SuppressWarnings("ReferenceEquality") // an equal value is another one, with a state of its own
  public <T> Context with(ContextLocal<T> local, T value) {
    Objects.requireNonNull(local, "local");
    Objects.requireNonNull(value, local::name);
    Object before = local.in(this);
    if (before == value) {
      return this;
    }
    return make(
        this,
        local,
        value,
        Table.with(table, size, local, value),
        before == null ? size + 1 : size,
        Mirrors.with(mirrors, local, value),
        isShared() && local.handOff() == ContextLocal.HandOff.SHARED);
  }

  /** A context like this one in which the local is not set. */
  public Context without(ContextLocal<?> local) {
    Objects.requireNonNull(local, "local");
    if (local.in(this) == null) {
      return this;
    }
    if (size == 1) {
      return EMPTY;
    }
    Object[] rest = Table.without(table, local);
    Mirrors others = Mirrors.without(mirrors, local);
    return make(this, local, null, rest, size - 1, others, isShared(rest));
  }

  /** Whether a task gets this as it is. */
  final boolean isShared() {
    return this instanceof Shared;
  }

  private static boolean isShared(Object[] table) {
    boolean[] all = {true};
    Table.forEach(
        table, (local, value) -> all[0] &= local.handOff() == ContextLocal.HandOff.SHARED);
    return all[0];
  }

  /**
   * The value in this context, or the default of the local.
   *
   * @throws ContextUnsetException if it is not set, and has no default
   */
  public <T> T get(ContextLocal<T> local) {
    return local.getFrom(this);
  }

  /**
   * The value in this context; if there is none, the other one. The default of the local does not
   * count.
   */
  public <T> T orElse(ContextLocal<T> local, T other) {
    Objects.requireNonNull(other, "other");
    T value = local.find(this);
    return value == null ? other : value;
  }

  /** Whether the local is set in this context. Its default does not count. */
  public boolean isSet(ContextLocal<?> local) {
    return local.find(this) != null;
  }

  /** Whether nothing is set. */
  public boolean isEmpty() {
    return size == 0;
  }

  /** The locals that are set, in no particular order. */
  public Set<ContextLocal<?>> locals() {
    Set<ContextLocal<?>> locals = new LinkedHashSet<>();
    Table.forEach(table, (local, value) -> locals.add(local));
    return locals;
  }

  /**
   * What a task gets that is handed to another thread: this context, but for the locals with
   * another policy than to be shared. Those functions are called now, by this thread, which is why
   * they see a state that the task cannot yet have changed.
   *
   * <p>Wrapping does this, once for each task that is wrapped, or that is given to a wrapped
   * executor; of use to those who write executors.
   */
  public Context handedOff() {
    if (isShared()) {
      return this;
    }
    Context[] child = {this};
    Table.forEach(
        table,
        (local, value) -> {
          Object forTask = local.handedOff(value);
          if (forTask == null) {
            child[0] = child[0].without(local);
          } else {
            child[0] = child[0].withAny(local, forTask);
          }
        });
    return child[0];
  }

  @SuppressWarnings("unchecked") // the value was made from one of this local
  private <T> Context withAny(ContextLocal<T> local, Object value) {
    return with(local, (T) value);
  }

  // ------------------------------------------------------------------ calls

  /** Runs something in this context. What it throws is thrown. */
  public void run(Runnable task) {
    Switch.run(installed(), Objects.requireNonNull(task, "task"));
  }

  /**
   * Calls something in this context.
   *
   * @return what it returns
   * @throws Exception what it throws
   */
  public <T extends @Nullable Object> T call(Callable<T> task) throws Exception {
    Objects.requireNonNull(task, "task");
    Context mine = installed();
    Object before = Switch.enter(mine);
    try {
      return task.call();
    } finally {
      Switch.leave(mine, before, task);
    }
  }

  /**
   * Calls something in this context. What it throws is thrown.
   *
   * @return what it returns
   */
  public <T extends @Nullable Object> T supply(Supplier<T> task) {
    Objects.requireNonNull(task, "task");
    Context mine = installed();
    Object before = Switch.enter(mine);
    try {
      return task.get();
    } finally {
      Switch.leave(mine, before, task);
    }
  }

  /**
   * Makes this context current until the guard is closed, by the thread that has opened it and in
   * the reverse order of opening, as try-with-resources does.
   *
   * <p>Misuse is detected, and leaves no context behind:
   *
   * <ul>
   *   <li>Closed by another thread: {@link IllegalMonitorStateException}, and nothing has changed.
   *   <li>Closed while scopes that were opened later are still open: those end with this one, then
   *       {@link IllegalStateException} names them.
   *   <li>Closed within a call, such as {@link #run}, that began after it was opened: {@link
   *       IllegalStateException}, and nothing has changed; the guard is still to be closed.
   *   <li>Not closed by the end of the call, or wrapped task, in which it was opened: ended by
   *       that, and reported by the {@link ContextLeakDetector}. Closing it later does nothing.
   *   <li>Never closed, outside of any call: reported once the guard is unreachable, as often as
   *       the {@link ContextLeakDetector} is told to look.
   * </ul>
   *
   * <p>As soon as a program has opened one scope, leaving a call costs one more read of the
   * thread-local, in order to find the scopes that were left open.
   *
   * @return what ends it
   */
  public Guard open() {
    return Scope.open(this);
  }

  /** What is current while this is: null for the empty context. */
  @Nullable Context installed() {
    return this == EMPTY ? null : this;
  }

  // ------------------------------------------------------------------ tasks

  /** The task, to be run in this context on any thread, any number of times. */
  public Runnable wrap(Runnable task) {
    return new WrappedRunnable(handedOff(), Objects.requireNonNull(task, "task"));
  }

  /** The task, to be called in this context on any thread, any number of times. */
  public <T extends @Nullable Object> Callable<T> wrap(Callable<T> task) {
    return new WrappedCallable<>(handedOff().installed(), Objects.requireNonNull(task, "task"));
  }

  /** The supplier, to be called in this context on any thread, any number of times. */
  public <T extends @Nullable Object> Supplier<T> wrap(Supplier<T> supplier) {
    return new WrappedSupplier<>(
        handedOff().installed(), Objects.requireNonNull(supplier, "supplier"));
  }

  /** The function, to be applied in this context on any thread, any number of times. */
  public <T extends @Nullable Object, R extends @Nullable Object> Function<T, R> wrap(
      Function<T, R> function) {
    return new WrappedFunction<>(
        handedOff().installed(), Objects.requireNonNull(function, "function"));
  }

  /** The function, to be applied in this context on any thread, any number of times. */
  public <T extends @Nullable Object, U extends @Nullable Object, R extends @Nullable Object>
      BiFunction<T, U, R> wrap(BiFunction<T, U, R> function) {
    return new WrappedBiFunction<>(
        handedOff().installed(), Objects.requireNonNull(function, "function"));
  }

  /** The consumer, to be called in this context on any thread, any number of times. */
  public <T extends @Nullable Object> Consumer<T> wrap(Consumer<T> consumer) {
    return new WrappedConsumer<>(
        handedOff().installed(), Objects.requireNonNull(consumer, "consumer"));
  }

  /** The consumer, to be called in this context on any thread, any number of times. */
  public <T extends @Nullable Object, U extends @Nullable Object> BiConsumer<T, U> wrap(
      BiConsumer<T, U> consumer) {
    return new WrappedBiConsumer<>(
        handedOff().installed(), Objects.requireNonNull(consumer, "consumer"));
  }

  // ------------------------------------------------------------------ executors

  /** An executor that runs each task in this context, whoever submits it. */
  public Executor wrap(Executor executor) {
    return new ContextExecutor(executor, this);
  }

  /** An executor that runs each task in this context, whoever submits it. */
  public ExecutorService wrap(ExecutorService executor) {
    return new ContextExecutorService(executor, this);
  }

  /** An executor that runs each task in this context, whoever submits it. */
  public ScheduledExecutorService wrap(ScheduledExecutorService executor) {
    return new ContextScheduledExecutorService(executor, this);
  }

  /** An executor that runs each task in the context that is current where it is submitted. */
  public static Executor propagating(Executor executor) {
    return new ContextExecutor(executor, null);
  }

  /**
   * An executor that runs each task in the context that is current where it is submitted. All else
   * is done by the other one: its queue holds the wrapped tasks, so those are what {@code
   * shutdownNow()} returns.
   */
  public static ExecutorService propagating(ExecutorService executor) {
    return new ContextExecutorService(executor, null);
  }

  /**
   * An executor that runs each task in the context that is current where it is submitted; a task
   * that is repeated, each time in that of its first submission. To repeat a task in no context,
   * give it to the executor that is wrapped here.
   */
  public static ScheduledExecutorService propagating(ScheduledExecutorService executor) {
    return new ContextScheduledExecutorService(executor, null);
  }

  /**
   * A thread factory whose threads run in the context that is current where they are made, all
   * their life: for threads of one task each, as in {@code
   * Executors.newThreadPerTaskExecutor(factory)}. A pool with such threads would run the tasks of
   * everybody in the context of whoever happened to make the pool grow; wrap the pool instead.
   */
  public static ThreadFactory propagating(ThreadFactory factory) {
    Objects.requireNonNull(factory, "factory");
    return task -> factory.newThread(current().wrap(task));
  }

  // ------------------------------------------------------------------ dumps

  /** The locals that are set with their values, in one line; secrets are masked. */
  @Override
  public String toString() {
    StringJoiner text = new StringJoiner(", ", "Context[", "]");
    Table.forEach(table, (local, value) -> text.add(local.name() + "=" + local.show(value)));
    return text.toString();
  }

  /** The locals that are set with their values and policies, a line each; secrets are masked. */
  public String dump() {
    StringJoiner text = new StringJoiner(System.lineSeparator());
    text.add(
        "Context of thread \""
            + Thread.currentThread().getName()
            + "\" (id "
            + Thread.currentThread().threadId()
            + "), "
            + size
            + " set:");
    Table.forEach(
        table,
        (local, value) ->
            text.add("  " + local.name() + " = " + local.show(value) + local.policies()));
    return text.toString();
  }
}
