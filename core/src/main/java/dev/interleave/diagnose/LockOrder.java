// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import dev.interleave.diagnose.OrderGraph.LockClass;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Watches the order in which locks are acquired, and says where it could lead to a deadlock
 * although it has not: a <em>potential</em> deadlock, which is a hint and not a proof. What is
 * deadlocked now is the business of {@link DeadlockDetector}; the two are never mixed up in a
 * report.
 *
 * <pre>{@code
 * LockOrder order = LockOrder.builder().listener(p -> log.warn("{}", p)).build();
 * DeadlockDetector detector = DeadlockDetector.builder().lockOrder(order).build();
 * }</pre>
 *
 * <h2>What is reported</h2>
 *
 * <p>Locks belong to <em>classes</em>, by default one for each name. When a thread that holds a
 * lock of class {@code a} asks for one of class {@code b}, in a way in which it may have to wait
 * for ever, {@code a} comes before {@code b} from then on. If such steps make a circle, it is
 * reported, once, with the threads and stacks that made each step, by the thread that makes the
 * last one, before it waits. It need not be the case that two threads have met there.
 *
 * <ul>
 *   <li><b>Gate locks.</b> A circle all of whose steps are made under one common lock is no
 *       deadlock, since only one thread at a time can be in it. It is reported as soon as one of
 *       the steps is made without that lock.
 *   <li><b>{@code tryLock}</b>, with or without time, gives up by itself: it makes no step to the
 *       lock it acquires, but steps from it to others are made.
 *   <li><b>Locks of one class</b> within each other make no step. Where several locks of a kind are
 *       held at once, order them: that is what {@code OrderedLockManager} is for.
 *   <li><b>A wait for a condition</b> gives up its lock alone, and wants it back while it holds the
 *       others: so there is a step to it from what was acquired after it.
 *   <li><b>Suppressed</b> steps ({@link Builder#ignore}) are no part of any circle.
 * </ul>
 *
 * <p>Not reported: a circle that is not closed by what the locks have seen so far. What the program
 * never did is not known.
 *
 * <h2>How it works, and what it costs</h2>
 *
 * <p>Only the step from the lock acquired last to the wanted one is looked at: those from locks
 * below follow from it and the steps recorded before. A lock remembers the thread that held it
 * last, and within which lock: if it is acquired so again, which mostly it is, nothing can be new,
 * and that costs a few loads and stores. It also remembers two classes from which the step to it is
 * known and needs no gate. What a thread holds is a stack, found by the thread's id in a few slots;
 * no {@code ThreadLocal} stays behind. A step that is new is looked up and recorded under one lock
 * for the whole order: two threads that make two halves of a circle at the same time do so one
 * after the other, and the second one finds it. Classes are never forgotten while the order is
 * there, so no step between others gets lost with a lock that was collected; for that their number
 * is {@linkplain Builder#maxClasses bounded}.
 *
 * <p>Thread-safe. No method accepts {@code null}. Acquisition-order graphs with gate locks: K.
 * Havelund, Using runtime analysis to guide model checking of Java programs, SPIN 2000; lock
 * classes: the lockdep of Linux.
 */
public final class LockOrder {
  final HoldingStacks stacks = new HoldingStacks();
  private final AtomicLong members = new AtomicLong();
  final OrderGraph graph;
  private final @Nullable Consumer<? super PotentialDeadlock> listener;

  /** A random number from 0 to the largest int is below this if a step is to be looked at. */
  private final int lookBelow;

  private LockOrder(Builder builder) {
    graph = new OrderGraph(builder.maxClasses, Set.copyOf(builder.ignored));
    listener = builder.listener;
    lookBelow = Integer.MAX_VALUE / builder.sampleOneIn;
  }

  /** Starts an order. */
  public static Builder builder() {
    return new Builder();
  }

  /** Properties of an order to be built; not thread-safe. Every method returns this builder. */
  public static final class Builder {
    private @Nullable Consumer<? super PotentialDeadlock> listener;
    private final Set<OrderGraph.Step> ignored = new HashSet<>();
    private int sampleOneIn = 1;
    private int maxClasses = 4096;

    private Builder() {}

    /**
     * Is told of each circle once, by the thread that closes it, outside of every lock of the
     * library, and before that thread waits. What it throws, the acquisition throws, having
     * acquired nothing: so it may refuse.
     *
     * @throws NullPointerException if {@code listener} is null
     */
    public Builder listener(Consumer<? super PotentialDeadlock> listener) {
      this.listener = Objects.requireNonNull(listener, "listener");
      return this;
    }

    /**
     * The step from one class to another is no part of a circle: known, and harmless.
     *
     * @param held the class that is held
     * @param wanted the class that is asked for meanwhile
     * @throws NullPointerException if an argument is null
     */
    public Builder ignore(String held, String wanted) {
      ignored.add(
          new OrderGraph.Step(
              Objects.requireNonNull(held, "held"), Objects.requireNonNull(wanted, "wanted")));
      return this;
    }

    /**
     * Of how many steps that a lock does not remember one is looked at; by default 1, all of them.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder sampleOneIn(int sampleOneIn) {
      if (sampleOneIn < 1) {
        throw new IllegalArgumentException("sampleOneIn is less than 1: " + sampleOneIn);
      }
      this.sampleOneIn = sampleOneIn;
      return this;
    }

    /**
     * How many classes are known at most; by default 4,096. Locks of further ones are not looked
     * at, and {@link LockOrder#toString} says so.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder maxClasses(int maxClasses) {
      if (maxClasses < 1) {
        throw new IllegalArgumentException("maxClasses is less than 1: " + maxClasses);
      }
      this.maxClasses = maxClasses;
      return this;
    }

    /** The order. A builder may build several, which know nothing of each other. */
    public LockOrder build() {
      return new LockOrder(this);
    }
  }

  /**
   * A lock takes part, from now on.
   *
   * @param lockClass its class
   * @throws NullPointerException if {@code lockClass} is null
   */
  public Member join(String lockClass) {
    return new Member(this, graph.lockClass(Objects.requireNonNull(lockClass, "lockClass")));
  }

  /** The circles found so far, the first of them if there are very many; unmodifiable. */
  public List<PotentialDeadlock> found() {
    return graph.found();
  }

  /**
   * What a lock tells the order: for the outermost acquisition and the last release of a thread
   * only, and for waits that give it up for a while. All but {@link #acquiring} is called by the
   * thread that holds the lock.
   */
  public static final class Member {
    private static final VarHandle HOLDER;
    private static final VarHandle PLACE;

    static {
      try {
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        HOLDER = lookup.findVarHandle(Member.class, "holder", long.class);
        PLACE = lookup.findVarHandle(Member.class, "place", long.class);
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    // What is added to the number of a place.
    private static final long ABOVE = 1;
    private static final long TRIED = 2;
    private static final int FLAGS = 2;

    private final LockOrder order;
    private final long number;

    /** Null if there are too many. */
    final @Nullable LockClass lockClass;

    /** Classes from which the step to this one is known and needs no gate; by races. */
    private @Nullable LockClass known;

    private @Nullable LockClass knownToo;

    /** Of a thread that held it, the last one if its stack is no makeshift; by races. */
    private @Nullable HoldingStack stack;

    /** The id of the holder, negative if it has acquired others since; 0 if it does not hold it. */
    private long holder;

    /**
     * Where it lies, or would if it were held: the id of a thread on whose {@linkplain HoldingStack
     * stack} it has its place, shifted, and whether that is not the lowest, but right above {@link
     * #below}, and whether it is acquired by trying there. Else 0.
     */
    private long place;

    private @Nullable Member below;

    /** The holder's. */
    private boolean tried;

    private Member(LockOrder order, @Nullable LockClass lockClass) {
      this.order = order;
      this.number = order.members.incrementAndGet();
      this.lockClass = lockClass;
    }

    /**
     * The calling thread, which does not hold the lock, is about to acquire it in a way that may
     * wait for ever.
     *
     * @throws RuntimeException what the listener throws, to refuse
     */
    public void acquiring() {
      long me = Thread.currentThread().threadId();
      long its = place() - (me << FLAGS);
      if (its != 0 && (its != ABOVE || coveredIfHeld(me) == null)) {
        look(me);
      }
    }

    private void look(long me) {
      HoldingStack mine = mine(me);
      Member top = mine == null ? null : mine.top();
      if (mine != null && top != null) {
        look(mine, top);
      }
    }

    private void look(HoldingStack mine, Member top) {
      mine.clearNone(); // the listener may refuse
      LockClass held = top.lockClass;
      boolean remembered = held != null && (held == known || held == knownToo) && !top.tried;
      if (remembered || order.step(mine, this)) {
        mine.clear(this, top);
      }
    }

    /**
     * It is about to release it for a wait, whatever else it holds, and to acquire it again then.
     *
     * @throws RuntimeException what the listener throws, to refuse
     */
    public void reacquiring() {
      long me = Thread.currentThread().threadId();
      HoldingStack mine = isHeldBy(me) && (!isOnTopOf(me) || tried) ? mine(me) : null;
      if (mine != null) {
        mine.clearNone();
        boolean unused = order.step(mine, this);
      }
    }

    /** It has acquired it. */
    public void acquired() {
      long me = Thread.currentThread().threadId();
      long its = place() - (me << FLAGS);
      if (its == 0) {
        HOLDER.setOpaque(this, me);
      } else if (its != ABOVE || !cover(me)) {
        push(me, 0);
      }
    }

    /** It has acquired it in a way that would have given up. */
    public void acquiredByTrying() {
      long me = Thread.currentThread().threadId();
      long its = place() - (me << FLAGS);
      if (its == TRIED) {
        HOLDER.setOpaque(this, me);
      } else if (its != ABOVE + TRIED || !cover(me)) {
        push(me, TRIED);
      }
    }

    /** Puts it on the one right below, if that is on top of what the thread holds. */
    private boolean cover(long me) {
      Member covered = coveredIfHeld(me);
      if (covered == null) {
        return false;
      }
      HOLDER.setOpaque(covered, -me);
      HOLDER.setOpaque(this, me);
      return true;
    }

    /** What lies right below it on the stack, if that is on top of what the thread holds. */
    private @Nullable Member coveredIfHeld(long me) {
      Member lower = below;
      return lower != null && lower.isOnTopOf(me) ? lower : null;
    }

    private void push(long me, long how) {
      HoldingStack mine = stack;
      if (mine == null || mine.threadId != me) {
        mine = order.stacks.findOrAdd(Thread.currentThread());
        if (!mine.isInMap()) {
          stack = mine; // the thread's for as long as it lives
        }
      }
      Member lower = mine.push(this);
      boolean needsNoLook = how == TRIED || mine.isCleared(this, lower);
      mine.clearNone();
      long its = mine.isInMap() ? 0 : (me << FLAGS) + how;
      if (lower == null) {
        below = null;
      } else {
        PLACE.setOpaque(this, 0L);
        below = lower;
        its = its != 0 && needsNoLook ? its + ABOVE : 0;
        HOLDER.setOpaque(lower, -me);
      }
      PLACE.setOpaque(this, its);
      tried = how == TRIED;
      HOLDER.setOpaque(this, me); // last: if memory was too short, it is as if it were not held
    }

    /** It is about to release it. */
    public void releasing() {
      long me = Thread.currentThread().threadId();
      long its = isOnTopOf(me) ? (place() - (me << FLAGS)) & ~TRIED : -1;
      if (its == 0) {
        HOLDER.setOpaque(this, 0L);
      } else if (its != ABOVE || !uncover(me)) {
        remove(me);
      }
    }

    private boolean uncover(long me) {
      Member covered = below;
      if (covered == null) {
        return false;
      }
      HOLDER.setOpaque(this, 0L);
      HOLDER.setOpaque(covered, me);
      return true;
    }

    private void remove(long me) {
      if (!isHeldBy(me)) {
        return; // memory was too short
      }
      HOLDER.setOpaque(this, 0L);
      below = null;
      HoldingStack mine = mine(me);
      if (mine != null) {
        Member uncovered = mine.remove(this);
        if (uncovered != null) {
          HOLDER.setOpaque(uncovered, me);
        } else if (mine.isInMap() && mine.isEmpty()) {
          order.stacks.remove(mine);
        }
      }
    }

    private @Nullable HoldingStack mine(long me) {
      HoldingStack last = stack;
      return last != null && last.threadId == me ? last : order.stacks.find(me);
    }

    private long place() {
      return (long) PLACE.getOpaque(this);
    }

    /**
     * If it has a place on the stack of that thread, which is the caller, it has none any more. Nor
     * does it keep what lay below it, and by that all that ever lay below that. If another thread
     * acquires it just then, that one may find nothing below, and goes the long way.
     */
    void losePlace(long threadId) {
      if (place() >> FLAGS == threadId) {
        PLACE.setOpaque(this, 0L);
        below = null;
      }
    }

    boolean isHeldBy(long threadId) {
      long who = (long) HOLDER.getOpaque(this);
      return who == threadId || who == -threadId;
    }

    private boolean isOnTopOf(long threadId) {
      return (long) HOLDER.getOpaque(this) == threadId;
    }

    /** The step from {@code from} to this needs no more looks. */
    private void remember(LockClass from) {
      if (from != known) {
        knownToo = known;
        known = from;
      }
    }
  }

  /**
   * A step that the wanted lock does not remember.
   *
   * @return whether it was looked at, so that it need not be again with the same held
   */
  private boolean step(HoldingStack mine, Member wanted) {
    LockClass to = wanted.lockClass;
    if (to == null || !isToLook()) {
      return false;
    }
    boolean isTop = true;
    // From below a lock that was acquired by trying there is no step to it that others follow from.
    for (int i = mine.held() - 1; i >= 0; i--) {
      Member held = mine.at(i);
      LockClass from = held.lockClass;
      if (from != null && !from.equals(to)) {
        step(mine, held, from, wanted, to);
      }
      if (isTop && from != null && (from.equals(to) || graph.isUngated(from, to))) {
        wanted.remember(from);
      }
      isTop = false;
      if (!held.tried && from != null) {
        break;
      }
    }
    return true;
  }

  private boolean isToLook() {
    return lookBelow == Integer.MAX_VALUE
        || (ThreadLocalRandom.current().nextInt() >>> 1) < lookBelow;
  }

  private void step(HoldingStack mine, Member held, LockClass from, Member wanted, LockClass to) {
    List<Long> gates = new ArrayList<>();
    for (int i = mine.held() - 1; i >= 0; i--) {
      Member other = mine.at(i);
      if (other != held && other != wanted) {
        gates.add(other.number);
      }
    }
    if (graph.isKnown(from, to, gates)) {
      return;
    }
    PotentialDeadlock found = graph.add(from, to, gates);
    if (found != null && listener != null) {
      listener.accept(found);
    }
  }

  /** How many classes and steps are known, and how many circles were found. */
  @Override
  public String toString() {
    return "LockOrder[" + graph + ']';
  }
}
