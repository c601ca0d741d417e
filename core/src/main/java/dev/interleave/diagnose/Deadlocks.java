// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import dev.interleave.diagnose.WaitGraph.Node;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Finds deadlocks in the wait graph of now; proven ones only. */
final class Deadlocks {

  /**
   * A deadlock, with what is needed to do something about it.
   *
   * @param waits those that form it
   * @param report the same for people
   */
  record Found(List<Wait> waits, Deadlock report) {

    /** Whether {@code watcher} is to act: one of the resources is its own, or nobody's. */
    boolean concerns(Object watcher) {
      return waits.stream()
          .map(wait -> wait.resource().watcher())
          .anyMatch(w -> w == null || w.equals(watcher));
    }

    /** How many of the resources in question each thread holds. */
    IdentityHashMap<Thread, Integer> locksHeld() {
      IdentityHashMap<Thread, Integer> held = new IdentityHashMap<>();
      Set<String> counted = new HashSet<>();
      for (int i = 0; i < waits.size(); i++) {
        int resource = System.identityHashCode(waits.get(i).resource());
        for (Owner owner : report.threads().get(i).owners().list()) {
          Thread thread = owner.thread();
          if (thread != null && counted.add(resource + "/" + owner.threadId())) {
            held.merge(thread, 1, Integer::sum);
          }
        }
      }
      return held;
    }
  }

  private Deadlocks() {}

  /** All of now. */
  static List<Found> all() {
    WaitGraph graph = WaitGraph.ofAll();
    List<Node> dead = graph.proven();
    if (dead.isEmpty()) {
      return List.of();
    }
    List<Found> found = new ArrayList<>();
    for (List<Node> knot : Knots.in(graph, dead)) {
      found.add(found(knot, behind(knot)));
    }
    return found;
  }

  /**
   * Those that {@code wait} is part of; none, or one. Who only waits behind a deadlock that stays
   * is remembered, so that the next one behind need not follow the whole line again.
   */
  static List<Found> of(Wait wait) {
    long steps = Wait.steps();
    if (WaitGraph.settleBehindSettled(wait, steps)) {
      return List.of();
    }
    WaitGraph graph = WaitGraph.from(wait);
    List<Node> dead = graph.proven();
    if (dead.stream().noneMatch(node -> node.wait == wait)) {
      return List.of();
    }
    List<Found> found =
        Knots.in(graph, dead).stream()
            .filter(knot -> knot.stream().anyMatch(node -> node.wait == wait))
            .map(knot -> found(knot, List.of()))
            .toList();
    if (found.isEmpty()) {
      graph.settle(steps);
    }
    return found;
  }

  private static Found found(List<Node> knot, List<Node> behind) {
    return new Found(
        knot.stream().map(node -> node.wait).toList(),
        new Deadlock(
            knot.stream().map(node -> Blocked.of(node.wait, node.owners, true)).toList(),
            behind.stream().map(node -> Blocked.of(node.wait, node.owners, false)).toList()));
  }

  /** The dead that wait for one of the knot, or for one that does, but are not part of it. */
  private static List<Node> behind(List<Node> knot) {
    Set<Node> seen = new HashSet<>(knot);
    List<Node> behind = new ArrayList<>();
    List<Node> from = knot;
    while (!from.isEmpty()) {
      List<Node> next = new ArrayList<>();
      for (Node node : from) {
        for (Node waiter : node.waiters()) {
          if (waiter.dead && seen.add(waiter)) {
            next.add(waiter);
          }
        }
      }
      behind.addAll(next);
      from = next;
    }
    return behind;
  }
}
