// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import static dev.interleave.pool.RingHead.HEAD;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The first-in-first-out queue of a pool: a ring whose tail is the number of tasks that {@link
 * Admission} has admitted. So one compare-and-set admits a task and claims its slot.
 *
 * <h2>The slots</h2>
 *
 * <p>Task {@code n} lies in slot {@code n} modulo their number, a power of two. Beside it is its
 * <em>mark</em>: two bits that say whose turn it is, and above them when the task was admitted. The
 * lower bit is whether there is a task to be taken, the upper one the parity of the lap. As the
 * mark is written with release after the task, and read with acquire before it, it hands over both
 * task and time. (Vyukov, Bounded MPMC queue, 1024cores.net, 2010, whose sequence numbers have been
 * cut down to what tells a lap from the next: a submitter claims a slot only if its mark says that
 * the lap before has left it, so two laps never meet there.)
 *
 * <p>What is not to be queued after all, as it got a thread of its own, leaves {@link #NOTHING} in
 * its slot, which workers skip.
 *
 * <p>A task is put in where it is admitted, and taken out at the compare-and-set of {@code head}.
 * Who has claimed a slot and has not published its task yet lets others wait who are past all that
 * is before it.
 *
 * <h2>Husks</h2>
 *
 * <p>A task that is cancelled stays in its slot. There are more slots than there are places, but a
 * submitter may come round to one that is not free, and then clears out: it <em>freezes</em> the
 * head (consumers wait meanwhile; their compare-and-set fails), moves up those before a husk, and
 * sets the head behind what is free then.
 *
 * <h2>What was tried</h2>
 *
 * <p>Million trivial tasks per second that {@code execute} hands over, the wait and run of each
 * recorded, and of one in 16; workers and submitters 1 and 1, 2 and 1, 4 and 4; and those of a bare
 * {@code ThreadPoolExecutor} in the same run. Two cores, JDK 25, medians of two rounds; to read the
 * clock takes 31 ns, twice for each task.
 *
 * <table>
 * <caption>Designs</caption>
 * <tr><th></th><th>each</th><th>one in 16</th><th>bare executor</th></tr>
 * <tr><td>a task object for each, in a {@code BoundedBuffer}</td>
 *     <td>7.9 / 7.8 / 4.6</td><td>13 / 13 / 12</td><td>9.6 / 12 / 7.6</td></tr>
 * <tr><td>this ring, a task object made by the worker</td>
 *     <td>6.4 / 7.2 / 7.0</td><td>11 / 12 / 11</td><td>9.6 / 12 / 7.6</td></tr>
 * <tr><td>this ring, one object for each worker, begun and ended by atomic steps; submitters spin
 *     before they park</td><td>15 / 14 / 16</td><td>36 / 43 / 40</td><td>13 / 13 / 7.4</td></tr>
 * <tr><td>the same, begun and ended by plain stores, published by the compare-and-set of the
 *     head: as it is</td><td>18 / 16 / 17</td><td>38 / 42 / 39</td><td>13 / 12 / 11</td></tr>
 * </table>
 *
 * <p>What is left is the clock: three fifths of the time of both sides. (The second figure of the
 * first row is of another run.)
 */
final class TaskRing extends RingHead.After implements TaskQueue {
  /** The most slots: their memory is taken in advance. */
  static final int MAX_SLOTS = 1 << 20;

  /** Stands for a task that does not wait. */
  static final Object NOTHING = new Object();

  private static final VarHandle MARK = MethodHandles.arrayElementVarHandle(long[].class);

  private static final long FROZEN = Long.MIN_VALUE;
  private static final int TAKEABLE = 1;
  private static final int LAP = 2;
  private static final int TURN = TAKEABLE | LAP;
  private static final int TIME_SHIFT = 2;

  /** Pauses for who is about to leave the slot, before it may be taken to be a husk's. */
  private static final int PATIENCE = 8;

  /** In elements of the array: a line and its neighbour. */
  private static final int PAD = 16;

  private final int slots;
  private final int mask;
  private final int lapShift;
  private final long[] marks;
  private final @Nullable Object[] items;

  /** How many tasks have been admitted, modulo 2^32. */
  private final IntSupplier admitted;

  /** From which times count, so that there are two bits left of each for 146 years. */
  private final long base = System.nanoTime();

  TaskRing(int atLeast, IntSupplier admitted) {
    this.admitted = admitted;
    slots = Integer.highestOneBit(Math.max(atLeast - 1, 1)) << 1;
    mask = slots - 1;
    lapShift = Integer.numberOfTrailingZeros(slots) - Integer.numberOfTrailingZeros(LAP);
    marks = new long[slots + 2 * PAD];
    items = new Object[slots + 2 * PAD];
  }

  private int slot(int number) {
    return PAD + (number & mask);
  }

  /** The bit for the lap of a task. */
  private int lap(int number) {
    return (number >>> lapShift) & LAP;
  }

  private long mark(int number) {
    return (long) MARK.getAcquire(marks, slot(number));
  }

  // ------------------------------------------------------------------ in

  /** Whether the slot of the next task is free; if it is not, others may be by now. */
  boolean isFree(int number) {
    return ((int) mark(number) & TURN) == lap(number);
  }

  /**
   * Puts a task in, for who has claimed the slot.
   *
   * @param acceptedAt when it was admitted; 0 if it is not timed
   */
  void publish(int number, Object item, long acceptedAt) {
    int slot = slot(number);
    items[slot] = item;
    long time = acceptedAt == 0 ? 0 : (acceptedAt - base) | 1;
    MARK.setRelease(marks, slot, (time << TIME_SHIFT) | lap(number) | TAKEABLE);
  }

  /** For a submitter whose slot is not free: clears out, or waits for who is about to leave. */
  int makeRoom(int pauses) {
    return pauses >= PATIENCE && sweep() ? 0 : Pause.after(pauses);
  }

  // ------------------------------------------------------------------ out

  @Override
  public @Nullable Object poll(Task into) {
    int pauses = 0;
    while (true) {
      long from = head;
      int number = (int) from;
      long mark = mark(number);
      if (from < 0) {
        pauses = Pause.after(pauses);
      } else if (((int) mark & TURN) == (lap(number) | TAKEABLE)) {
        long time = mark >> TIME_SHIFT;
        into.beginAgain(number, time == 0 ? 0 : time + base);
        if (HEAD.compareAndSet(this, from, from + 1)) {
          Object item = leave(number);
          if (item != NOTHING) {
            return item;
          }
        }
        into.endAgain();
      } else if (head == from) {
        return null;
      }
    }
  }

  private @Nullable Object leave(int number) {
    int slot = slot(number);
    Object item = items[slot];
    items[slot] = null;
    MARK.setRelease(marks, slot, (long) (lap(number) ^ LAP));
    return item;
  }

  @Override
  public boolean hasTasks() {
    return (int) head != admitted.getAsInt();
  }

  @Override
  public boolean isReady() {
    int number = (int) head;
    return ((int) mark(number) & TURN) == (lap(number) | TAKEABLE);
  }

  // ------------------------------------------------------------------ the inside

  private static boolean isHusk(@Nullable Object item) {
    return item == NOTHING || (item instanceof Task task && task.isHusk());
  }

  /** Takes out husks; whether there were any. */
  private boolean sweep() {
    long from = head;
    if (from < 0 || !HEAD.compareAndSet(this, from, from | FROZEN)) {
      return false;
    }
    int first = (int) from;
    int run = 0;
    while (run < slots && isTakeable(first + run)) {
      run++;
    }
    int to = first + run - 1; // where the next one goes that stays, from the end
    for (int i = to; i - first >= 0; i--) {
      if (!isHusk(items[slot(i)])) {
        move(i, to);
        to--;
      }
    }
    int husks = to - first + 1;
    for (int i = first; i - to <= 0; i++) {
      Object unused = leave(i);
    }
    head = from + husks;
    return husks > 0;
  }

  private boolean isTakeable(int number) {
    return ((int) mark(number) & TURN) == (lap(number) | TAKEABLE);
  }

  private void move(int from, int to) {
    if (from != to) {
      items[slot(to)] = items[slot(from)];
      MARK.setRelease(marks, slot(to), (mark(from) & ~TURN) | lap(to) | TAKEABLE);
    }
  }
}
