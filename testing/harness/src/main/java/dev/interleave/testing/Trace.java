// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What one actor did in the round under way, with times. Written by its thread alone; others may
 * read it at any time and then see a prefix.
 */
final class Trace {
  /** Later events of a round are only counted: an actor may reach a sync point in a long loop. */
  static final int CAPACITY = 200;

  private final int actor;
  private final long[] times = new long[CAPACITY];
  private final Interleaving.@Nullable EventType[] types = new Interleaving.EventType[CAPACITY];
  private final @Nullable String[] events = new String[CAPACITY];
  private final AtomicInteger count = new AtomicInteger();

  Trace(int actor) {
    this.actor = actor;
  }

  void clear() {
    count.setRelease(0);
  }

  void add(Interleaving.EventType type, String event) {
    int index = count.getPlain();
    if (index < CAPACITY) {
      times[index] = System.nanoTime();
      types[index] = type;
      events[index] = event;
    }
    count.setRelease(index + 1);
  }

  List<Interleaving.Event> events() {
    int end = count.getAcquire();
    List<Interleaving.Event> copy = new ArrayList<>();
    for (int i = 0; i < Math.min(end, CAPACITY); i++) {
      copy.add(event(times[i], types[i], events[i]));
    }
    if (end > CAPACITY) {
      String more = "… and " + (end - CAPACITY) + " more";
      copy.add(event(times[CAPACITY - 1], Interleaving.EventType.SYNC, more));
    }
    return copy;
  }

  private Interleaving.Event event(
      long nanos, Interleaving.@Nullable EventType type, @Nullable String what) {
    return new Interleaving.Event(nanos, actor, requireNonNull(type), requireNonNull(what));
  }
}
