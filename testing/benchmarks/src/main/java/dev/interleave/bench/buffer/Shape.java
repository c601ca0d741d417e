// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.buffer;

/**
 * Who passes items to whom through how many places.
 *
 * @param producers how many put
 * @param consumers how many take
 * @param capacity how many items fit in
 * @param virtual whether they are virtual threads
 * @param batch how many items a consumer takes at once at most
 */
record Shape(int producers, int consumers, int capacity, boolean virtual, int batch) {

  /** Without batches. */
  static Shape of(int producers, int consumers, int capacity, boolean virtual) {
    return new Shape(producers, consumers, capacity, virtual, 1);
  }

  /** For names of cases: {@code 4+4/16/virtual}. */
  static Shape parse(String text) {
    String[] parts = text.split("[+/]", -1);
    return new Shape(
        Integer.parseInt(parts[0]),
        Integer.parseInt(parts[1]),
        Integer.parseInt(parts[2]),
        parts[3].equals("virtual"),
        parts.length == 4 ? 1 : Integer.parseInt(parts[4]));
  }

  /** How it is read by {@link #parse}. */
  @Override
  public String toString() {
    return threads() + "/" + capacity + "/" + kind() + (batch == 1 ? "" : "/" + batch);
  }

  /** {@code 4+4}: producers and consumers. */
  String threads() {
    return producers + "+" + consumers;
  }

  /** {@code platform} or {@code virtual}. */
  String kind() {
    return virtual ? "virtual" : "platform";
  }

  /** For tables. */
  String words() {
    return threads() + " " + kind() + ", capacity " + capacity;
  }
}
