// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.util.Arrays;

/** Where the entries of a set or map have been written, to sort them there by their keys. */
final class Entries {
  private final Encoder out;
  private final int[] starts;
  private final int[] keyEnds;

  /**
   * @param count how many there will be; 0 to remember none, and sort none
   */
  Entries(Encoder out, int count) {
    this.out = out;
    starts = new int[count];
    keyEnds = new int[count];
  }

  /** The key of the entry {@code i} has been written. */
  void add(int i, int start, int keyEnd) {
    // A collection that grows meanwhile is found out at its end.
    if (i < starts.length) {
      starts[i] = start;
      keyEnds[i] = keyEnd;
    }
  }

  /** All have been written, and nothing behind them. */
  void sort() {
    for (int i = 1; i < starts.length; i++) {
      if (compare(i - 1, i) >= 0) {
        rearrange();
        return;
      }
    }
  }

  private int compare(int a, int b) {
    byte[] bytes = out.array();
    return Arrays.compareUnsigned(bytes, starts[a], keyEnds[a], bytes, starts[b], keyEnds[b]);
  }

  private void rearrange() {
    Integer[] order = new Integer[starts.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, this::compare);
    for (int i = 1; i < order.length; i++) {
      if (compare(order[i - 1], order[i]) == 0) {
        int later = Math.max(order[i - 1], order[i]);
        throw new CodecException("has the same bytes as one before it").within("[" + later + ']');
      }
    }
    int first = starts[0];
    byte[] unsorted = Arrays.copyOfRange(out.array(), first, out.size());
    int at = first;
    for (int i : order) {
      int end = i + 1 < starts.length ? starts[i + 1] : first + unsorted.length;
      System.arraycopy(unsorted, starts[i] - first, out.array(), at, end - starts[i]);
      at += end - starts[i];
    }
  }
}
