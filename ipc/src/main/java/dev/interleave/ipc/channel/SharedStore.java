// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The objects of one host, behind one lock: it is held for the steps of one transaction at most,
 * which are bounded by a frame, and nobody waits for anything with it held. Linearization point of
 * every operation: any moment at which it holds the lock.
 */
final class SharedStore implements SharedService {
  /** About what an element costs beside its bytes; more than it costs in a message. */
  static final int OVERHEAD = 64;

  private static final int MAX_NAME = 256;

  final LongAdder reads = new LongAdder();
  final LongAdder applied = new LongAdder();
  final LongAdder conflicts = new LongAdder();
  final LongAdder full = new LongAdder();
  private final int maxObjects;
  private final long maxObjectBytes;
  private final long maxBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final TreeMap<String, Held> objects = new TreeMap<>();
  private long versions;
  private long bytes;

  SharedStore(int maxObjects, long maxObjectBytes, long maxBytes) {
    this.maxObjects = maxObjects;
    this.maxObjectBytes = maxObjectBytes;
    this.maxBytes = maxBytes;
  }

  /** An object: a list, or something with keys, of which values and counters have one. */
  private static final class Held {
    final String name;
    final Kind kind;
    final int keys;
    final int values;
    final Map<Bytes, Element> elements = new LinkedHashMap<>();
    final List<Bytes> list = new ArrayList<>();
    long version; // of a list
    long bytes;

    Held(String name, Kind kind, int keys, int values) {
      this.name = name;
      this.kind = kind;
      this.keys = keys;
      this.values = values;
    }

    int size() {
      return kind == Kind.LIST ? list.size() : elements.size();
    }

    Element element(Bytes key) {
      return kind == Kind.LIST
          ? new Element(version, list.size(), null)
          : elements.getOrDefault(key, Element.ABSENT);
    }

    @Override
    public String toString() {
      return kind + " " + name;
    }
  }

  private <T> T locked(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void open(String object, Kind kind, int keys, int values) {
    if (object.isBlank() || object.length() > MAX_NAME) {
      throw new IllegalArgumentException(
          "the name of an object has not 1 to " + MAX_NAME + " characters: " + object.length());
    }
    Held found =
        locked(() -> {
          Held there = objects.get(object);
          if (there == null) {
            charge(null, OVERHEAD + object.length());
            there = new Held(object, kind, keys, values);
            objects.put(object, there);
          }
          return there;
        });
    if (found.kind != kind) {
      throw new SharedObjectTypeException(object + " is a " + found.kind + ", no " + kind, null);
    }
    if (found.keys != keys || found.values != values) {
      throw new SharedObjectTypeException(found + " has keys or values of other types", null);
    }
  }

  @Override
  public Element read(String object, Bytes key) {
    reads.increment();
    return locked(() -> held(object).element(key));
  }

  @Override
  public List<Pair> content(String object) {
    reads.increment();
    return locked(() -> {
      Held held = held(object);
      List<Pair> pairs = new ArrayList<>(held.size());
      held.list.forEach(value -> pairs.add(new Pair(Bytes.NONE, value)));
      held.elements.forEach((key, element) -> {
        Bytes value = element.value();
        pairs.add(new Pair(key, value == null ? Bytes.NONE : value));
      });
      return pairs;
    });
  }

  @Override
  public int size(String object) {
    reads.increment();
    return locked(() -> held(object).size());
  }

  @Override
  public Map<String, Kind> names(String prefix) {
    reads.increment();
    return locked(() -> {
      Map<String, Kind> names = new TreeMap<>();
      for (Held held : objects.tailMap(prefix).values()) {
        if (!held.name.startsWith(prefix)) {
          break;
        }
        names.put(held.name, held.kind);
      }
      return names;
    });
  }

  int objects() {
    return locked(objects::size);
  }

  long bytes() {
    return locked(() -> bytes);
  }

  private Held held(String object) {
    Held held = objects.get(object);
    if (held == null) {
      throw new IllegalArgumentException("no object has the name " + object);
    }
    return held;
  }

  // ------------------------------------------------------------------ transactions

  @Override
  public Applied apply(List<Step> steps) {
    Applied result =
        locked(() -> {
          long version = versions + 1;
          List<Runnable> undo = new ArrayList<>();
          List<Element> elements = new ArrayList<>();
          boolean done = false;
          try {
            for (Step step : steps) {
              Held held = held(step.object());
              if (step.op() == Op.CHECK) {
                Element now = held.element(step.key());
                if (now.version() != step.number()) {
                  return new Applied(false, List.of(now));
                }
                elements.add(now);
              } else {
                elements.add(change(held, step, version, undo));
              }
            }
            versions = version;
            done = true;
            return new Applied(true, elements);
          } finally {
            if (!done) {
              for (int i = undo.size() - 1; i >= 0; i--) {
                undo.get(i).run();
              }
            }
          }
        });
    (result.done() ? applied : conflicts).increment();
    return result;
  }

  private Element change(Held held, Step step, long version, List<Runnable> undo) {
    return switch (step.op()) {
      case CHECK -> throw new AssertionError(step);
      case PUT -> {
        require(held, held.kind == Kind.VALUE ? Kind.VALUE : Kind.MAP);
        yield put(held, step.key(), new Element(version, 0, value(step)), undo);
      }
      case REMOVE -> {
        require(held, held.kind == Kind.VALUE ? Kind.VALUE : Kind.MAP);
        yield put(held, step.key(), null, undo);
      }
      case ADD -> {
        require(held, Kind.COUNTER);
        long sum = Math.addExact(held.element(step.key()).number(), step.number());
        Element added = new Element(version, sum, null);
        Element unused = put(held, Bytes.NONE, added, undo);
        yield added;
      }
      case APPEND -> {
        require(held, Kind.LIST);
        int place = held.list.size();
        splice(held, place, null, value(step), version, undo);
        yield new Element(version, place, null);
      }
      case SET_AT -> {
        require(held, Kind.LIST);
        int place = place(held, step.number());
        Bytes before = held.list.get(place);
        splice(held, place, before, value(step), version, undo);
        yield new Element(version, place, before);
      }
      case TAKE_FIRST -> {
        require(held, Kind.LIST);
        if (held.list.isEmpty()) {
          yield Element.ABSENT;
        }
        Bytes first = held.list.get(0);
        splice(held, 0, first, null, version, undo);
        yield new Element(version, 0, first);
      }
      case CLEAR -> clear(held, version, undo);
    };
  }

  private static Bytes value(Step step) {
    Bytes value = step.value();
    if (value == null) {
      throw new IllegalArgumentException(step.op() + " needs a value");
    }
    return value;
  }

  private static void require(Held held, Kind kind) {
    if (held.kind != kind) {
      throw new SharedObjectTypeException(held + " is no " + kind, null);
    }
  }

  private static int place(Held held, long number) {
    if (number < 0 || number >= held.list.size()) {
      throw new IndexOutOfBoundsException(
          "place " + number + " of " + held + ", which has " + held.list.size());
    }
    return (int) number;
  }

  /** Puts or, if there is nothing to put, removes; returns what was there. */
  private Element put(Held held, Bytes key, @Nullable Element element, List<Runnable> undo) {
    Element before = held.elements.get(key);
    charge(held, weight(key, element) - weight(key, before));
    set(held, key, element);
    undo.add(() -> {
      charge(held, weight(key, before) - weight(key, element));
      set(held, key, before);
    });
    return before == null ? Element.ABSENT : before;
  }

  private static void set(Held held, Bytes key, @Nullable Element element) {
    if (element == null) {
      held.elements.remove(key);
    } else {
      held.elements.put(key, element);
    }
  }

  private static long weight(Bytes key, @Nullable Element element) {
    if (element == null) {
      return 0;
    }
    Bytes value = element.value();
    return (long) OVERHEAD + key.length() + (value == null ? 0 : value.length());
  }

  /** Replaces a place of a list by another, by none, or none by one. */
  private void splice(
      Held held,
      int place,
      @Nullable Bytes before,
      @Nullable Bytes after,
      long version,
      List<Runnable> undo) {
    long grows = weight(after) - weight(before);
    long old = held.version;
    charge(held, grows);
    splice(held.list, place, before, after);
    held.version = version;
    undo.add(() -> {
      charge(held, -grows);
      splice(held.list, place, after, before);
      held.version = old;
    });
  }

  private static void splice(
      List<Bytes> list, int place, @Nullable Bytes before, @Nullable Bytes after) {
    if (after == null) {
      list.remove(place);
    } else if (before == null) {
      list.add(place, after);
    } else {
      list.set(place, after);
    }
  }

  private static long weight(@Nullable Bytes element) {
    return element == null ? 0 : OVERHEAD + element.length();
  }

  private Element clear(Held held, long version, List<Runnable> undo) {
    Map<Bytes, Element> elements = new LinkedHashMap<>(held.elements);
    List<Bytes> list = new ArrayList<>(held.list);
    long old = held.version;
    long weight = held.bytes;
    int size = held.size();
    charge(held, -weight);
    held.elements.clear();
    held.list.clear();
    held.version = version;
    undo.add(() -> {
      charge(held, weight);
      held.elements.putAll(elements);
      held.list.addAll(list);
      held.version = old;
    });
    return new Element(version, size, null);
  }

  /** Takes room for what comes, or gives it back; what does not grow always has room. */
  private void charge(@Nullable Held held, long grows) {
    if (grows > 0) {
      String lack =
          held == null && objects.size() >= maxObjects
              ? "there are " + maxObjects + " objects"
              : held != null && held.bytes + grows > maxObjectBytes
                  ? held + " would have more than " + maxObjectBytes + " bytes"
                  : bytes + grows > maxBytes
                      ? "all objects would have more than " + maxBytes + " bytes"
                      : null;
      if (lack != null) {
        full.increment();
        throw new SharedObjectFullException(lack, null);
      }
    }
    bytes += grows;
    if (held != null) {
      held.bytes += grows;
    }
  }
}
