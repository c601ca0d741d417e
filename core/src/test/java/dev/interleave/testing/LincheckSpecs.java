// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.ArrayDeque;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** What Lincheck takes for specifications: the types as they are for one thread. */
@NullMarked
public final class LincheckSpecs {
  private LincheckSpecs() {}

  /** A queue of at most two. */
  public static final class Queue {
    private final ArrayDeque<Integer> items = new ArrayDeque<>();

    public boolean offer(int item) {
      return items.size() < 2 && items.offer(item);
    }

    public boolean add(int item) {
      if (items.size() == 2) {
        throw new IllegalStateException();
      }
      return items.add(item);
    }

    public @Nullable Integer poll() {
      return items.poll();
    }

    public int remove() {
      return items.remove();
    }

    public @Nullable Integer peek() {
      return items.peek();
    }

    public int size() {
      return items.size();
    }
  }

  /** A stack. */
  public static final class Stack {
    private final ArrayDeque<Integer> items = new ArrayDeque<>();

    public void push(int item) {
      items.push(item);
    }

    public int pop() {
      return items.pop();
    }

    public boolean isEmpty() {
      return items.isEmpty();
    }
  }

  /** A register. */
  public static final class Register {
    private int value;

    public int get() {
      return value;
    }

    public void set(int newValue) {
      value = newValue;
    }

    public int getAndSet(int newValue) {
      int old = value;
      value = newValue;
      return old;
    }

    public boolean compareAndSet(int expected, int newValue) {
      boolean same = value == expected;
      value = same ? newValue : value;
      return same;
    }
  }
}
