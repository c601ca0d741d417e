// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static java.util.Objects.requireNonNull;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Records what threads call while they call it, for a {@link History}.
 *
 * {@snippet :
 * HistoryRecorder recorder = History.recorder();
 * // in some threads
 * recorder.run("put", 1, () -> queue.put(1));
 * // in others
 * Integer item = recorder.call("take", () -> queue.take());
 * // when all are done, or hang
 * History history = recorder.history();
 * }
 *
 * <p>All methods may be called from any threads, platform and virtual. A call is recorded for the
 * thread that makes it, under the name of the thread. What an action throws is recorded and thrown
 * on.
 *
 * <h2>Which orders are real</h2>
 *
 * All threads share one counter. A call reads it before it begins and increments it after it has
 * ended; the history says that one call came before another one if the first has incremented the
 * counter before the second has read it. So whatever order the history claims is one of
 * <i>happens-before</i>: any correct class has to respect it, also one that makes a change visible
 * to other threads only some time after its method has returned. Of calls for which this is not
 * known, the history says that they overlap, which excuses more and accuses nobody: what the
 * recording takes between the counter and the call can hide an error, it can never make one up.
 *
 * <p>The price of that certainty is that the counter itself makes visible to the later call what
 * the earlier one wrote. A class that forgets to do this on its own is caught only while calls
 * overlap. The time of day, or {@code System.nanoTime}, would not do that; but the orders it claims
 * between threads are none that the Java memory model knows of.
 *
 * <h2>What it costs</h2>
 *
 * A look-up of the thread in a concurrent map, two small objects, and the increment of the counter
 * per call; nobody waits for anybody. All calls are kept until the recorder is dropped.
 */
public final class HistoryRecorder {
  private static final @Nullable Object[] NONE = {};
  private static final Outcome DONE = Outcome.done();

  private final Log log;
  private final @Nullable Object key;

  /**
   * A call that returns something.
   *
   * @param <T> what it returns
   * @param <X> what it throws
   */
  @FunctionalInterface
  public interface Call<T extends @Nullable Object, X extends Throwable> {
    /**
     * Calls.
     *
     * @return the result
     * @throws X if the call throws it
     */
    T call() throws X;
  }

  /**
   * A call that returns nothing.
   *
   * @param <X> what it throws
   */
  @FunctionalInterface
  public interface Action<X extends Throwable> {
    /**
     * Calls.
     *
     * @throws X if the call throws it
     */
    void run() throws X;
  }

  HistoryRecorder() {
    this(new Log(), null);
  }

  private HistoryRecorder(Log log, @Nullable Object key) {
    this.log = log;
    this.key = key;
  }

  /**
   * Returns a view of this recorder for the calls of one of several objects: a lock of many, the
   * entry of a map. The calls go into the same history. A check looks at each object alone, which
   * is as good (Herlihy and Wing, Linearizability, TOPLAS 12(3), 1990: it is a local property) and
   * much faster.
   *
   * @param key the object, or what stands for it: objects are the same if they are equal
   * @return the view
   */
  public HistoryRecorder on(Object key) {
    return new HistoryRecorder(log, requireNonNull(key, "key"));
  }

  /**
   * Makes a call and records it.
   *
   * @param name the name of the operation, which the model knows
   * @param call makes the call
   * @param <T> what it returns
   * @param <X> what it throws
   * @return what the call returns; not to be changed by anyone from then on
   * @throws X if the call throws it
   * @throws IllegalStateException if this thread is in a call already
   */
  public <T extends @Nullable Object, X extends Throwable> T call(String name, Call<T, X> call)
      throws X {
    return record(name, NONE, call);
  }

  /**
   * Makes a call with an argument and records it.
   *
   * @param name the name of the operation, which the model knows
   * @param argument the argument, for the record; not to be changed by anyone from then on
   * @param call makes the call
   * @param <T> what it returns
   * @param <X> what it throws
   * @return what the call returns; not to be changed by anyone from then on
   * @throws X if the call throws it
   * @throws IllegalStateException if this thread is in a call already
   */
  public <T extends @Nullable Object, X extends Throwable> T call(
      String name, @Nullable Object argument, Call<T, X> call) throws X {
    return record(name, new @Nullable Object[] {argument}, call);
  }

  /**
   * Makes a call with two arguments and records it.
   *
   * @param name the name of the operation, which the model knows
   * @param first an argument, for the record; not to be changed by anyone from then on
   * @param second another argument
   * @param call makes the call
   * @param <T> what it returns
   * @param <X> what it throws
   * @return what the call returns; not to be changed by anyone from then on
   * @throws X if the call throws it
   * @throws IllegalStateException if this thread is in a call already
   */
  public <T extends @Nullable Object, X extends Throwable> T call(
      String name, @Nullable Object first, @Nullable Object second, Call<T, X> call) throws X {
    return record(name, new @Nullable Object[] {first, second}, call);
  }

  /**
   * Makes a call that returns nothing and records it.
   *
   * @param name the name of the operation, which the model knows
   * @param action makes the call
   * @param <X> what it throws
   * @throws X if the call throws it
   * @throws IllegalStateException if this thread is in a call already
   */
  public <X extends Throwable> void run(String name, Action<X> action) throws X {
    record(name, NONE, action);
  }

  /**
   * Makes a call with an argument that returns nothing and records it.
   *
   * @param name the name of the operation, which the model knows
   * @param argument the argument, for the record; not to be changed by anyone from then on
   * @param action makes the call
   * @param <X> what it throws
   * @throws X if the call throws it
   * @throws IllegalStateException if this thread is in a call already
   */
  public <X extends Throwable> void run(String name, @Nullable Object argument, Action<X> action)
      throws X {
    record(name, new @Nullable Object[] {argument}, action);
  }

  /**
   * Makes a call with two arguments that returns nothing and records it.
   *
   * @param name the name of the operation, which the model knows
   * @param first an argument, for the record; not to be changed by anyone from then on
   * @param second another argument
   * @param action makes the call
   * @param <X> what it throws
   * @throws X if the call throws it
   * @throws IllegalStateException if this thread is in a call already
   */
  public <X extends Throwable> void run(
      String name, @Nullable Object first, @Nullable Object second, Action<X> action) throws X {
    record(name, new @Nullable Object[] {first, second}, action);
  }

  /**
   * Returns what has been recorded by now, for all objects. Calls under way are pending in it; they
   * may end afterwards and are complete in a history taken later.
   *
   * @return the history
   */
  public History history() {
    return log.history();
  }

  private <T extends @Nullable Object, X extends Throwable> T record(
      String name, @Nullable Object[] arguments, Call<T, X> call) throws X {
    requireNonNull(call, "call");
    Lane lane = log.lane();
    Entry entry = lane.begin(key, requireNonNull(name, "name"), arguments, log.counter.get());
    T result;
    try {
      result = call.call();
    } catch (Throwable thrown) {
      long end = log.counter.incrementAndGet();
      lane.end(entry, Outcome.threw(thrown), end);
      throw thrown;
    }
    long end = log.counter.incrementAndGet();
    lane.end(entry, Outcome.returned(result), end);
    return result;
  }

  private <X extends Throwable> void record(
      String name, @Nullable Object[] arguments, Action<X> action) throws X {
    requireNonNull(action, "action");
    Lane lane = log.lane();
    Entry entry = lane.begin(key, requireNonNull(name, "name"), arguments, log.counter.get());
    try {
      action.run();
    } catch (Throwable thrown) {
      long end = log.counter.incrementAndGet();
      lane.end(entry, Outcome.threw(thrown), end);
      throw thrown;
    }
    long end = log.counter.incrementAndGet();
    lane.end(entry, DONE, end);
  }

  /** One call; a link in the list of those of its thread. */
  private static final class Entry {
    private static final VarHandle NEXT = handle("next", Entry.class);
    private static final VarHandle END = handle("end", long.class);

    final @Nullable Object key;
    final String name;
    final @Nullable Object[] arguments;
    final long start;

    @Nullable Outcome outcome;

    // Written once, with release; 0 until then.
    @SuppressWarnings("UnusedVariable") // by END
    private long end;

    @SuppressWarnings("UnusedVariable") // by NEXT
    private @Nullable Entry next;

    Entry(@Nullable Object key, String name, @Nullable Object[] arguments, long start) {
      this.key = key;
      this.name = name;
      this.arguments = arguments;
      this.start = start;
    }

    void append(Entry entry) {
      NEXT.setRelease(this, entry);
    }

    @Nullable Entry next() {
      return (Entry) NEXT.getAcquire(this);
    }

    void end(Outcome how, long when) {
      outcome = how;
      END.setRelease(this, when);
    }

    long end() {
      return (long) END.getAcquire(this);
    }

    private static VarHandle handle(String field, Class<?> type) {
      try {
        return MethodHandles.lookup().findVarHandle(Entry.class, field, type);
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }
  }

  /** The calls of one thread, which alone appends to them. */
  private static final class Lane {
    final Thread thread;
    final int number;
    final Entry first = new Entry(null, "", NONE, 0);

    private Entry last = first;
    private @Nullable Entry open;

    Lane(Thread thread, int number) {
      this.thread = thread;
      this.number = number;
    }

    /** The entry is there before the call begins: whoever sees an effect of it finds it. */
    Entry begin(@Nullable Object key, String name, @Nullable Object[] arguments, long start) {
      if (open != null) {
        throw new IllegalStateException(
            thread.getName() + " calls " + name + " within its call of " + open.name);
      }
      Entry entry = new Entry(key, name, arguments, start);
      last.append(entry);
      last = entry;
      open = entry;
      return entry;
    }

    void end(Entry entry, Outcome outcome, long end) {
      open = null;
      entry.end(outcome, end);
    }
  }

  private static final class Log {
    final AtomicLong counter = new AtomicLong();
    private final AtomicInteger threads = new AtomicInteger();
    private final Map<Thread, Lane> lanes = new ConcurrentHashMap<>();

    private record Event(long order, Lane lane, Entry entry, boolean isEnd) {}

    Lane lane() {
      Thread thread = Thread.currentThread();
      Lane lane = lanes.get(thread);
      return lane != null
          ? lane
          : lanes.computeIfAbsent(thread, t -> new Lane(t, threads.getAndIncrement()));
    }

    /**
     * Puts the events in order. What happens after the first line is left out: of a call that ended
     * before it, everything that the call has seen the effects of is in the lanes by then.
     */
    History history() {
      long cut = counter.get();
      List<Event> events = new ArrayList<>();
      List<Lane> byNumber = new ArrayList<>(lanes.values());
      byNumber.sort(Comparator.comparingInt(lane -> lane.number));
      for (Lane lane : byNumber) {
        Entry next;
        for (Entry entry = lane.first.next(); entry != null && entry.start <= cut; entry = next) {
          next = entry.next(); // before the end: where there is a next call, this one has ended
          // Having read the counter at n is after its increment to n, and before that to n + 1.
          events.add(new Event(2 * entry.start + 1, lane, entry, false));
          long end = entry.end();
          if (end != 0 && end <= cut) {
            events.add(new Event(2 * end, lane, entry, true));
          }
        }
      }
      events.sort(Comparator.comparingLong(Event::order));
      return build(events, names(byNumber));
    }

    private static History build(List<Event> events, Map<Lane, String> names) {
      HistoryBuilder history = new HistoryBuilder();
      for (Event event : events) {
        Entry entry = event.entry;
        String thread = requireNonNull(names.get(event.lane));
        if (event.isEnd) {
          history.ended(thread, requireNonNull(entry.outcome));
        } else {
          history.callOn(entry.key, thread, entry.name, entry.arguments);
        }
      }
      return history.build();
    }

    /** Returns a name for each thread; several may have the same, or none, of their own. */
    private static Map<Lane, String> names(List<Lane> lanes) {
      Map<Lane, String> names = new HashMap<>();
      Set<String> used = new HashSet<>();
      for (Lane lane : lanes) {
        String name = lane.thread.getName();
        String told = name + "#" + lane.thread.threadId();
        String unique = name.isEmpty() ? told : name;
        for (int n = 1; !used.add(unique); n++) {
          unique = n == 1 ? told : told + "." + n; // another thread may be called so
        }
        names.put(lane, unique);
      }
      return names;
    }
  }

  @Override
  public String toString() {
    return "HistoryRecorder[threads=" + log.lanes.size() + ", calls=" + log.counter.get() + "]";
  }
}
