// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import dev.interleave.diagnose.WaitGraph.Node;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes apart the dead threads of a graph: which of them form a cycle, or several that share
 * threads, and which only wait behind one. The former are the strongly connected components that
 * have an edge, after Robert Tarjan, "Depth-First Search and Linear Graph Algorithms", SIAM Journal
 * on Computing 1 (1972); written without recursion, since a ring may be long. A thread that waits
 * for one that has ended is a component of its own that counts.
 *
 * <p>Not thread-safe; made, used and dropped by one thread.
 */
final class Knots {
  private final IdentityHashMap<Node, Visit> visits = new IdentityHashMap<>();
  private final Deque<Visit> path = new ArrayDeque<>();
  private final List<List<Node>> components = new ArrayList<>();
  private final WaitGraph graph;

  /** A node on the way. */
  private static final class Visit {
    final Node node;
    final Iterator<Node> edges;
    final int index;
    int low;
    boolean onPath = true;

    Visit(Node node, int index, Iterator<Node> edges) {
      this.node = node;
      this.index = index;
      this.edges = edges;
      low = index;
    }
  }

  private Knots(WaitGraph graph) {
    this.graph = graph;
  }

  /** The components of {@code dead} that count; each in the order of its edges. */
  static List<List<Node>> in(WaitGraph graph, List<Node> dead) {
    Knots knots = new Knots(graph);
    List<Node> sorted = new ArrayList<>(dead);
    sorted.sort(Comparator.comparingLong(node -> node.wait.thread().threadId()));
    for (Node node : sorted) {
      if (!knots.visits.containsKey(node)) {
        knots.visit(node);
      }
    }
    return knots.components.stream().filter(knots::counts).map(knots::inOrder).toList();
  }

  private void visit(Node start) {
    Deque<Visit> stack = new ArrayDeque<>();
    stack.push(begin(start));
    while (!stack.isEmpty()) {
      Visit visit = stack.element();
      if (visit.edges.hasNext()) {
        Node next = visit.edges.next();
        Visit seen = visits.get(next);
        if (seen == null) {
          stack.push(begin(next));
        } else if (seen.onPath) {
          visit.low = Math.min(visit.low, seen.index);
        }
      } else {
        Visit unused = stack.pop();
        end(visit);
        Visit from = stack.peek();
        if (from != null) {
          from.low = Math.min(from.low, visit.low);
        }
      }
    }
  }

  private Visit begin(Node node) {
    Visit visit = new Visit(node, visits.size(), edges(node).iterator());
    visits.put(node, visit);
    path.push(visit);
    return visit;
  }

  private void end(Visit visit) {
    if (visit.low != visit.index) {
      return;
    }
    List<Node> component = new ArrayList<>();
    Visit member;
    do {
      member = path.pop();
      member.onPath = false;
      component.add(member.node);
    } while (member != visit);
    components.add(component);
  }

  private List<Node> edges(Node node) {
    List<Node> edges = new ArrayList<>();
    for (Owner owner : node.owners.list()) {
      Node other = graph.nodeOf(owner);
      if (other != null && other.dead) {
        edges.add(other);
      }
    }
    return edges;
  }

  private boolean counts(List<Node> component) {
    Node first = component.getFirst();
    return component.size() > 1
        || edges(first).contains(first)
        || first.owners.list().stream().anyMatch(Owner::hasEnded);
  }

  /** Each node before the one it waits for, as far as that goes, from the lowest thread id on. */
  private List<Node> inOrder(List<Node> component) {
    Set<Node> left = new LinkedHashSet<>();
    component.stream()
        .sorted(Comparator.comparingLong(node -> node.wait.thread().threadId()))
        .forEach(left::add);
    List<Node> ordered = new ArrayList<>();
    while (!left.isEmpty()) {
      Node next = left.iterator().next();
      while (next != null) {
        left.remove(next);
        ordered.add(next);
        next = firstIn(left, edges(next));
      }
    }
    return ordered;
  }

  private static @Nullable Node firstIn(Set<Node> some, List<Node> edges) {
    return edges.stream().filter(some::contains).findFirst().orElse(null);
  }
}
