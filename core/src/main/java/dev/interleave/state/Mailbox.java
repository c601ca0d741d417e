// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.state;

import dev.interleave.Deadline;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue for many senders and one owner, which can be closed: what was sent before the
 * close is taken out, what comes after is refused, and there is nothing between.
 *
 * <p>A linked list to which senders append by a compare-and-set of {@code tail}; the close appends
 * a node to which nobody appends. So all of them have one order, that of the compare-and-sets,
 * which are the linearization points. Nodes are numbered, so the length of the list is a
 * subtraction, and a sender that finds it too long has not changed anything. ({@code tail} is read
 * before {@code head}, both only move on, and the compare-and-set fails if {@code tail} has: so the
 * bound holds, and who is told that the mailbox is full was told so rightly when it read {@code
 * tail}.)
 *
 * <p>Three waits, each of which writes its wish before it looks again, while the other side acts
 * before it looks for wishes (all volatile, Dekker's argument):
 *
 * <ul>
 *   <li>The owner waits for {@code head.next}: it sets {@code idle}; who has linked a node, or the
 *       end, looks at {@code idle}. A sender that has appended but not linked yet makes the owner
 *       wait, although others have linked theirs behind it; it will look at {@code idle} too.
 *   <li>The first sender in line waits for a place: it writes itself to {@code first}; the owner
 *       looks at {@code first} after it has moved {@code head}, the closer after it has moved
 *       {@code tail}.
 *   <li>All other senders wait for the lock whose holder is the first in line, in the order of
 *       their arrival.
 * </ul>
 *
 * <p>Senders that arrive when there is a place overtake those in line, which saves two changes of
 * threads for each message; until the first in line has waited for {@link #PATIENCE} and has lost a
 * place after that. Then those that arrive stand in line too.
 *
 * <p>The multi-producer list is that of the CLH lock, as is the link back that is set before the
 * compare-and-set, so that it can be followed when the one ahead is not linked yet (Craig, Building
 * FIFO and priority-queueing spin locks from atomic swap, University of Washington TR 93-02-02,
 * 1993; Landin and Hagersten 1994).
 *
 * @param <E> the messages
 */
final class Mailbox<E> {
  /** What became of an attempt to send. */
  enum Sent {
    ACCEPTED,
    FULL,
    CLOSED
  }

  /** For how long, in nanoseconds, the first in line lets itself be overtaken. */
  static final long PATIENCE = TimeUnit.MILLISECONDS.toNanos(1);

  /** How often the owner looks for a message before it parks: less than a change of threads. */
  private static final int LOOKS = 64;

  private static final VarHandle TAIL;
  private static final VarHandle NEXT;
  private static final VarHandle HIGH_WATER;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      TAIL = lookup.findVarHandle(Mailbox.class, "tail", Node.class);
      HIGH_WATER = lookup.findVarHandle(Mailbox.class, "highWater", int.class);
      NEXT = lookup.findVarHandle(Node.class, "next", Node.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final class Node<E> {
    /** How many messages were sent up to this one; written before the node is appended. */
    long number;

    /**
     * Null in the end and in the node before the first, and once the owner has forgotten it: a race
     * with those who ask for what is pending that harms nobody.
     */
    @Nullable E message;

    /** Set before the node is appended, cleared when it is taken: the same race. */
    @Nullable Node<E> previous;

    volatile @Nullable Node<E> next;

    final boolean end;

    Node(@Nullable E message, boolean end) {
      this.message = message;
      this.end = end;
    }
  }

  private final int capacity;
  private final ReentrantLock line = new ReentrantLock(true);

  /** The node whose message was taken last; written by the owner. */
  private volatile Node<E> head = new Node<>(null, false);

  private volatile Node<E> tail = head;
  private volatile int highWater;

  /** The thread that takes; set before anybody sends. */
  private @Nullable Thread owner;

  private volatile boolean idle;
  private volatile @Nullable Thread first;
  private volatile boolean impatient;

  /** What senders wait for when it is full: that the owner takes something out. */
  private final StateResource places;

  Mailbox(String name, int capacity) {
    this.capacity = capacity;
    places = new StateResource(name, "mailbox", () -> owner);
  }

  /** To be called before anybody else knows of this mailbox. */
  void setOwner(Thread owner) {
    this.owner = owner;
  }

  // ------------------------------------------------------------------ sending

  /** Sends if there is a place; overtakes those in line. */
  Sent offer(E message) {
    return append(new Node<>(message, false));
  }

  /**
   * Sends, and waits for a place until the deadline, after which the answer is FULL.
   *
   * @throws InterruptedException if the thread is interrupted, before or during the wait
   */
  Sent put(E message, Deadline deadline) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    Node<E> node = new Node<>(message, false);
    if (!impatient) {
      Sent sent = append(node);
      if (sent != Sent.FULL) {
        return sent;
      }
    }
    return standInLine(node, deadline);
  }

  private Sent standInLine(Node<E> node, Deadline deadline) throws InterruptedException {
    try (StateWait wait = StateWait.begin(places, "a place", StateWait.exit(!deadline.isNone()))) {
      try {
        Sent sent = standInLineRegistered(node, deadline);
        if (sent == Sent.ACCEPTED) {
          wait.succeeded();
        } else if (sent == Sent.FULL) {
          wait.timedOut();
        }
        return sent;
      } catch (InterruptedException e) {
        throw wait.interrupted(e);
      }
    }
  }

  private Sent standInLineRegistered(Node<E> node, Deadline deadline) throws InterruptedException {
    if (deadline.isNone()) {
      line.lockInterruptibly();
    } else if (!line.tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
      return append(node); // out of time, so it does not wait if it overtakes
    }
    try {
      return waitForPlace(node, deadline);
    } finally {
      impatient = false;
      first = null;
      line.unlock();
    }
  }

  /** For the first in line. */
  private Sent waitForPlace(Node<E> node, Deadline deadline) throws InterruptedException {
    first = Thread.currentThread();
    long start = System.nanoTime();
    while (true) {
      Sent sent = append(node);
      if (sent != Sent.FULL) {
        return sent;
      }
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (deadline.isNone()) {
        LockSupport.park(this);
      } else {
        long left = deadline.remainingNanos();
        if (left == 0) {
          return sent;
        }
        LockSupport.parkNanos(this, left);
      }
      if (System.nanoTime() - start > PATIENCE) {
        impatient = true;
      }
    }
  }

  private Sent append(Node<E> node) {
    while (true) {
      Node<E> last = tail;
      if (last.end) {
        return Sent.CLOSED;
      }
      long length = last.number - head.number;
      if (length >= capacity) {
        return Sent.FULL;
      }
      node.number = last.number + 1;
      node.previous = last;
      if (TAIL.compareAndSet(this, last, node)) {
        last.next = node;
        wakeOwner();
        raiseHighWater((int) length + 1);
        return Sent.ACCEPTED;
      }
    }
  }

  private void raiseHighWater(int length) {
    int seen = highWater;
    while (length > seen && !HIGH_WATER.compareAndSet(this, seen, length)) {
      seen = highWater;
    }
  }

  /** Who makes {@code idle} false wakes the owner, who makes it true again before it looks. */
  private void wakeOwner() {
    if (idle) {
      idle = false;
      LockSupport.unpark(owner);
    }
  }

  // ------------------------------------------------------------------ taking

  /** For the owner: the next message, waited for; null if there will be none. */
  @Nullable E take() {
    Node<E> last = head;
    Node<E> node = last.next;
    if (node == null) {
      node = waitForNext(last);
    }
    if (node.end) {
      return null;
    }
    // So that no old node keeps later ones alive.
    NEXT.set(last, null);
    node.previous = null;
    head = node;
    wakeFirst();
    return node.message;
  }

  /**
   * For the owner: the message taken last is no longer {@link #pending}. To be called when nobody
   * may take its fate out of the owner's hands any more.
   */
  void forget() {
    head.message = null;
  }

  private Node<E> waitForNext(Node<E> last) {
    for (int i = 0; i < LOOKS; i++) {
      Node<E> node = last.next;
      if (node != null) {
        return node;
      }
      Thread.onSpinWait();
    }
    while (true) {
      idle = true;
      Node<E> node = last.next;
      if (node != null) {
        idle = false;
        return node;
      }
      LockSupport.park(this);
      // An interrupt is for a function, and there is none. Kept, it would make park return at once.
      Thread.interrupted();
    }
  }

  private void wakeFirst() {
    Thread waiting = first;
    if (waiting != null) {
      LockSupport.unpark(waiting);
    }
  }

  // ------------------------------------------------------------------ the end

  /** Refuses what comes from now on, and wakes all that wait for a place. Idempotent. */
  void close() {
    Node<E> end = new Node<>(null, true);
    while (true) {
      Node<E> last = tail;
      if (last.end) {
        return;
      }
      end.number = last.number;
      end.previous = last;
      if (TAIL.compareAndSet(this, last, end)) {
        last.next = end;
        wakeOwner();
        wakeFirst(); // who leaves the line, which wakes the next in line, and so on
        return;
      }
    }
  }

  boolean isClosed() {
    return tail.end;
  }

  /**
   * The messages that the owner has not forgotten yet, in the order in which they were sent; to be
   * asked once this is closed. Those it forgets meanwhile may be among them.
   */
  List<E> pending() {
    List<E> messages = new ArrayList<>();
    for (Node<E> node = tail; node != null; node = node.previous) {
      E message = node.message;
      if (message != null) {
        messages.add(message);
      }
    }
    Collections.reverse(messages);
    return messages;
  }

  // ------------------------------------------------------------------ figures

  /** How many messages were sent. */
  long sent() {
    return tail.number;
  }

  /** How many messages were taken. */
  long taken() {
    return head.number;
  }

  /** How many messages wait. */
  int length() {
    long taken = head.number; // first: what is sent meanwhile makes it too long, not negative
    return (int) Math.min(tail.number - taken, capacity);
  }

  int highWater() {
    return highWater;
  }

  /** Whether senders that arrive stand in line. */
  boolean isImpatient() {
    return impatient;
  }
}
