// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.ipc.channel.SharedService.Bytes;
import dev.interleave.ipc.channel.SharedService.Element;
import dev.interleave.ipc.channel.SharedService.Op;
import dev.interleave.ipc.channel.SharedService.Step;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * What one run of a function of {@link SharedObjects#atomically} reads and wants done. Each element
 * is read once, by a call; what this has changed is read as it will be. Changes are only noted, and
 * sent all together when the function has returned.
 *
 * <p>For the thread of the function alone, and until that returns: later calls throw {@link
 * IllegalStateException}. Objects of another {@link SharedObjects} are refused with {@link
 * IllegalArgumentException}.
 */
public final class SharedTransaction {
  private record Place(String object, Bytes key) {}

  private final SharedObjects objects;
  private final Map<Place, Element> read = new LinkedHashMap<>();
  private final Map<Place, Element> changed = new LinkedHashMap<>();
  private final List<Step> steps = new ArrayList<>();
  private boolean ended;

  SharedTransaction(SharedObjects objects) {
    this.objects = objects;
  }

  // ------------------------------------------------------------------ maps

  /** The value of a key; null if there is none. */
  public <K, V> @Nullable V get(SharedMap<K, V> map, K key) {
    check(map.objects);
    return map.value(element(map.name, map.bytes(key)));
  }

  /**
   * The value of a key.
   *
   * @throws NoSuchElementException if there is none
   */
  public <K, V> V require(SharedMap<K, V> map, K key) {
    V value = get(map, key);
    if (value == null) {
      throw new NoSuchElementException(map.name + " has no " + key);
    }
    return value;
  }

  /** Sets the value of a key. */
  public <K, V> void put(SharedMap<K, V> map, K key, V value) {
    check(map.objects);
    put(map.name, map.bytes(key), map.encoded(value));
  }

  /** Removes a key. */
  public <K, V> void remove(SharedMap<K, V> map, K key) {
    check(map.objects);
    Bytes bytes = map.bytes(key);
    change(new Step(Op.REMOVE, map.name, bytes, 0, null), Element.ABSENT);
  }

  // ------------------------------------------------------------------ values, counters, lists

  /** What the value is; null if it is not set. */
  public <T> @Nullable T get(SharedValue<T> value) {
    check(value.objects);
    return value.value(element(value.name, Bytes.NONE));
  }

  /** Sets a value. */
  public <T> void set(SharedValue<T> value, T to) {
    check(value.objects);
    put(value.name, Bytes.NONE, value.encoded(to));
  }

  /** Where the counter stands. Whoever only adds need not know, and has no conflicts then. */
  public long get(SharedCounter counter) {
    check(counter.objects);
    long sum = 0;
    for (Step step : steps) {
      if (step.op() == Op.ADD && step.object().equals(counter.name)) {
        sum = Math.addExact(sum, step.number());
      }
    }
    return Math.addExact(fromHost(counter.name, Bytes.NONE).number(), sum);
  }

  /** Adds to a counter. */
  public void add(SharedCounter counter, long number) {
    check(counter.objects);
    steps.add(new Step(Op.ADD, counter.name, Bytes.NONE, number, null));
  }

  /** Adds an element at the end of a list. */
  public <E> void add(SharedList<E> list, E element) {
    check(list.objects);
    steps.add(new Step(Op.APPEND, list.name, Bytes.NONE, 0, new Bytes(list.encoded(element))));
  }

  // ------------------------------------------------------------------ the end

  void end() {
    ended = true;
  }

  /** Has it done; false if something that was read has changed. */
  boolean isDone() {
    if (read.isEmpty() && steps.isEmpty()) {
      return true;
    }
    List<Step> all = new ArrayList<>();
    read.forEach((place, element) ->
        all.add(new Step(Op.CHECK, place.object, place.key, element.version(), null)));
    all.addAll(steps);
    return objects.apply(all).done();
  }

  private void check(SharedObjects of) {
    if (ended) {
      throw new IllegalStateException("the transaction has ended");
    }
    if (of != objects) {
      throw new IllegalArgumentException("an object of " + of + " in a transaction of " + objects);
    }
  }

  private Element element(String object, Bytes key) {
    Element mine = changed.get(new Place(object, key));
    return mine != null ? mine : fromHost(object, key);
  }

  private Element fromHost(String object, Bytes key) {
    Place place = new Place(object, key);
    Element element = read.get(place);
    if (element == null) {
      element = objects.read(object, key);
      read.put(place, element);
    }
    return element;
  }

  private void put(String object, Bytes key, byte[] value) {
    Bytes bytes = new Bytes(value);
    change(new Step(Op.PUT, object, key, 0, bytes), new Element(0, 0, bytes));
  }

  private void change(Step step, Element will) {
    steps.add(step);
    changed.put(new Place(step.object(), step.key()), will);
  }
}
