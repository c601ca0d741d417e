// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes a history as text: see {@link History#parse}. */
final class HistoryFormat {
  private static final Pattern PLAIN_NAME = Pattern.compile("[\\p{L}\\p{N}._#$-]+");

  private final Function<@Nullable Object, String> values;

  private record Event(int time, String text) {}

  private HistoryFormat(Function<@Nullable Object, String> values) {
    this.values = values;
  }

  /** Returns text that can be read again. */
  static String format(History history) {
    return new HistoryFormat(HistoryFormat::literal).lines(history);
  }

  /** Returns text for people, whatever the values are. */
  static String show(History history) {
    return new HistoryFormat(Values::show).lines(history);
  }

  private String lines(History history) {
    List<Event> events = new ArrayList<>();
    for (Operation operation : history.operations()) {
      String thread = name(operation.thread()) + ": ";
      events.add(new Event(operation.start(), thread + call(operation)));
      if (!operation.isPending()) {
        events.add(new Event(operation.end(), thread + end(operation.outcome())));
      }
    }
    events.sort(Comparator.comparingInt(Event::time));
    return events.stream().map(Event::text).collect(Collectors.joining("\n", "", "\n"));
  }

  private String call(Operation operation) {
    Object key = operation.key();
    return operation.arguments().stream()
        .map(values)
        .collect(
            Collectors.joining(
                ", ",
                name(operation.name()) + "(",
                key == null ? ")" : ") on " + values.apply(key)));
  }

  private String end(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Done done -> "done";
      case Outcome.Returned returned -> "returned " + values.apply(returned.value());
      case Outcome.Threw threw -> "threw " + String.join(" < ", threw.types());
      case Outcome.Pending pending -> throw new AssertionError(pending);
    };
  }

  private static String name(String name) {
    return PLAIN_NAME.matcher(name).matches() ? name : Values.show(name);
  }

  private static String literal(@Nullable Object value) {
    if (value instanceof List<?> values) {
      return values.stream()
          .map(HistoryFormat::literal)
          .collect(Collectors.joining(", ", "[", "]"));
    }
    if (value == null
        || value instanceof Boolean
        || value instanceof Integer
        || value instanceof Long
        || value instanceof Double
        || value instanceof String
        || value instanceof Character) {
      return Values.show(value);
    }
    throw new IllegalArgumentException(
        "a " + value.getClass().getName() + " has no text: " + value);
  }
}
