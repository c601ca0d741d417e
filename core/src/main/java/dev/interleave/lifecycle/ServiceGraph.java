// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Who needs whom, by name: free of cycles, and nobody needs who is not there. Immutable.
 *
 * <p>The order is that of Kahn (Topological sorting of large networks, CACM 5, 1962).
 */
final class ServiceGraph {
  private final Map<String, Set<String>> needs;
  private final Map<String, Set<String>> neededBy = new LinkedHashMap<>();

  /** To be used only if {@link #problems} has found none. */
  ServiceGraph(Map<String, Set<String>> needs) {
    this.needs = Map.copyOf(needs);
    needs.keySet().forEach(name -> neededBy.put(name, new LinkedHashSet<>()));
    needs.forEach(
        (name, needed) -> needed.forEach(n -> Objects.requireNonNull(neededBy.get(n)).add(name)));
  }

  /** What is wrong with such a graph, in words; empty if nothing is. */
  static List<String> problems(Map<String, Set<String>> needs) {
    List<String> problems = new ArrayList<>();
    needs.forEach((name, needed) ->
        needed.stream()
            .filter(n -> !needs.containsKey(n))
            .forEach(n -> problems.add(name + " needs " + n + ", which is unknown")));
    if (problems.isEmpty()) {
      Set<String> left = cyclic(needs);
      if (!left.isEmpty()) {
        problems.add("a cycle of needs: " + String.join(" -> ", cycle(needs, left)));
      }
    }
    return problems;
  }

  /** Those who are left when again and again who needs nobody is taken away. */
  private static Set<String> cyclic(Map<String, Set<String>> needs) {
    Set<String> left = new LinkedHashSet<>(needs.keySet());
    boolean found = true;
    while (found) {
      found = left.removeIf(name -> needed(needs, name).stream().noneMatch(left::contains));
    }
    return left;
  }

  /** Each of those left needs one of those left: who follows that comes round. */
  private static List<String> cycle(Map<String, Set<String>> needs, Set<String> left) {
    List<String> path = new ArrayList<>();
    String name = left.iterator().next();
    while (!path.contains(name)) {
      path.add(name);
      name = needed(needs, name).stream().filter(left::contains).findFirst().orElseThrow();
    }
    List<String> cycle = new ArrayList<>(path.subList(path.indexOf(name), path.size()));
    cycle.add(name);
    return cycle;
  }

  private static Set<String> needed(Map<String, Set<String>> needs, String name) {
    return Objects.requireNonNull(needs.get(name));
  }

  Set<String> neededBy(String name) {
    return Objects.requireNonNull(neededBy.get(name));
  }

  /** Whether all that {@code name} needs is in {@code there}. */
  boolean canStart(String name, Collection<String> there) {
    return there.containsAll(needed(needs, name));
  }

  /** Whether nobody that needs {@code name} is in {@code there}. */
  boolean canStop(String name, Collection<String> there) {
    return neededBy(name).stream().noneMatch(there::contains);
  }
}
