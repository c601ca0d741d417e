// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a {@link LockOrder} from one class of locks to another. Read without a lock, changed
 * and searched under one.
 *
 * <p>Each step has its gates: the locks that were held besides each time that it was made, by
 * identity. A circle counts if no lock is a gate of all its steps. (That two of them have a common
 * gate is not enough: they may be made by one thread, in one go.) Gates only ever get fewer; when
 * they do, or a step is new, the circles through it are looked for. So each circle is found by the
 * last change that makes it count.
 */
final class OrderGraph {
  /** Circles kept for who asks. */
  private static final int KEPT = 1000;

  /** A step by the names of its classes. */
  record Step(String held, String wanted) {}

  /** A class of locks; there is one object of each name. */
  static final class LockClass {
    final String name;

    /** What follows; read by anybody, written with the lock. */
    final ConcurrentHashMap<LockClass, Edge> next = new ConcurrentHashMap<>(4);

    LockClass(String name) {
      this.name = name;
    }
  }

  /** A step that was made. */
  static final class Edge {
    final LockClass from;
    final LockClass to;
    final PotentialDeadlock.Step report;

    /** Their numbers; unmodifiable, written with the lock. */
    volatile Set<Long> gates;

    Edge(LockClass from, LockClass to, Set<Long> gates) {
      this.from = from;
      this.to = to;
      this.gates = gates;
      report = PotentialDeadlock.Step.here(from.name, to.name);
    }
  }

  private final int maxClasses;
  private final Set<Step> ignored;
  private final ReentrantLock lock = new ReentrantLock();
  private final ConcurrentHashMap<String, LockClass> classes = new ConcurrentHashMap<>();

  // Guarded by the lock.
  private final List<PotentialDeadlock> found = new ArrayList<>();
  private final Set<Set<String>> reported = new HashSet<>();
  private int edges;
  private int notKept;
  private boolean tooMany;

  OrderGraph(int maxClasses, Set<Step> ignored) {
    this.maxClasses = maxClasses;
    this.ignored = ignored;
  }

  /** The class of that name; null if there are too many. */
  @Nullable LockClass lockClass(String name) {
    LockClass there = classes.get(name);
    if (there != null) {
      return there;
    }
    lock.lock();
    try {
      if (classes.size() >= maxClasses && !classes.containsKey(name)) {
        tooMany = true;
        return null;
      }
      return classes.computeIfAbsent(name, LockClass::new);
    } finally {
      lock.unlock();
    }
  }

  /** Whether nothing can be learnt from this step: it is known, and all its gates are there. */
  boolean isKnown(LockClass from, LockClass to, Collection<Long> gates) {
    Edge edge = from.next.get(to);
    return edge == null ? isIgnored(from, to) : gates.containsAll(edge.gates);
  }

  /** Whether nothing can be learnt from this step, however it is made. */
  boolean isUngated(LockClass from, LockClass to) {
    Edge edge = from.next.get(to);
    return edge == null ? isIgnored(from, to) : edge.gates.isEmpty();
  }

  private boolean isIgnored(LockClass from, LockClass to) {
    return !ignored.isEmpty() && ignored.contains(new Step(from.name, to.name));
  }

  /** Records a step, and returns the circle that it closes, if that was not reported before. */
  @Nullable PotentialDeadlock add(LockClass from, LockClass to, Collection<Long> gates) {
    lock.lock();
    try {
      Edge edge = from.next.get(to);
      if (edge == null) {
        edge = new Edge(from, to, Set.copyOf(gates));
        from.next.put(to, edge);
        edges++;
      } else {
        Set<Long> fewer = common(edge.gates, gates);
        if (fewer.size() == edge.gates.size()) {
          return null; // another thread has been here meanwhile
        }
        edge.gates = fewer;
      }
      List<Edge> circle = circleThrough(edge);
      return circle == null ? null : report(circle);
    } finally {
      lock.unlock();
    }
  }

  private static Set<Long> common(Set<Long> some, Collection<Long> others) {
    Set<Long> common = new HashSet<>(some);
    common.retainAll(others);
    return Set.copyOf(common);
  }

  private @Nullable PotentialDeadlock report(List<Edge> circle) {
    PotentialDeadlock potential =
        new PotentialDeadlock(circle.stream().map(edge -> edge.report).toList());
    if (!reported.add(Set.copyOf(potential.classes()))) {
      return null;
    }
    if (found.size() < KEPT) {
      found.add(potential);
    } else {
      notKept++;
    }
    return potential;
  }

  /** Where a search has got to: a class, by which edge, and the gates common to all so far. */
  private record Visit(LockClass at, @Nullable Edge by, @Nullable Visit before, Set<Long> gates) {}

  /**
   * The shortest circle through an edge that counts, or null. A class is visited again only with
   * gates that are not more than those of a visit before.
   */
  private static @Nullable List<Edge> circleThrough(Edge edge) {
    Map<LockClass, List<Set<Long>>> seen = new HashMap<>();
    ArrayDeque<Visit> queue = new ArrayDeque<>();
    queue.add(new Visit(edge.to, edge, null, edge.gates));
    while (true) {
      Visit visit = queue.poll();
      if (visit == null) {
        return null;
      }
      if (visit.at == edge.from) {
        if (visit.gates.isEmpty()) {
          return path(visit);
        }
        continue;
      }
      for (Edge next : visit.at.next.values()) {
        Set<Long> gates = visit.gates.isEmpty() ? visit.gates : common(visit.gates, next.gates);
        if (isNews(seen.computeIfAbsent(next.to, c -> new ArrayList<>(1)), gates)) {
          queue.add(new Visit(next.to, next, visit, gates));
        }
      }
    }
  }

  private static boolean isNews(List<Set<Long>> before, Set<Long> gates) {
    for (Set<Long> fewer : before) {
      if (gates.containsAll(fewer)) {
        return false;
      }
    }
    before.add(gates);
    return true;
  }

  private static List<Edge> path(Visit last) {
    List<Edge> path = new ArrayList<>();
    for (Visit visit = last; visit != null; visit = visit.before) {
      if (visit.by != null) {
        path.add(visit.by);
      }
    }
    Collections.reverse(path);
    return path;
  }

  List<PotentialDeadlock> found() {
    lock.lock();
    try {
      return List.copyOf(found);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public String toString() {
    lock.lock();
    try {
      return classes.size()
          + (tooMany ? " classes, and others that are not looked at, " : " classes, ")
          + edges
          + " steps, "
          + (found.size() + notKept)
          + " potential deadlocks";
    } finally {
      lock.unlock();
    }
  }
}
