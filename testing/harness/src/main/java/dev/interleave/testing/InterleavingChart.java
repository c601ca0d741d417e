// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import dev.interleave.testing.Interleaving.Event;
import dev.interleave.testing.Interleaving.EventType;
import dev.interleave.testing.internal.Html;
import java.util.List;
import java.util.Locale;

/**
 * Draws an interleaving: time goes down, a lane per actor, a row per event. Rows are evenly spaced,
 * because what matters is the order, and times range from nanoseconds to milliseconds.
 */
final class InterleavingChart {
  private static final int TIMES = 100;
  private static final int LANE = 200;
  private static final int ROW = 24;
  private static final int HEAD = 30;

  private final Interleaving interleaving;
  private final Html svg = new Html();

  InterleavingChart(Interleaving interleaving) {
    this.interleaving = interleaving;
    int lanes = interleaving.actors().size();
    int width = TIMES + lanes * LANE;
    int height = HEAD + interleaving.events().size() * ROW + ROW / 2;
    svg.raw(
        String.format(
            Locale.ROOT,
            "<svg class=\"interleaving\" width=\"%1$d\" height=\"%2$d\" viewBox=\"0 0 %1$d %2$d\""
                + " role=\"img\" aria-label=\"interleaving of round %3$d\">%n",
            width,
            height,
            interleaving.round()));
    for (int i = 0; i < lanes; i++) {
      lane(i, height);
    }
    List<Event> events = interleaving.events();
    for (int i = 0; i < events.size(); i++) {
      event(i, events.get(i));
    }
    svg.raw("</svg>\n");
  }

  @Override
  public String toString() {
    return svg.toString();
  }

  private static int x(int actor) {
    return TIMES + actor * LANE + 10;
  }

  private static int y(int row) {
    return HEAD + row * ROW + ROW / 2;
  }

  private void lane(int actor, int height) {
    label(x(actor) - 4, HEAD - 12, "name", interleaving.actors().get(actor));
    svg.raw(
        String.format(
            "<line x1=\"%1$d\" y1=\"%2$d\" x2=\"%1$d\" y2=\"%3$d\"/>%n", x(actor), HEAD, height));
    int begin = rowOf(actor, EventType.BEGIN);
    int end = rowOf(actor, EventType.END);
    if (begin >= 0) {
      int bottom = end >= 0 ? y(end) : height;
      svg.raw(
          String.format(
              "<rect class=\"acts\" x=\"%d\" y=\"%d\" width=\"12\" height=\"%d\"/>%n",
              x(actor) - 6, y(begin), bottom - y(begin)));
    }
  }

  private int rowOf(int actor, EventType type) {
    List<Event> events = interleaving.events();
    for (int i = 0; i < events.size(); i++) {
      if (events.get(i).actor() == actor && events.get(i).type() == type) {
        return i;
      }
    }
    return -1;
  }

  private void event(int row, Event event) {
    label(0, y(row) + 4, "time", String.format(Locale.ROOT, "%,.3f", event.micros()));
    svg.raw(
        String.format(
            "<circle class=\"%s\" cx=\"%d\" cy=\"%d\" r=\"4\"/>%n",
            event.type(), x(event.actor()), y(row)));
    label(x(event.actor()) + 12, y(row) + 4, event.type().toString(), event.what());
  }

  private void label(int x, int y, String type, String text) {
    svg.raw(String.format("<text class=\"%s\" x=\"%d\" y=\"%d\">", type, x, y));
    svg.text(text).raw("</text>\n");
  }
}
