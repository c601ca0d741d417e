// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * What the actors of one round did, in the order of time.
 *
 * <p>Times are read just before the event in the thread it happens in; what lies closer together
 * than some tens of nanoseconds may have happened in another order. Immutable.
 *
 * @param round the number of the perturbed round; {@link Stress#replay(long)} repeats it
 * @param actors the names of the actors, in the order they were declared
 * @param events what they did, in the order of time
 */
public record Interleaving(long round, List<String> actors, List<Event> events) {

  /**
   * One thing an actor did or had done to it.
   *
   * @param nanos when, in nanoseconds since the first event of the round
   * @param actor the index of the actor
   * @param what what it did: begins, ends, throws, a sync point, or a perturbation
   */
  public record Event(long nanos, int actor, String what) {}

  /** Makes one; the lists are copied. */
  public Interleaving {
    actors = List.copyOf(actors);
    events = List.copyOf(events);
  }

  static Interleaving of(long round, List<String> actors, List<Event> clocked) {
    long zero = clocked.stream().mapToLong(Event::nanos).min().orElse(0);
    List<Event> events =
        clocked.stream()
            .map(event -> new Event(event.nanos - zero, event.actor, event.what))
            .sorted(Comparator.comparingLong(Event::nanos))
            .toList();
    return new Interleaving(round, actors, events);
  }

  /** Returns a time diagram: one line per event, one column per actor. */
  @Override
  public String toString() {
    int width = 12;
    for (String actor : actors) {
      width = Math.max(width, actor.length());
    }
    for (Event event : events) {
      width = Math.max(width, event.what.length());
    }
    StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%12s", "µs"));
    for (String actor : actors) {
      text.append("  ").append(String.format(Locale.ROOT, "%-" + width + "s", actor));
    }
    for (Event event : events) {
      text.append(System.lineSeparator());
      text.append(String.format(Locale.ROOT, "%,12.3f", event.nanos / 1e3));
      for (int i = 0; i < actors.size(); i++) {
        String cell = i == event.actor ? event.what : "|";
        text.append("  ").append(String.format(Locale.ROOT, "%-" + width + "s", cell));
      }
    }
    return text.toString().lines().map(String::stripTrailing).reduce((a, b) -> a + System.lineSeparator() + b).orElse("");
  }
}
