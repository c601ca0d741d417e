// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static java.util.Objects.requireNonNull;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.function.Consumer;

/**
 * What the actors of one round did, in the order of time.
 *
 * <p>A time is read in the thread of the event, just after a begin and before anything else; what
 * lies closer together than some tens of nanoseconds may have happened in another order. Immutable.
 *
 * @param round the number of the perturbed round; {@link Stress#replay(long)} repeats it
 * @param actors the names of the actors, in the order they were declared
 * @param events what they did, in the order of time
 */
public record Interleaving(long round, List<String> actors, List<Event> events) {
  private static final int NARROWEST = 10;

  /** What kind of thing happened. */
  public enum EventType {
    /** The actor was about to begin. */
    BEGIN,
    /** The actor came to a {@link Stress#sync()}. */
    SYNC,
    /** The run did something to the actor, or made it do something to another. */
    PERTURBED,
    /** The actor returned or threw. */
    END
  }

  /**
   * One thing that happened.
   *
   * @param nanos when, in nanoseconds since the first event of the round
   * @param actor the index of the actor in whose thread it happened
   * @param type what kind of thing
   * @param what the thing itself, in words
   */
  public record Event(long nanos, int actor, EventType type, String what) {
    /** Makes one. */
    public Event {
      requireNonNull(type, "type");
      requireNonNull(what, "what");
    }

    double micros() {
      return nanos / 1e3;
    }
  }

  /** Makes one; the lists are copied. */
  public Interleaving {
    actors = List.copyOf(actors);
    events = List.copyOf(events);
  }

  /** Makes one from events with any zero, in any order that keeps those of one actor in theirs. */
  static Interleaving of(long round, List<String> actors, List<Event> events) {
    long zero = events.stream().mapToLong(Event::nanos).min().orElse(0);
    Comparator<Event> byTime = Comparator.comparingLong(Event::nanos);
    return new Interleaving(
        round,
        actors,
        events.stream()
            .map(event -> new Event(event.nanos - zero, event.actor, event.type, event.what))
            .sorted(byTime) // stable
            .toList());
  }

  /** Returns a time diagram: one line per event, one column per actor. */
  @Override
  public String toString() {
    int width = NARROWEST;
    for (String actor : actors) {
      width = Math.max(width, actor.length());
    }
    for (Event event : events) {
      width = Math.max(width, event.what.length());
    }
    StringJoiner lines = new StringJoiner(System.lineSeparator());
    StringBuilder head = new StringBuilder(String.format(Locale.ROOT, "%12s", "µs"));
    actors.forEach(cell(head, width));
    lines.add(head.toString().stripTrailing());
    for (Event event : events) {
      StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%,12.3f", event.micros()));
      for (int i = 0; i < actors.size(); i++) {
        cell(line, width).accept(i == event.actor ? event.what : "|");
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines.toString();
  }

  private static Consumer<String> cell(StringBuilder line, int width) {
    return text -> line.append("  ").append(text).append(" ".repeat(width - text.length()));
  }
}
