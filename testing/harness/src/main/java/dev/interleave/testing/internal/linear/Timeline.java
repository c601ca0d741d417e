// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.internal.linear;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * When each call begins and ends, and what follows from that for the search alone, whatever the
 * states: who is open at each return. Calls are numbered in the order in which they begin.
 */
public final class Timeline {
  /** The end of a call that has not ended. */
  public static final int NEVER = Integer.MAX_VALUE;

  private final int[] start;
  private final int[] end;
  private final Hints hints;

  /** The calls that end, by their ends. */
  private final int[] returns;

  /**
   * At each return: the calls then open that may change the state and do end, by their ends. After
   * the last one: none.
   */
  private final int[][] open;

  /** At each return: the calls then open that never change the state. After the last one: none. */
  private final int[][] readers;

  /** At each return, and after the last one: how many calls have begun. */
  private final int[] begun;

  /** The calls that do not end and may change the state, by their beginnings. */
  private final int[] pending;

  /** At each return, and after the last one: how many of those have begun. */
  private final int[] pendingBegun;

  /** A number per call, different from those of all calls open at the same time. */
  private final int[] slot;

  private final int slots;

  /** From each call on: the earliest deadline of a call that begins as late or later. */
  private final int[] earliestDeadline;

  /**
   * Orders the calls.
   *
   * @param start when each call begins; ascending, all different from one another and from the ends
   * @param end when each call ends, or {@link #NEVER}
   * @param hints what is known of the calls besides
   */
  public Timeline(int[] start, int[] end, Hints hints) {
    this.start = start.clone();
    this.end = end.clone();
    this.hints = hints;
    int count = start.length;
    this.returns = byEnd(end);
    this.begun = new int[returns.length + 1];
    for (int at = 0; at < returns.length; at++) {
      begun[at] = -Arrays.binarySearch(start, end[returns[at]]) - 1;
    }
    begun[returns.length] = count;
    this.pending = pendingOnes();
    this.pendingBegun = new int[returns.length + 1];
    for (int at = 0, begunPending = 0; at <= returns.length; at++) {
      while (begunPending < pending.length && pending[begunPending] < begun[at]) {
        begunPending++;
      }
      pendingBegun[at] = begunPending;
    }
    this.open = new int[returns.length + 1][];
    this.readers = new int[returns.length + 1][];
    collectOpen();
    this.slot = new int[count];
    this.slots = assignSlots();
    this.earliestDeadline = new int[count + 1];
    earliestDeadline[count] = NEVER;
    for (int call = count - 1; call >= 0; call--) {
      earliestDeadline[call] = Math.min(earliestDeadline[call + 1], hints.deadline(call));
    }
  }

  /** Returns how many calls end. */
  public int returnCount() {
    return returns.length;
  }

  /** Returns the call that is the given one to end, counted from 0. */
  public int returning(int at) {
    return returns[at];
  }

  int[] readers(int at) {
    return readers[at];
  }

  /** Returns how many calls may be next, were none of them done: see {@link #candidate}. */
  int candidates(int at, boolean withPending) {
    return open[at].length + (withPending ? pendingBegun[at] : 0);
  }

  /** Returns one of the open calls: first the returning one, last those that do not end. */
  int candidate(int at, int index) {
    int ending = open[at].length;
    return index < ending ? open[at][index] : pending[index - ending];
  }

  /** Returns all calls that have begun and not ended before a return, or after the last one. */
  List<Integer> openBefore(int at) {
    List<Integer> calls = new ArrayList<>();
    Arrays.stream(open[at]).forEach(calls::add);
    Arrays.stream(readers[at]).forEach(calls::add);
    Arrays.stream(pending, 0, pendingBegun[at]).forEach(calls::add);
    return calls;
  }

  int[] pending() {
    return pending;
  }

  int slot(int call) {
    return slot[call];
  }

  int slots() {
    return slots;
  }

  int twin(int call) {
    return hints.twin(call);
  }

  /** Tells whether other calls may have to be done before this one. */
  boolean isOrdered(int call) {
    return hints.release(call) > 0;
  }

  /**
   * Tells whether a call not done has to be done before another one, by the {@linkplain
   * Hints#orderedBy order} of their effects.
   */
  boolean mustComeFirst(int first, int second) {
    return hints.deadline(first) < hints.release(second);
  }

  /** Tells the same of the calls that have not begun at a return. */
  boolean mustWaitForLater(int at, int call) {
    return earliestDeadline[begun[at]] < hints.release(call);
  }

  private static int[] byEnd(int[] end) {
    List<Integer> ended = new ArrayList<>();
    for (int call = 0; call < end.length; call++) {
      if (end[call] != NEVER) {
        ended.add(call);
      }
    }
    ended.sort(Comparator.comparingInt(call -> end[call]));
    return toArray(ended);
  }

  private int[] pendingOnes() {
    List<Integer> found = new ArrayList<>();
    for (int call = 0; call < end.length; call++) {
      if (end[call] == NEVER && !hints.isReader(call)) {
        found.add(call);
      }
    }
    return toArray(found);
  }

  private void collectOpen() {
    int[] openNow = new int[start.length]; // by their ends
    int size = 0;
    int next = 0;
    for (int at = 0; at < returns.length; at++) {
      for (; next < begun[at]; next++) {
        if (end[next] != NEVER) {
          int place = size++;
          for (; place > 0 && end[openNow[place - 1]] > end[next]; place--) {
            openNow[place] = openNow[place - 1];
          }
          openNow[place] = next;
        }
      }
      split(openNow, size, at);
      System.arraycopy(openNow, 1, openNow, 0, --size); // the first one returns
    }
    split(openNow, 0, returns.length);
  }

  private void split(int[] openNow, int size, int at) {
    int readersNow = 0;
    for (int i = 0; i < size; i++) {
      readersNow += hints.isReader(openNow[i]) ? 1 : 0;
    }
    readers[at] = new int[readersNow];
    open[at] = new int[size - readersNow];
    for (int i = 0, reader = 0; i < size; i++) {
      if (hints.isReader(openNow[i])) {
        readers[at][reader++] = openNow[i];
      } else {
        open[at][i - reader] = openNow[i];
      }
    }
  }

  private int assignSlots() {
    PriorityQueue<Integer> openNow =
        new PriorityQueue<>(Comparator.comparingInt(call -> end[call]));
    BitSet used = new BitSet();
    int most = 0;
    for (int call = 0; call < start.length; call++) {
      while (!openNow.isEmpty() && end[openNow.element()] < start[call]) {
        used.clear(slot[openNow.remove()]);
      }
      slot[call] = used.nextClearBit(0);
      used.set(slot[call]);
      openNow.add(call);
      most = Math.max(most, slot[call] + 1);
    }
    return most;
  }

  private static int[] toArray(List<Integer> numbers) {
    return numbers.stream().mapToInt(number -> number).toArray();
  }
}
