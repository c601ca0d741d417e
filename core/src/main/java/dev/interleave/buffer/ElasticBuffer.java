// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import dev.interleave.Deadline;
import dev.interleave.buffer.BoundedBuffer.Overflow;
import dev.interleave.buffer.Store.Put;
import java.time.Duration;
import java.util.AbstractQueue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Spliterator;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A FIFO {@link BlockingQueue} whose capacity follows the load between two bounds: it grows when it
 * gets full, at once, and shrinks when it has been nearly empty for a while. Nothing is lost when
 * it changes, and each change says why it was made.
 *
 * <pre>{@code
 * var lines = ElasticBuffer.<String>builder(10, 10_000).name("lines").build();
 * …
 * lines.resizes().forEach(System.out::println);
 * // #1 after PT0.2S: grew from 10 to 15, because 8 of 10 places were in use
 * }</pre>
 *
 * <h2>When it changes</h2>
 *
 * <ul>
 *   <li><b>It grows</b> by the factor {@code growBy} when an insertion finds it full, at once, so
 *       that nobody waits and nothing is dropped or rejected below the maximum; and ahead of that
 *       when an insertion leaves more than {@code growAt} of its places in use and the last change
 *       was made longer ago than {@code cooldown}.
 *   <li><b>It shrinks</b> to {@code shrinkBy} of what it is when for a whole {@code window} never
 *       more than {@code shrinkAt} of its places were in use, and it has not changed in that time.
 *       Never below the minimum; at the minimum nothing happens, and nothing is counted.
 * </ul>
 *
 * <p>Between the two lies a gap, which the builder insists on: right after a change the use is
 * below {@code growAt} and above {@code shrinkAt} as seen from the other side, so that the same
 * load does not undo it. That, the window and the cooldown are the hysteresis.
 *
 * <p>Capacity is looked at with each insertion and each removal. A buffer that nobody uses has
 * nobody to shrink it: call {@link #adjust} from time to time where that matters. Memory is taken
 * for the items inside, not for the capacity.
 *
 * <h2>All else</h2>
 *
 * <p>At the maximum, {@link Overflow} says what is done with items for which there is no room.
 * Closing, leases, waiting, iterators, memory effects: as in {@link BoundedBuffer}, with a lock. It
 * is not fair. Thread-safe; no null.
 *
 * <p>This class may be lifted out; {@code docs/lift-out.md} lists the files that must come along.
 *
 * @param <E> the items
 */
public final class ElasticBuffer<E> extends AbstractQueue<E>
    implements BlockingQueue<E>, AutoCloseable {
  private final BoundedBuffer<E> buffer;
  private final Store<E> store;
  private final Elasticity elasticity;

  /**
   * A change of capacity.
   *
   * @param number 1 for the first one
   * @param after the age of the buffer when it was made
   * @param from the capacity before
   * @param to the capacity after
   * @param reason in words, as {@code 8 of 10 places were in use}
   */
  public record Resize(long number, Duration after, int from, int to, String reason) {
    /**
     * Checks the components.
     *
     * @throws NullPointerException if one is null
     */
    public Resize {
      Objects.requireNonNull(after, "after");
      Objects.requireNonNull(reason, "reason");
    }

    /** {@code #1 after PT0.2S: grew from 10 to 15, because 8 of 10 places were in use}. */
    @Override
    public String toString() {
      return "#"
          + number
          + " after "
          + after
          + (to > from ? ": grew from " : ": shrank from ")
          + from
          + " to "
          + to
          + ", because "
          + reason;
    }
  }

  /**
   * What an elastic buffer has done and is doing: a snapshot, immutable.
   *
   * @param buffer what every buffer tells; the capacity is that of now
   * @param minCapacity the least capacity
   * @param maxCapacity the greatest capacity
   * @param growths how often it has grown
   * @param shrinks how often it has shrunk
   */
  public record Stats(
      BufferStats buffer, int minCapacity, int maxCapacity, long growths, long shrinks) {
    /**
     * Checks the components.
     *
     * @throws NullPointerException if {@code buffer} is null
     */
    public Stats {
      Objects.requireNonNull(buffer, "buffer");
    }
  }

  /**
   * Builds elastic buffers. Not thread-safe.
   *
   * @param <E> the items
   */
  public static final class Builder<E> {
    private final int min;
    private final int max;
    private int initial;
    private boolean initialGiven;
    private @Nullable String name;
    private boolean named;
    private Overflow overflow = Overflow.BLOCK;
    private @Nullable Consumer<? super E> onDropped;
    private boolean listened;
    private double growAt = 0.8;
    private double growBy = 1.5;
    private double shrinkAt = 0.3;
    private double shrinkBy = 0.7;
    private Duration cooldown = Duration.ofMillis(100);
    private Duration window = Duration.ofSeconds(5);
    private @Nullable Consumer<? super Resize> onResize;
    private boolean told;
    private LongSupplier clock = System::nanoTime;

    private Builder(int min, int max) {
      this.min = min;
      this.max = max;
    }

    /** The capacity at first; by default the least one. Between the two bounds. */
    public Builder<E> initial(int capacity) {
      initial = capacity;
      initialGiven = true;
      return this;
    }

    /** As {@link BoundedBuffer.Builder#name}. */
    public Builder<E> name(String name) {
      this.name = name;
      named = true;
      return this;
    }

    /** As {@link BoundedBuffer.Builder#overflow(Overflow)}; for the greatest capacity. */
    public Builder<E> overflow(Overflow overflow) {
      this.overflow = overflow;
      onDropped = null;
      listened = false;
      return this;
    }

    /** As {@link BoundedBuffer.Builder#overflow(Overflow, Consumer)}; for the greatest capacity. */
    public Builder<E> overflow(Overflow overflow, Consumer<? super E> onDropped) {
      this.overflow = overflow;
      this.onDropped = onDropped;
      listened = true;
      return this;
    }

    /**
     * When and how far it grows; by default at 0.8 by 1.5.
     *
     * @param at the part of its places that is in use, greater than 0 and up to 1
     * @param by the factor, greater than 1; it grows by one place at least
     */
    public Builder<E> grow(double at, double by) {
      growAt = at;
      growBy = by;
      return this;
    }

    /**
     * When and how far it shrinks; by default at 0.3 to 0.7.
     *
     * @param at the part of its places of which no more was in use, from 0 to less than 1
     * @param by the factor, greater than 0 and less than 1; {@code at / by} is to be less than
     *     where it grows, and {@code at} less than that divided by the factor by which it grows
     */
    public Builder<E> shrink(double at, double by) {
      shrinkAt = at;
      shrinkBy = by;
      return this;
    }

    /** How long it waits after a change before it grows ahead of need; by default 0.1 s. */
    public Builder<E> cooldown(Duration cooldown) {
      this.cooldown = cooldown;
      return this;
    }

    /** For how long it has to be nearly empty before it shrinks; by default 5 s. */
    public Builder<E> window(Duration window) {
      this.window = window;
      return this;
    }

    /**
     * Whom to tell of each change: called by the thread that made it, while it holds nothing. What
     * it throws reaches that thread, whose item is inside, or taken, nevertheless. Not null.
     */
    public Builder<E> onResize(Consumer<? super Resize> onResize) {
      this.onResize = onResize;
      told = true;
      return this;
    }

    /** Another clock than {@code System.nanoTime()}, for tests. */
    Builder<E> clock(LongSupplier nanos) {
      clock = nanos;
      return this;
    }

    /**
     * The buffer. A builder may build several.
     *
     * @throws IllegalArgumentException if arguments are wrong; the message names all of them
     */
    public ElasticBuffer<E> build() {
      List<String> wrong = new ArrayList<>();
      if (min < 1) {
        wrong.add("min is less than 1: " + min);
      }
      if (max < min) {
        wrong.add("max is less than min: " + max + ", " + min);
      }
      if (initialGiven && (initial < min || initial > max)) {
        wrong.add("initial is not between min and max: " + initial);
      }
      if (named && (name == null || name.isBlank())) {
        wrong.add(name == null ? "name is null" : "name is blank: \"" + name + '"');
      }
      if (overflow == null) {
        wrong.add("overflow is null");
      }
      if (listened && onDropped == null) {
        wrong.add("onDropped is null");
      }
      if (listened && (overflow == Overflow.BLOCK || overflow == Overflow.REJECT)) {
        wrong.add("onDropped is given, but overflow drops nothing: " + overflow);
      }
      addWrongFactors(wrong);
      if (cooldown == null || cooldown.isNegative()) {
        wrong.add("cooldown is " + (cooldown == null ? "null" : "negative: " + cooldown));
      }
      if (window == null || window.isNegative() || window.isZero()) {
        wrong.add("window is " + (window == null ? "null" : "not positive: " + window));
      }
      if (told && onResize == null) {
        wrong.add("onResize is null");
      }
      if (!wrong.isEmpty()) {
        throw new IllegalArgumentException(String.join("; ", wrong));
      }
      return new ElasticBuffer<>(this);
    }

    private void addWrongFactors(List<String> wrong) {
      int before = wrong.size();
      if (!(growAt > 0 && growAt <= 1)) {
        wrong.add("grow at is not in (0, 1]: " + growAt);
      }
      if (!(growBy > 1 && growBy < Double.POSITIVE_INFINITY)) {
        wrong.add("grow by is not greater than 1: " + growBy);
      }
      if (!(shrinkAt >= 0 && shrinkAt < 1)) {
        wrong.add("shrink at is not in [0, 1): " + shrinkAt);
      }
      if (!(shrinkBy > 0 && shrinkBy < 1)) {
        wrong.add("shrink by is not in (0, 1): " + shrinkBy);
      }
      if (wrong.size() > before) {
        return; // to compare them would say nothing
      }
      if (shrinkAt / shrinkBy >= growAt) {
        wrong.add(
            "a load that makes it shrink would make it grow again: shrink at / shrink by is "
                + shrinkAt / shrinkBy
                + ", grow at "
                + growAt);
      }
      if (shrinkAt >= growAt / growBy) {
        wrong.add(
            "a load that makes it grow would make it shrink again: shrink at is "
                + shrinkAt
                + ", grow at / grow by "
                + growAt / growBy);
      }
    }
  }

  private ElasticBuffer(Builder<E> builder) {
    int capacity = builder.initialGiven ? builder.initial : builder.min;
    BoundedBuffer.Builder<E> inner = BoundedBuffer.<E>builder(capacity).resizable(true);
    if (builder.name != null) {
      inner.name(builder.name);
    }
    if (builder.onDropped != null) {
      inner.overflow(builder.overflow, builder.onDropped);
    } else {
      inner.overflow(builder.overflow);
    }
    buffer = inner.build();
    store = buffer.store();
    elasticity =
        new Elasticity(
            store,
            new Elasticity.Bounds(builder.min, builder.max),
            new Elasticity.Growth(builder.growAt, builder.growBy, builder.cooldown.toNanos()),
            new Elasticity.Shrinkage(builder.shrinkAt, builder.shrinkBy, builder.window.toNanos()),
            builder.onResize,
            builder.clock);
  }

  /**
   * A builder.
   *
   * @param min the least capacity, at least 1
   * @param max the greatest capacity, at least {@code min}
   */
  public static <E> Builder<E> builder(int min, int max) {
    return new Builder<>(min, max);
  }

  /** The name given to the builder, or the generated one. */
  public String name() {
    return buffer.name();
  }

  // ------------------------------------------------------------------ inserting

  /** As {@link BoundedBuffer#put}, at the greatest capacity. */
  @Override
  public void put(E item) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    if (!insertWithoutWait(item)) {
      buffer.put(item);
      elasticity.inserted();
    }
  }

  /** As {@link BoundedBuffer#offer(Object)}, at the greatest capacity. */
  @Override
  public boolean offer(E item) {
    return insertWithoutWait(item) || buffer.offer(item);
  }

  /** As {@link BoundedBuffer#offer(Object, long, TimeUnit)}, at the greatest capacity. */
  @Override
  public boolean offer(E item, long timeout, TimeUnit unit) throws InterruptedException {
    return offer(item, BoundedBuffer.deadline(timeout, unit));
  }

  /** As {@link BoundedBuffer#offer(Object, Deadline)}, at the greatest capacity. */
  public boolean offer(E item, Deadline deadline) throws InterruptedException {
    Objects.requireNonNull(deadline, "deadline");
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    return insertWithoutWait(item) || buffer.offer(item, deadline);
  }

  /** As {@link BoundedBuffer#add}, at the greatest capacity. */
  @Override
  public boolean add(E item) {
    return insertWithoutWait(item) || buffer.add(item);
  }

  /** Inserts, and grows if need be; false at the greatest capacity. */
  private boolean insertWithoutWait(E item) {
    Objects.requireNonNull(item, "item");
    Put put = store.offer(item, 1);
    while (put == Put.FULL && elasticity.growBecauseFull()) {
      put = store.offer(item, 1);
    }
    if (put == Put.CLOSED) {
      throw BufferClosedException.refused(name(), store.cause());
    }
    if (put == Put.FULL) {
      return false;
    }
    elasticity.inserted();
    return true;
  }

  // ------------------------------------------------------------------ taking

  /** As {@link BoundedBuffer#take}. */
  @Override
  public E take() throws InterruptedException {
    E item = buffer.take();
    elasticity.removed();
    return item;
  }

  /** As {@link BoundedBuffer#takeOrNull}. */
  public @Nullable E takeOrNull() throws InterruptedException {
    return taken(buffer.takeOrNull());
  }

  /** As {@link BoundedBuffer#poll()}. */
  @Override
  public @Nullable E poll() {
    return taken(buffer.poll());
  }

  /** As {@link BoundedBuffer#poll(long, TimeUnit)}. */
  @Override
  public @Nullable E poll(long timeout, TimeUnit unit) throws InterruptedException {
    return taken(buffer.poll(timeout, unit));
  }

  /** As {@link BoundedBuffer#poll(Deadline)}. */
  public @Nullable E poll(Deadline deadline) throws InterruptedException {
    return taken(buffer.poll(deadline));
  }

  private @Nullable E taken(@Nullable E item) {
    elasticity.removed();
    return item;
  }

  /** As {@link BoundedBuffer#takeBatch(int, Deadline)}. */
  public List<E> takeBatch(int max, Deadline deadline) throws InterruptedException {
    return takeBatch(1, max, deadline);
  }

  /** As {@link BoundedBuffer#takeBatch(int, int, Deadline)}. */
  public List<E> takeBatch(int min, int max, Deadline deadline) throws InterruptedException {
    List<E> batch = buffer.takeBatch(min, max, deadline);
    elasticity.removed();
    return batch;
  }

  /** As {@link BoundedBuffer#drainTo(Collection)}. */
  @Override
  public int drainTo(Collection<? super E> into) {
    return drainTo(into, Integer.MAX_VALUE);
  }

  /** As {@link BoundedBuffer#drainTo(Collection, int)}. */
  @Override
  @SuppressWarnings("ReferenceEquality") // itself, not one that is equal
  public int drainTo(Collection<? super E> into, int max) {
    if (into == this) {
      throw new IllegalArgumentException(name() + " cannot be drained to itself");
    }
    int count = buffer.drainTo(into, max);
    elasticity.removed();
    return count;
  }

  /** As {@link BoundedBuffer#lease()}. */
  public Lease<E> lease() throws InterruptedException {
    Lease<E> lease = buffer.lease();
    elasticity.removed();
    return lease;
  }

  /** As {@link BoundedBuffer#lease(Deadline)}. */
  public @Nullable Lease<E> lease(Deadline deadline) throws InterruptedException {
    Lease<E> lease = buffer.lease(deadline);
    elasticity.removed();
    return lease;
  }

  /** As {@link BoundedBuffer#leaseOrNull}. */
  public @Nullable Lease<E> leaseOrNull() throws InterruptedException {
    Lease<E> lease = buffer.leaseOrNull();
    elasticity.removed();
    return lease;
  }

  /** As {@link BoundedBuffer#awaitIdle}. */
  public boolean awaitIdle(Deadline deadline) throws InterruptedException {
    return buffer.awaitIdle(deadline);
  }

  // ------------------------------------------------------------------ capacity

  /** How many items it may hold, now. */
  public int capacity() {
    return buffer.capacity();
  }

  /**
   * Changes the capacity now if it is time to: see the class. For a buffer that is not used.
   *
   * @return whether it has changed
   */
  public boolean adjust() {
    return elasticity.adjust();
  }

  /** The last changes, the oldest first, up to 64. */
  public List<Resize> resizes() {
    return elasticity.resizes();
  }

  /** What the buffer has done and is doing. */
  public Stats stats() {
    return elasticity.stats();
  }

  // ------------------------------------------------------------------ close

  /** As {@link BoundedBuffer#close()}. */
  @Override
  public void close() {
    buffer.close();
  }

  /** As {@link BoundedBuffer#close(Throwable)}. */
  public void close(Throwable cause) {
    buffer.close(cause);
  }

  /** As {@link BoundedBuffer#closeNow()}. */
  public List<E> closeNow() {
    return buffer.closeNow();
  }

  /** Whether it is closed. Once true it stays true. */
  public boolean isClosed() {
    return buffer.isClosed();
  }

  // ------------------------------------------------------------------ what is inside

  @Override
  public int size() {
    return buffer.size();
  }

  /** How many more items it holds before somebody waits: to the greatest capacity. */
  @Override
  public int remainingCapacity() {
    return Math.max(0, elasticity.max() - buffer.size());
  }

  @Override
  public @Nullable E peek() {
    return buffer.peek();
  }

  @Override
  public boolean contains(@Nullable Object object) {
    return buffer.contains(object);
  }

  @Override
  public boolean remove(@Nullable Object object) {
    boolean changed = buffer.remove(object);
    elasticity.removed();
    return changed;
  }

  @Override
  public boolean removeIf(Predicate<? super E> filter) {
    boolean changed = buffer.removeIf(filter);
    elasticity.removed();
    return changed;
  }

  @Override
  public boolean removeAll(Collection<?> others) {
    boolean changed = buffer.removeAll(others);
    elasticity.removed();
    return changed;
  }

  @Override
  public boolean retainAll(Collection<?> others) {
    boolean changed = buffer.retainAll(others);
    elasticity.removed();
    return changed;
  }

  @Override
  public void clear() {
    buffer.clear();
    elasticity.removed();
  }

  @Override
  public Iterator<E> iterator() {
    return buffer.iterator();
  }

  @Override
  public Spliterator<E> spliterator() {
    return buffer.spliterator();
  }

  @Override
  public void forEach(Consumer<? super E> action) {
    buffer.forEach(action);
  }

  @Override
  public Object[] toArray() {
    return buffer.toArray();
  }

  @Override
  public <T> T[] toArray(T[] array) {
    return buffer.toArray(array);
  }

  /** For messages: as that of a {@link BoundedBuffer}, with the bounds. */
  @Override
  public String toString() {
    return "Elastic, " + elasticity.min() + " to " + elasticity.max() + ": " + buffer;
  }
}
