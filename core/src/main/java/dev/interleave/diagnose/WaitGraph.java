// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for whom, and who of them can never go on.
 *
 * <h2>Dead</h2>
 *
 * <p>A thread is live if it does not wait, or tells a listener first, if its wait ends by itself,
 * or if those who are live can let it go on: all owners that have to act ({@link Owners.Need#ALL}),
 * one of those that could ({@link Owners.Need#ANY}), or anyone. The live ones are found as the
 * least fixpoint of that rule, in time proportional to the edges; whoever is left is dead. A thread
 * that has ended lets nobody go on.
 *
 * <h2>Why a dead thread is really dead</h2>
 *
 * <p>The graph is not read at one moment, so what it shows need never have been true. {@link
 * #proven} therefore looks again at those found dead: (1) they are still in the registry, with the
 * same waits, and have told no listener since the graph was made; (2) each resource is asked for
 * its owners, and (3) once more; only what both answers agree on counts; (4) as (1). A thread that
 * was registered with the same wait from (1) to (4), and told no listener, sat in that one call,
 * and so released nothing. What it did before it entered, or until a listener returned, happened
 * before (1), which saw that, so (2) and (3) cannot find it in possession of anything it had
 * released. Hence all that it was seen to own in (2) and (3) it owned at the moment (4) began, and
 * all waits and all owners that count were there together at that moment: a state from which none
 * of these threads can take a step.
 *
 * <p>The one thing a thread in a call can acquire is what it waits for. A waiter that has got it,
 * but is still registered, is then seen as an owner by others. It says itself that nobody is in its
 * way ({@link Resource#owners}). That is why (3) comes after (2): if the owner was seen in (2), its
 * own answer in (3) comes later, and shows that it has what it wanted.
 *
 * <p>A listener that is told of a deadlock by one of its threads may break it, by releasing what
 * that thread holds: until it returns the thread is live for all but itself, which for as long as
 * it looks does nothing else. Then it looks again, as do all detectors.
 *
 * <p>An owner that has ended counts as such only if it had ended before (3), whose answer names it
 * still. Whoever goes on after (3) may release what it held, and then end.
 *
 * <h2>Settled</h2>
 *
 * <p>A wait is settled if its thread and all that can be reached from it are dead, and nobody can
 * come to be in the way of any of them ({@link Resource#keepsOwners}). As none of these can take a
 * step, that stays so, until one of the waits is ended from outside. Who begins to wait then, was
 * not settled together with others, and finds only settled ones in its way, is behind a deadlock,
 * not part of one, without a further look: had it been reached from there, it would have been
 * settled, too.
 *
 * <p>Should one of the settled leave, or begin another wait, it first counts a step, and nobody is
 * settled any more. So no cycle is missed: if a thread that was settled is part of a new one, by
 * another wait, it counted its step before it entered that. Of the cycle the thread that passes its
 * fence last ({@link Waits}) sees that, and follows all the others.
 *
 * <p>A thread that tells a listener of a deadlock is registered, and yet may acquire and release
 * what it likes, without a wait. So while it does nobody is settled who has it in the way, and it
 * counts a step when it begins and when it has done so, whether or not it was settled.
 *
 * <p>Not thread-safe; made, used and dropped by one thread.
 */
final class WaitGraph {

  /** A waiting thread. */
  static final class Node {
    final Wait wait;
    Owners owners = Owners.anyone();
    boolean dead;

    /** How often the thread had begun or ended to tell a listener. */
    private final int tellings;

    /** How many owners that are not live it still needs; only for {@link Owners.Need#ALL}. */
    private int missing;

    /** Those that wait for this one, once for each time it is their owner. */
    private final List<Node> waiters = new ArrayList<>(2);

    Node(Wait wait) {
      this.wait = wait;
      tellings = wait.tellings();
    }

    /** Whether the thread is registered, but runs. The one that looks does nothing else. */
    private boolean tells() {
      return (tellings & 1) != 0 && wait.thread() != Thread.currentThread();
    }

    /** Those that wait for this one; valid after {@link WaitGraph#dead}. */
    List<Node> waiters() {
      return waiters;
    }
  }

  private final IdentityHashMap<Thread, Node> nodes = new IdentityHashMap<>();

  /** The ids of owners that had ended before they were asked for last; null before that. */
  private @Nullable Set<Long> ended;

  private WaitGraph() {}

  /** All that now wait. */
  static WaitGraph ofAll() {
    WaitGraph graph = new WaitGraph();
    for (Wait wait : Waits.all()) { // of a thread with several waits the newest comes last
      graph.add(wait);
    }
    graph.nodes.values().forEach(node -> node.owners = node.wait.resource().owners(node.wait));
    return graph;
  }

  /** Those that {@code start} waits for, those that these wait for, and so on. */
  static WaitGraph from(Wait start) {
    WaitGraph graph = new WaitGraph();
    Deque<Node> toAsk = new ArrayDeque<>();
    toAsk.add(graph.add(start));
    for (Node node = toAsk.poll(); node != null; node = toAsk.poll()) {
      node.owners = node.wait.resource().owners(node.wait);
      for (Owner owner : node.owners.list()) {
        Thread thread = owner.thread();
        if (thread != null && !graph.nodes.containsKey(thread)) {
          Wait wait = Waits.of(thread);
          if (wait != null && !wait.isTimed()) {
            toAsk.add(graph.add(wait));
          }
        }
      }
    }
    return graph;
  }

  /**
   * Whether {@code wait} could be dead, by a look at those right in its way: mostly one of them is
   * seen to be running, and nothing more need be looked at.
   */
  static boolean isSuspect(Wait wait) {
    Owners owners = wait.resource().owners(wait);
    return switch (owners.need()) {
      case ANYONE -> false;
      case ALL -> owners.list().stream().anyMatch(WaitGraph::isSuspect);
      case ANY -> owners.list().stream().allMatch(WaitGraph::isSuspect);
    };
  }

  private static boolean isSuspect(Owner owner) {
    Thread thread = owner.thread();
    if (thread == null || !thread.isAlive()) {
      return true;
    }
    Wait wait = Waits.of(thread);
    return wait != null && !wait.isTimed();
  }

  private Node add(Wait wait) {
    Node node = new Node(wait);
    nodes.put(wait.thread(), node);
    return node;
  }

  /** The dead among the nodes, as far as the owners' answers go. */
  List<Node> dead() {
    Deque<Node> freed = new ArrayDeque<>();
    for (Node node : nodes.values()) {
      node.dead = true;
      node.waiters.clear();
    }
    for (Node node : nodes.values()) {
      if (isFree(node)) {
        node.dead = false;
        freed.add(node);
      }
    }
    for (Node node = freed.poll(); node != null; node = freed.poll()) {
      for (Node waiter : node.waiters) {
        if (waiter.dead && --waiter.missing <= 0) {
          waiter.dead = false;
          freed.add(waiter);
        }
      }
    }
    return nodes.values().stream().filter(node -> node.dead).toList();
  }

  /** Whether the node is live whoever else is; if not, says to its owners that it needs them. */
  private boolean isFree(Node node) {
    if (node.wait.isTimed() || node.tells() || node.owners.need() == Owners.Need.ANYONE) {
      return true;
    }
    boolean all = node.owners.need() == Owners.Need.ALL;
    int notLive = 0;
    for (Owner owner : node.owners.list()) {
      Node other = nodeOf(owner);
      if (other != null) {
        other.waiters.add(node);
        notLive++;
      } else if (hasEnded(owner)) {
        notLive++;
      } else if (!all) {
        return true;
      }
    }
    node.missing = all ? notLive : 1;
    return all && notLive == 0;
  }

  private boolean hasEnded(Owner owner) {
    return ended == null ? owner.hasEnded() : ended.contains(owner.threadId());
  }

  /** The node of the owner, or null if it does not wait. */
  @Nullable Node nodeOf(Owner owner) {
    Thread thread = owner.thread();
    return thread == null ? null : nodes.get(thread);
  }

  /** The dead, proven to be: see above. The graph is changed. */
  List<Node> proven() {
    Collection<Node> suspects = dead();
    if (suspects.isEmpty()) {
      return List.of();
    }
    keep(suspects.stream().filter(WaitGraph::isStillThere).toList()); // (1)
    for (Node node : nodes.values()) {
      node.owners = node.wait.resource().owners(node.wait); // (2)
    }
    ended =
        nodes.values().stream()
            .flatMap(node -> node.owners.list().stream())
            .filter(Owner::hasEnded)
            .map(Owner::threadId)
            .collect(Collectors.toSet());
    for (Node node : nodes.values()) {
      node.owners = common(node.owners, node.wait.resource().owners(node.wait)); // (3)
    }
    keep(dead());
    keep(nodes.values().stream().filter(WaitGraph::isStillThere).toList()); // (4)
    return dead();
  }

  // ------------------------------------------------------------------ settled

  /** Whether all in the way of {@code wait} are settled, and then so is it. */
  static boolean settleBehindSettled(Wait wait, long steps) {
    Owners owners = wait.resource().owners(wait);
    if (wait.wasSettled() // by another's look, which came between its registration and its own
        || !keepsAll(wait, owners)
        || !owners.list().stream().allMatch(owner -> isSettled(owner, wait.thread()))) {
      return false;
    }
    wait.settle(steps);
    return true;
  }

  private static boolean isSettled(Owner owner, Thread waiter) {
    Thread thread = owner.thread();
    if (thread == null || thread == waiter) {
      return false;
    }
    Wait wait = Waits.of(thread);
    return wait != null && wait.isSettled();
  }

  private static boolean keepsAll(Wait wait, Owners owners) {
    return owners.need() == Owners.Need.ALL
        && !owners.list().isEmpty()
        && wait.resource().keepsOwners(wait);
  }

  /**
   * Settles all nodes, if all are {@linkplain #proven proven} dead, and nobody else is in sight.
   */
  void settle(long steps) {
    for (Node node : nodes.values()) {
      Owners now = node.wait.resource().owners(node.wait);
      if (!node.dead || !keepsAll(node.wait, now) || !now.list().stream().allMatch(this::isDead)) {
        return;
      }
    }
    nodes.values().forEach(node -> node.wait.settle(steps));
    if (!nodes.values().stream().allMatch(WaitGraph::isParkedThere)) {
      nodes.values().forEach(node -> node.wait.unsettle());
    }
  }

  private boolean isDead(Owner owner) {
    Node node = nodeOf(owner);
    return node == null ? hasEnded(owner) : node.dead;
  }

  private void keep(Collection<Node> some) {
    IdentityHashMap<Thread, Node> kept = new IdentityHashMap<>();
    some.forEach(node -> kept.put(node.wait.thread(), node));
    nodes.keySet().retainAll(kept.keySet());
  }

  private static boolean isStillThere(Node node) {
    return node.wait.isWaiting()
        && node.wait.tellings() == node.tellings
        && Waits.of(node.wait.thread()) == node.wait;
  }

  private static boolean isParkedThere(Node node) {
    return isStillThere(node) && !node.wait.isTelling();
  }

  /** What two answers agree on, in favour of the waiter where they do not. */
  private static Owners common(Owners one, Owners other) {
    if (one.need() != other.need()) {
      return Owners.anyone();
    }
    return switch (one.need()) {
      case ANYONE -> one;
      case ALL -> {
        Set<Long> ids = ids(one);
        yield Owners.all(other.list().stream().filter(o -> ids.contains(o.threadId())).toList());
      }
      case ANY -> {
        Set<Long> ids = ids(one);
        List<Owner> both = new ArrayList<>(one.list());
        other.list().stream().filter(o -> !ids.contains(o.threadId())).forEach(both::add);
        yield Owners.any(both);
      }
    };
  }

  private static Set<Long> ids(Owners owners) {
    return owners.list().stream().map(Owner::threadId).collect(Collectors.toSet());
  }
}
