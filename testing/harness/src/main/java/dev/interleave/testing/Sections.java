// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * Finds the stretches for which a thread holds a lock: its calls from the first that takes a hold
 * to that which gives up the last one. Without such a stretch others get what they want as before.
 */
final class Sections {
  private static final class Open {
    final BitSet calls = new BitSet();
    int holds;
    boolean hasPending;
  }

  private Sections() {}

  /**
   * Returns the sections of all threads.
   *
   * @param change by how much an ended call changes the number of holds of its thread
   */
  static List<Insight.Group> of(List<Operation> operations, ToIntFunction<Operation> change) {
    List<Insight.Group> sections = new ArrayList<>();
    Map<String, Open> open = new HashMap<>();
    for (int i = 0; i < operations.size(); i++) {
      Operation call = operations.get(i);
      int delta = call.isPending() ? 0 : change.applyAsInt(call);
      if (delta == 0 && !call.isPending()) {
        continue;
      }
      Open section = open.computeIfAbsent(call.thread(), thread -> new Open());
      section.calls.set(i);
      section.holds += delta;
      section.hasPending |= call.isPending();
      if (section.holds == 0 && !section.hasPending) {
        sections.add(new Insight.Group(section.calls, true));
        open.remove(call.thread());
      }
    }
    open.values().forEach(section -> sections.add(new Insight.Group(section.calls, false)));
    return sections;
  }
}
