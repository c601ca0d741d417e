// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a host of shared objects serves. Values are bytes to it: it knows no type of theirs. */
interface SharedService {
  String NAME = "SharedObjects";

  /** What objects there are. */
  enum Kind {
    MAP,
    LIST,
    COUNTER,
    VALUE
  }

  /** What a step of a transaction does. */
  enum Op {
    /** Goes on only if the element still has this version, or is still absent, which is 0. */
    CHECK,
    PUT,
    REMOVE,
    ADD,
    APPEND,
    SET_AT,
    TAKE_FIRST,
    CLEAR
  }

  /** Bytes that are compared by what they are. */
  @SuppressWarnings("ArrayRecordComponent") // compared by content, and never changed
  record Bytes(byte[] bytes) implements Comparable<Bytes> {
    static final Bytes NONE = new Bytes(new byte[0]);

    public Bytes {
      Objects.requireNonNull(bytes, "bytes");
    }

    int length() {
      return bytes.length;
    }

    @Override
    public int compareTo(Bytes other) {
      return Arrays.compare(bytes, other.bytes);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Bytes that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
      return bytes.length + " bytes";
    }
  }

  /**
   * An element of an object: an entry of a map, a value, or a counter.
   *
   * @param version 0 if it is absent
   * @param number of a counter, or the place in a list
   * @param value null if it is absent, or a counter
   */
  record Element(long version, long number, @Nullable Bytes value) {
    static final Element ABSENT = new Element(0, 0, null);
  }

  /**
   * A step of a transaction.
   *
   * @param object its name
   * @param key the empty one where there are no keys
   * @param number a version, what to add, or a place
   * @param value what to put; null where nothing is
   */
  record Step(Op op, String object, Bytes key, long number, @Nullable Bytes value) {
    public Step {
      Objects.requireNonNull(op, "op");
      Objects.requireNonNull(object, "object");
      Objects.requireNonNull(key, "key");
    }
  }

  /**
   * What became of a transaction.
   *
   * @param done false if an element had changed, and so nothing was done
   * @param elements what each step has found, or added up to; or what had changed
   */
  record Applied(boolean done, List<Element> elements) {}

  /** An element and its key. */
  record Pair(Bytes key, Bytes value) {}

  /** Makes an object, unless it is there. */
  void open(String object, Kind kind, int keys, int values);

  Element read(String object, Bytes key);

  /** All of it, or, if an element has changed or something is thrown, nothing. */
  Applied apply(List<Step> steps);

  /** All elements at one moment: those of a list in their order. */
  List<Pair> content(String object);

  int size(String object);

  /** The objects whose names begin so, by name. */
  Map<String, Kind> names(String prefix);
}
