// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import dev.interleave.Deadline;
import dev.interleave.buffer.Store.Put;
import java.time.Duration;
import java.util.AbstractQueue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Spliterator;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A bounded {@link BlockingQueue} that can be closed and tells what happens in it: first in first
 * out, last in first out, or by priority.
 *
 * <pre>{@code
 * BoundedBuffer<Order> orders = BoundedBuffer.<Order>builder(1_000).name("orders").build();
 *
 * // producers                          // consumers
 * orders.put(order);                    Order order;
 * …                                     while ((order = orders.takeOrNull()) != null) {
 * orders.close();                         handle(order);
 *                                       }
 * }</pre>
 *
 * <h2>Order</h2>
 *
 * <p>{@link Order#FIFO} is the default. {@link Order#LIFO} gives the newest item first. {@link
 * Order#priority} gives the least item first, and among equal ones that which came first: payloads
 * are never compared. All of them are bounded.
 *
 * <h2>Full</h2>
 *
 * <p>The buffer is full if it holds as many items as its capacity says, exactly that many, or if
 * the item would make what is inside weigh more than {@link Builder#weigher maxWeight}. {@link
 * Overflow} says what is done then. An item that alone weighs more than {@code maxWeight} would
 * never get in; it is refused with an {@link IllegalArgumentException} at once, whatever is inside.
 *
 * <h2>Close</h2>
 *
 * <p>{@link #close()} is linearizable: each insertion takes effect before it, and its item comes
 * out, or after it, and throws. There is no item accepted after the close, and none accepted and
 * then lost. After it
 *
 * <ul>
 *   <li>{@code put}, {@code offer} in all forms, {@code add} and {@code addAll} throw {@link
 *       BufferClosedException};
 *   <li>{@code take}, {@code poll} with a time, {@code takeBatch} and {@code lease} return what is
 *       left, and throw it when nothing is; {@link #takeOrNull} and {@link #leaseOrNull} return
 *       null then;
 *   <li>{@code poll}, {@code peek}, {@code drainTo} and all other methods find what is left, and
 *       then nothing;
 *   <li>everybody who waited has been woken, to the same outcome. {@link #awaitIdle} goes on
 *       waiting, for what is left to be done.
 * </ul>
 *
 * <p>{@link #close(Throwable)} gives the exceptions a cause. {@link #closeNow()} also takes out
 * what is inside: each item is either returned by it or has been taken by somebody. Of several
 * closes, the first counts.
 *
 * <h2>Work that is done</h2>
 *
 * <p>An item taken with {@link #lease()} counts as unfinished until the lease is closed; one taken
 * in any other way is done at once. {@link #awaitIdle} waits for all to be done, so that it is no
 * end as long as those who work put more in.
 *
 * <h2>Who goes first</h2>
 *
 * <p>If the buffer is {@linkplain Builder#fair fair}, who may wait is served in the order of
 * arrival; if it has a weigher, then at least those who insert are. Otherwise a thread that arrives
 * overtakes those who wait if it can; those who wait are woken in the order of their arrival.
 * {@code offer} and {@code poll} without a time overtake always, and fail only if the buffer was
 * full, or empty, at one moment during the call. A timed form fails only if it was so when the time
 * was up.
 *
 * <h2>The rest of the contract</h2>
 *
 * <p><b>Iterators</b>, streams, {@code toArray}, {@code toString} and {@code forEach} show what was
 * inside at one moment, in the order in which it would come out. {@link Iterator#remove} removes
 * the item shown last if it is inside still. {@code remove(Object)}, {@code removeIf} and their
 * kind remove items anywhere and make room for others; a predicate is asked while nobody waits for
 * it, so about items that may be gone then. In a ring this takes time in proportion to the items
 * before the one removed, for which consumers wait.
 *
 * <p><b>Memory effects</b>: what a thread does before it inserts an item happens before what
 * another one does that has taken, or seen, that item; what a thread does before it makes room
 * happens before the insertion into that room.
 *
 * <p><b>Progress</b>: with FIFO order, up to a million (2<sup>20</sup>) items, and neither a
 * weigher nor fairness nor a capacity that can change, items are kept in a ring in which threads do
 * not wait for a lock; a thread that stands still in the midst of an insertion, though, lets those
 * wait who want that item or one behind it ({@code poll} too: it does not say "empty" when it is
 * not), and one in the midst of a removal those who want its room. They spin for a short time only,
 * and then park. All else is under one lock, held for some steps without calling anybody, except
 * for a comparator.
 *
 * <p><b>Interrupts</b>: methods that may wait throw {@link InterruptedException} if the thread is
 * interrupted, before or during the call, and also if they would not have had to wait; nothing has
 * been inserted or taken then. (For {@code takeBatch} see there.)
 *
 * <p>Thread-safe, for platform and virtual threads. {@code null} is refused. How the ring works is
 * told in {@code RingStore}, which also names its sources; the rest in {@code LockedStore}.
 *
 * <p>This class may be lifted out; {@code docs/lift-out.md} lists the files that must come along.
 *
 * @param <E> the items
 */
public final class BoundedBuffer<E> extends AbstractQueue<E>
    implements BlockingQueue<E>, AutoCloseable {
  private static final AtomicLong COUNT = new AtomicLong();

  /** How many items the text of a buffer shows. */
  private static final int SHOWN = 100;

  private final String name;
  private final Order<? super E> order;
  private final Overflow overflow;
  private final @Nullable Consumer<? super E> onDropped;
  private final @Nullable ToLongFunction<? super E> weigher;
  private final long maxWeight;
  private final Meter meter;
  private final Store<E> store;

  /** What to do with an item for which there is no room. */
  public enum Overflow {
    /**
     * The default, and what {@link BlockingQueue} says: {@code put} and {@code offer} with a time
     * wait, {@code offer} returns false, {@code add} throws {@link IllegalStateException}.
     */
    BLOCK,

    /**
     * Nobody waits: {@code put} and {@code add} throw {@link IllegalStateException}, {@code offer}
     * returns false at once, also if it was given a time.
     */
    REJECT,

    /**
     * The item that has been inside longest, in every order, makes room for the new one, as many of
     * them as it takes; so no insertion fails or waits. They go to {@code onDropped} when the new
     * one is inside. They leave only at a moment when there is no room.
     */
    DROP_OLDEST,

    /**
     * The new item goes to {@code onDropped}. {@code put} returns as if it had gone in; {@code
     * offer} returns false at once, also if it was given a time, and {@code add} throws {@link
     * IllegalStateException}, as their contracts want it.
     */
    DROP_NEWEST
  }

  /**
   * The order in which items come out.
   *
   * @param <T> what it can order
   */
  public static final class Order<T> {
    /** First in, first out. */
    public static final Order<Object> FIFO = new Order<>("FIFO", false, null);

    /** Last in, first out. */
    public static final Order<Object> LIFO = new Order<>("LIFO", true, null);

    private final String text;
    private final boolean lifo;
    private final @Nullable Comparator<? super T> comparator;

    private Order(String text, boolean lifo, @Nullable Comparator<? super T> comparator) {
      this.text = text;
      this.lifo = lifo;
      this.comparator = comparator;
    }

    /**
     * The least first; of equal ones that which came first.
     *
     * @param comparator is called while other threads wait: it should do nothing but compare. If it
     *     throws, so does the method that inserts or takes, and nothing has changed.
     * @throws NullPointerException if {@code comparator} is null
     */
    public static <T> Order<T> priority(Comparator<? super T> comparator) {
      return new Order<>("priority", false, Objects.requireNonNull(comparator, "comparator"));
    }

    boolean isLifo() {
      return lifo;
    }

    @Nullable Comparator<? super T> comparator() {
      return comparator;
    }

    /** {@code FIFO}, {@code LIFO} or {@code priority}. */
    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * Builds buffers. Not thread-safe.
   *
   * @param <E> the items
   */
  public static final class Builder<E> {
    private final int capacity;
    private @Nullable String name;
    private boolean named;
    private Order<? super E> order = Order.FIFO;
    private Overflow overflow = Overflow.BLOCK;
    private @Nullable Consumer<? super E> onDropped;
    private boolean listened;
    private @Nullable ToLongFunction<? super E> weigher;
    private long maxWeight = Long.MAX_VALUE;
    private boolean weighted;
    private boolean fair;
    private boolean resizable;

    private Builder(int capacity) {
      this.capacity = capacity;
    }

    /**
     * The name in errors, reports and events; by default {@code buffer-} and a number. Neither null
     * nor blank.
     */
    public Builder<E> name(String name) {
      this.name = name;
      named = true;
      return this;
    }

    /** The order in which items come out; by default {@link Order#FIFO}. Not null. */
    public Builder<E> order(Order<? super E> order) {
      this.order = order;
      return this;
    }

    /** What to do when there is no room; by default {@link Overflow#BLOCK}. Not null. */
    public Builder<E> overflow(Overflow overflow) {
      this.overflow = overflow;
      onDropped = null;
      listened = false;
      return this;
    }

    /**
     * What to do when there is no room, and whom to tell of each item dropped.
     *
     * @param overflow {@link Overflow#DROP_OLDEST} or {@link Overflow#DROP_NEWEST}: the others drop
     *     nothing
     * @param onDropped called by the thread that inserts, while it holds nothing, once for each
     *     item dropped and after its insertion has taken effect; what it throws reaches that
     *     thread. Not null.
     */
    public Builder<E> overflow(Overflow overflow, Consumer<? super E> onDropped) {
      this.overflow = overflow;
      this.onDropped = onDropped;
      listened = true;
      return this;
    }

    /**
     * Bounds the weight of what is inside, besides the number of items.
     *
     * @param weigher the weight of an item, not negative; asked once for each insertion, by the
     *     thread that inserts, while it holds nothing. Not null.
     * @param maxWeight what they may weigh together, at least 1
     */
    public Builder<E> weigher(ToLongFunction<? super E> weigher, long maxWeight) {
      this.weigher = weigher;
      this.maxWeight = maxWeight;
      weighted = true;
      return this;
    }

    /**
     * Whether those who may wait are served in the order of their arrival; by default they are not.
     * It costs a change of threads for most items.
     */
    public Builder<E> fair(boolean fair) {
      this.fair = fair;
      return this;
    }

    /**
     * Whether {@link BoundedBuffer#resize} is possible; by default only where it costs nothing:
     * with LIFO order, priorities, a weigher, or fairness. A FIFO buffer without these keeps its
     * items in a ring of fixed size, which is faster; with {@code resizable(true)} it does not.
     */
    public Builder<E> resizable(boolean resizable) {
      this.resizable = resizable;
      return this;
    }

    /**
     * The buffer. A builder may build several.
     *
     * @throws IllegalArgumentException if arguments are wrong; the message names all of them
     */
    public BoundedBuffer<E> build() {
      List<String> wrong = new ArrayList<>();
      if (capacity < 1) {
        wrong.add("capacity is less than 1: " + capacity);
      }
      if (named && (name == null || name.isBlank())) {
        wrong.add(name == null ? "name is null" : "name is blank: \"" + name + '"');
      }
      if (order == null) {
        wrong.add("order is null");
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
      if (weighted && weigher == null) {
        wrong.add("weigher is null");
      }
      if (maxWeight < 1) {
        wrong.add("maxWeight is less than 1: " + maxWeight);
      }
      if (!wrong.isEmpty()) {
        throw new IllegalArgumentException(String.join("; ", wrong));
      }
      return new BoundedBuffer<>(this);
    }

    private boolean needsLock() {
      return order != Order.FIFO
          || weigher != null
          || fair
          || resizable
          || capacity > RingStore.MAX_CAPACITY;
    }
  }

  /**
   * A FIFO buffer with a generated name that lets those wait for whom there is no room.
   *
   * @param capacity how many items it may hold
   * @throws IllegalArgumentException if {@code capacity} is less than 1
   */
  public BoundedBuffer(int capacity) {
    this(checked(new Builder<E>(capacity)));
  }

  private static <E> Builder<E> checked(Builder<E> builder) {
    if (builder.capacity < 1) {
      throw new IllegalArgumentException("capacity is less than 1: " + builder.capacity);
    }
    return builder;
  }

  private BoundedBuffer(Builder<E> builder) {
    String given = builder.name;
    name = given != null ? given : "buffer-" + COUNT.incrementAndGet();
    order = builder.order;
    overflow = builder.overflow;
    onDropped = builder.onDropped;
    weigher = builder.weigher;
    maxWeight = builder.maxWeight;
    meter = new Meter(name);
    store =
        builder.needsLock()
            ? new LockedStore<>(
                meter, builder.capacity, maxWeight, order, builder.fair, weigher != null)
            : new RingStore<>(meter, builder.capacity);
  }

  /**
   * A builder.
   *
   * @param capacity how many items the buffer may hold, at least 1
   */
  public static <E> Builder<E> builder(int capacity) {
    return new Builder<>(capacity);
  }

  /** The name given to the builder, or the generated one. */
  public String name() {
    return name;
  }

  Store<E> store() {
    return store;
  }

  // ------------------------------------------------------------------ inserting

  /**
   * Inserts an item, and waits for room if {@link Overflow} does not say otherwise.
   *
   * @throws BufferClosedException if the buffer is closed, before or during the wait
   * @throws IllegalStateException if it is full, with {@link Overflow#REJECT}
   * @throws IllegalArgumentException if the item is heavier than the maximum, or has a negative
   *     weight
   */
  @Override
  public void put(E item) throws InterruptedException {
    Objects.requireNonNull(item, "item");
    long weight = weigh(item);
    if (overflow == Overflow.BLOCK) {
      if (store.put(item, weight, Deadline.none()) == Put.CLOSED) {
        throw refused();
      }
      return;
    }
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    if (!insert(item, weight) && overflow == Overflow.REJECT) {
      throw full(item);
    }
  }

  /**
   * Inserts an item if there is room.
   *
   * @return false if there was none; then the item is not inside
   * @throws BufferClosedException if the buffer is closed
   * @throws IllegalArgumentException as for {@link #put}
   */
  @Override
  public boolean offer(E item) {
    Objects.requireNonNull(item, "item");
    return insert(item, weigh(item));
  }

  /**
   * Inserts an item, and waits for room up to the given time.
   *
   * @return false if there was none until then; then the item is not inside
   * @throws BufferClosedException if the buffer is closed, before or during the wait
   * @throws IllegalArgumentException as for {@link #put}
   */
  @Override
  public boolean offer(E item, long timeout, TimeUnit unit) throws InterruptedException {
    return offer(item, deadline(timeout, unit));
  }

  /** As {@link #offer(Object, long, TimeUnit)}. */
  public boolean offer(E item, Deadline deadline) throws InterruptedException {
    Objects.requireNonNull(item, "item");
    Objects.requireNonNull(deadline, "deadline");
    long weight = weigh(item);
    if (overflow == Overflow.BLOCK) {
      Put put = store.put(item, weight, deadline);
      if (put == Put.FULL) {
        countRejected();
      }
      return isAccepted(put);
    }
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    return insert(item, weight);
  }

  /**
   * Inserts an item if there is room.
   *
   * @return true
   * @throws IllegalStateException if there is none
   * @throws BufferClosedException if the buffer is closed
   * @throws IllegalArgumentException as for {@link #put}
   */
  @Override
  public boolean add(E item) {
    if (!offer(item)) {
      throw full(item);
    }
    return true;
  }

  /** Inserts without a wait. Tells whether the item is inside. */
  private boolean insert(E item, long weight) {
    if (overflow == Overflow.DROP_OLDEST) {
      return force(item, weight);
    }
    Put put = store.offer(item, weight);
    if (put == Put.FULL) {
      if (overflow == Overflow.DROP_NEWEST) {
        drop(item);
      } else {
        countRejected();
      }
    }
    return isAccepted(put);
  }

  private boolean force(E item, long weight) {
    Put put = store.offer(item, weight);
    if (put == Put.FULL) {
      List<E> evicted = new ArrayList<>(1);
      try {
        put = store.force(item, weight, evicted);
      } finally { // also if a comparator throws when some have gone
        dropAll(evicted);
      }
    }
    return isAccepted(put);
  }

  private boolean isAccepted(Put put) {
    if (put == Put.CLOSED) {
      throw refused();
    }
    return put == Put.ACCEPTED;
  }

  private void drop(E item) {
    meter.dropped.increment();
    BufferLossEvent.commit(name, "dropped", store.capacity());
    if (onDropped != null) {
      onDropped.accept(item);
    }
  }

  /** Tells of each, whatever happens with the others. */
  private void dropAll(List<E> items) {
    Throwable failure = null;
    for (E item : items) {
      try {
        drop(item);
      } catch (RuntimeException | Error e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
  }

  private void countRejected() {
    meter.rejected.increment();
    BufferLossEvent.commit(name, "rejected", store.capacity());
  }

  private long weigh(E item) {
    return weigher == null ? 1 : checkedWeight(item, weigher.applyAsLong(item));
  }

  private long checkedWeight(E item, long weight) {
    if (weight < 0 || weight > maxWeight) {
      throw new IllegalArgumentException(
          "weight is "
              + (weight < 0 ? "negative" : "more than maxWeight " + maxWeight + " of " + name)
              + ": "
              + weight
              + ", of "
              + item);
    }
    return weight;
  }

  private IllegalStateException full(E item) {
    return new IllegalStateException(
        name + " is full, capacity " + store.capacity() + ": it refuses " + item);
  }

  private BufferClosedException refused() {
    return BufferClosedException.refused(name, store.cause());
  }

  private BufferClosedException drained() {
    return BufferClosedException.drained(name, store.cause());
  }

  // ------------------------------------------------------------------ taking

  /**
   * Takes the head, and waits for one.
   *
   * @throws BufferClosedException if the buffer is closed and drained, before or during the wait
   */
  @Override
  public E take() throws InterruptedException {
    E item = store.take(false, Deadline.none());
    if (item == null) {
      throw drained();
    }
    return item;
  }

  /**
   * Takes the head, and waits for one: the way to take all there will ever be.
   *
   * @return the item; null only if the buffer is closed and drained
   */
  public @Nullable E takeOrNull() throws InterruptedException {
    return store.take(false, Deadline.none());
  }

  /** Takes the head; null if there is none, whether the buffer is closed or not. */
  @Override
  public @Nullable E poll() {
    return store.poll(false);
  }

  /**
   * Takes the head, and waits for one up to the given time.
   *
   * @return null if there was none until then
   * @throws BufferClosedException if the buffer is closed and drained, before or during the wait
   */
  @Override
  public @Nullable E poll(long timeout, TimeUnit unit) throws InterruptedException {
    return poll(deadline(timeout, unit));
  }

  /** As {@link #poll(long, TimeUnit)}. */
  public @Nullable E poll(Deadline deadline) throws InterruptedException {
    Objects.requireNonNull(deadline, "deadline");
    E item = store.take(false, deadline);
    if (item == null && store.isDrained()) {
      throw drained();
    }
    return item;
  }

  /**
   * Takes what is there, at least one item, for which it waits: {@link #takeBatch(int, int,
   * Deadline) takeBatch(1, max, deadline)}.
   */
  public List<E> takeBatch(int max, Deadline deadline) throws InterruptedException {
    return takeBatch(1, max, deadline);
  }

  /**
   * Takes many items at once, which costs less than to take them one by one: up to {@code max} of
   * those that are there, and waits until it has {@code min}. The deadline is one for the whole
   * batch; each item that comes does not prolong it.
   *
   * @return the items in order, modifiable; fewer than {@code min}, and maybe none, if the time was
   *     up, the buffer was closed, or the thread was interrupted before there were more. An
   *     interrupt that comes when there are some already leaves the interrupt status set.
   * @throws BufferClosedException if the buffer is closed and there is nothing, nor will be
   * @throws InterruptedException if the thread is interrupted and nothing has been taken
   * @throws IllegalArgumentException if {@code min} is less than 1 or more than {@code max}
   */
  public List<E> takeBatch(int min, int max, Deadline deadline) throws InterruptedException {
    Objects.requireNonNull(deadline, "deadline");
    if (min < 1 || min > max) {
      throw new IllegalArgumentException(
          min < 1 ? "min is less than 1: " + min : "min is more than max: " + min + ", " + max);
    }
    List<E> batch = new ArrayList<>(Math.min(max, 16));
    while (true) {
      try {
        E first = store.take(false, deadline);
        if (first == null) {
          if (batch.isEmpty() && store.isDrained()) {
            throw drained();
          }
          return batch;
        }
        batch.add(first);
      } catch (InterruptedException e) {
        if (batch.isEmpty()) {
          throw e;
        }
        Thread.currentThread().interrupt();
        return batch;
      }
      store.drain(batch, max - batch.size());
      if (batch.size() >= min) {
        return batch;
      }
    }
  }

  /**
   * Takes what is inside into a collection, in order, and no more than was inside at one moment. If
   * the collection throws, the item it refused is in neither; those behind it are still here.
   *
   * @throws IllegalArgumentException if {@code into} is this buffer
   */
  @Override
  public int drainTo(Collection<? super E> into) {
    return drainTo(into, Integer.MAX_VALUE);
  }

  /** As {@link #drainTo(Collection)}, but at most so many. */
  @Override
  @SuppressWarnings("ReferenceEquality") // itself, not one that is equal
  public int drainTo(Collection<? super E> into, int max) {
    Objects.requireNonNull(into, "into");
    if (into == this) {
      throw new IllegalArgumentException(name + " cannot be drained to itself");
    }
    if (max <= 0) {
      return 0;
    }
    if (into.getClass() == ArrayList.class) { // which refuses nothing
      @SuppressWarnings("unchecked")
      List<? super E> list = (List<? super E>) into;
      return store.drain(list, max);
    }
    int count = Math.min(max, store.size());
    for (int i = 0; i < count; i++) {
      E item = store.poll(false);
      if (item == null) {
        return i;
      }
      into.add(item);
    }
    return count;
  }

  static Deadline deadline(long timeout, TimeUnit unit) {
    return Deadline.after(Duration.ofNanos(unit.toNanos(timeout)));
  }

  // ------------------------------------------------------------------ leases

  /**
   * Takes the head, and waits for one, as work to be done: {@link #awaitIdle} waits for the lease
   * to be closed.
   *
   * @throws BufferClosedException if the buffer is closed and drained, before or during the wait
   */
  public Lease<E> lease() throws InterruptedException {
    Lease<E> lease = leaseOrNull();
    if (lease == null) {
      throw drained();
    }
    return lease;
  }

  /** As {@link #lease()}; null only if the buffer is closed and drained. */
  public @Nullable Lease<E> leaseOrNull() throws InterruptedException {
    return leased(store.take(true, Deadline.none()));
  }

  /**
   * As {@link #lease()}, but waits until the deadline.
   *
   * @return null if there was nothing until then
   * @throws BufferClosedException if the buffer is closed and drained, before or during the wait
   */
  public @Nullable Lease<E> lease(Deadline deadline) throws InterruptedException {
    Objects.requireNonNull(deadline, "deadline");
    E item = store.take(true, deadline);
    if (item == null && store.isDrained()) {
      throw drained();
    }
    return leased(item);
  }

  private @Nullable Lease<E> leased(@Nullable E item) {
    return item == null ? null : new Lease<>(item, store);
  }

  /**
   * Waits until all is done: until there has been a moment during the call at which nothing was
   * inside and no lease was open. That is the linearization point. A buffer that is not closed may
   * have got more since.
   *
   * @return false if the time was up before
   */
  public boolean awaitIdle(Deadline deadline) throws InterruptedException {
    Objects.requireNonNull(deadline, "deadline");
    return store.awaitIdle(deadline);
  }

  // ------------------------------------------------------------------ close

  /** Lets nothing in any more; what is inside comes out. Never waits. Later closes do nothing. */
  @Override
  public void close() {
    store.close(null);
  }

  /**
   * As {@link #close()}; and whoever meets a {@link BufferClosedException} learns why.
   *
   * @param cause of those exceptions, unless the buffer was closed before
   */
  public void close(Throwable cause) {
    store.close(Objects.requireNonNull(cause, "cause"));
  }

  /**
   * As {@link #close()}, and takes out what is inside.
   *
   * @return what nobody else has taken or will take, in order; modifiable
   */
  public List<E> closeNow() {
    store.close(null);
    List<E> left = new ArrayList<>();
    store.drain(left, Integer.MAX_VALUE);
    return left;
  }

  /** Whether it is closed. Once true it stays true. */
  public boolean isClosed() {
    return store.isClosed();
  }

  // ------------------------------------------------------------------ what is inside

  /** How many items are inside, at one moment during the call. */
  @Override
  public int size() {
    return store.size();
  }

  /** How many more items there is room for, whatever they weigh; 0 if there is none. */
  @Override
  public int remainingCapacity() {
    return store.room();
  }

  /** How many items it may hold. */
  public int capacity() {
    return store.capacity();
  }

  /**
   * Sets another capacity. If more items than that are inside, none of them is lost; it is full
   * until enough of them have been taken.
   *
   * @throws IllegalArgumentException if {@code capacity} is less than 1
   * @throws UnsupportedOperationException if the items are in a ring: see {@link Builder#resizable}
   */
  public void resize(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity is less than 1: " + capacity);
    }
    store.resize(capacity);
  }

  @Override
  public @Nullable E peek() {
    return store.peek();
  }

  @Override
  public boolean contains(@Nullable Object object) {
    return object != null
        && store.entries().stream().anyMatch(entry -> object.equals(entry.item()));
  }

  @Override
  public boolean remove(@Nullable Object object) {
    return object != null && store.removeFirst(object::equals);
  }

  /** Removes all that the filter chooses and nobody else takes out while it is asked. */
  @Override
  public boolean removeIf(Predicate<? super E> filter) {
    return store.removeIf(Objects.requireNonNull(filter, "filter"));
  }

  @Override
  public boolean removeAll(Collection<?> others) {
    Objects.requireNonNull(others, "others");
    return store.removeIf(others::contains);
  }

  @Override
  public boolean retainAll(Collection<?> others) {
    Objects.requireNonNull(others, "others");
    return store.removeIf(item -> !others.contains(item));
  }

  /** Takes out what is inside at one moment, for nobody. */
  @Override
  public void clear() {
    store.drain(new ArrayList<>(), Integer.MAX_VALUE);
  }

  /**
   * Shows what was inside at the moment of this call. Its {@code remove} removes the item that it
   * showed, if it is inside still, and no other one, be it equal or the same object.
   *
   * <p>Weakly consistent; belongs to one thread. Of a ring, an iterator that is kept keeps a record
   * of all that is removed from the inside after it was made.
   */
  @Override
  public Iterator<E> iterator() {
    return new EntryIterator();
  }

  private final class EntryIterator implements Iterator<E> {
    private final Iterator<Store.Entry<E>> entries = store.entries().iterator();
    private Store.@Nullable Entry<E> last;

    @Override
    public boolean hasNext() {
      return entries.hasNext();
    }

    @Override
    public E next() {
      if (!entries.hasNext()) {
        throw new NoSuchElementException("no more items of " + name);
      }
      last = entries.next();
      return last.item();
    }

    @Override
    public void remove() {
      Store.Entry<E> shown = last;
      if (shown == null) {
        throw new IllegalStateException("nothing shown since the last removal, of " + name);
      }
      last = null;
      store.remove(shown);
    }
  }

  private List<E> snapshot() {
    List<Store.Entry<E>> entries = store.entries();
    List<E> items = new ArrayList<>(entries.size());
    entries.forEach(entry -> items.add(entry.item()));
    return items;
  }

  @Override
  public Spliterator<E> spliterator() {
    // Not the inherited one, whose size and items come from two moments.
    return snapshot().spliterator();
  }

  @Override
  public void forEach(Consumer<? super E> action) {
    snapshot().forEach(Objects.requireNonNull(action, "action"));
  }

  @Override
  public Object[] toArray() {
    return snapshot().toArray();
  }

  @Override
  public <T> T[] toArray(T[] array) {
    return snapshot().toArray(array);
  }

  /** What the buffer has done and is doing. */
  public BufferStats stats() {
    return store.stats();
  }

  /**
   * For messages: name, order, how full it is, whether it is closed, and what is inside, of many
   * items only the first.
   */
  @Override
  public String toString() {
    List<E> items = snapshot();
    StringBuilder out = new StringBuilder("BoundedBuffer[").append(name);
    out.append(", ").append(order).append(", ").append(items.size());
    out.append(" of ").append(store.capacity()).append(isClosed() ? ", closed]" : "]");
    int more = items.size() - SHOWN;
    return more <= 0
        ? out.append(items).toString()
        : out.append(items.subList(0, SHOWN))
            .append(" and ")
            .append(more)
            .append(" more")
            .toString();
  }
}
