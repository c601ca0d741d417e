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

  private static final long NONE = -1;

  private final int actor;
  private final long[] times = new long[CAPACITY];
  private final Interleaving.@Nullable EventType[] types = new Interleaving.EventType[CAPACITY];
  private final @Nullable String[] events = new String[CAPACITY];
  private final AtomicInteger count = new AtomicInteger();
  private volatile long batch = NONE;

  Trace(int actor) {
    this.actor = actor;
  }

  /** Begins with the only round of a batch. */
  void clear(long batch) {
    this.batch = NONE;
    count.setRelease(0);
    this.batch = batch;
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

  /** Returns what the actor did in that batch; nothing if it is not the one it is in. */
  List<Interleaving.Event> events(long batch) {
    if (this.batch != batch) {
      return List.of();
    }
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
