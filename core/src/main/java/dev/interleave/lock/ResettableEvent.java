// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import dev.interleave.Deadline;
import dev.interleave.diagnose.Owners;
import dev.interleave.diagnose.Resource;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A flag that threads wait for: {@link #set} lets everybody through until {@link #reset}, {@link
 * #pulse} lets through those who wait at that moment and nobody else. A manual-reset event, also
 * called a gate.
 *
 * <pre>{@code
 * ResettableEvent green = new ResettableEvent("green");
 *
 * green.await();  // cars
 *
 * green.set();    // the controller
 * green.reset();
 * }</pre>
 *
 * <h2>Semantics</h2>
 *
 * <ul>
 *   <li><b>Nobody misses it.</b> A thread that waits when the event is set, or pulsed, is let
 *       through by that, however soon the event is reset, and however late the thread gets to run.
 *       It does not look at the flag when it wakes, but at whether the generation that it began to
 *       wait in is over; {@code set} and {@code pulse} end a generation.
 *   <li><b>Nobody is let through twice by one.</b> A thread that comes back to wait after it was
 *       let through belongs to the next generation. A pulse is not remembered: if nobody waits, it
 *       lets nobody through.
 *   <li><b>No spurious return.</b> {@code await} returns true only if the event was set or pulsed
 *       during the call, or was set when it began.
 *   <li>{@code pulse} leaves the event reset, whatever it was: it is {@code set} and {@code reset}
 *       as one step. {@code set} of a set event and {@code reset} of a reset one change nothing.
 * </ul>
 *
 * <h2>Memory effects, progress, cost</h2>
 *
 * <p>What a thread does before {@code set} or {@code pulse} happens before what a thread does that
 * is let through by it, or finds the event set afterwards. Each operation is linearizable: {@code
 * set}, {@code reset} and {@code pulse} at their one atomic write, {@code await} at the write that
 * lets it through or at its last read of the state, {@code isSet} at its read.
 *
 * <p>{@code set}, {@code reset} and {@code pulse} never wait; {@code set} and {@code pulse} take
 * time proportional to the number of threads they wake. {@code await} on a set event is one read.
 * Who waits is parked, on platform and virtual threads alike; nothing polls, and a wait that ends
 * leaves nothing behind.
 *
 * <p>Thread-safe. No method accepts {@code null}. The event does not know who is going to set it: a
 * wait for it stands in reports, and is no part of a deadlock that can be proven.
 *
 * <p>This class may be lifted out; {@code docs/lift-out.md} lists the files that must come along.
 */
public final class ResettableEvent {
  private static final VarHandle GENERATION;

  static {
    try {
      GENERATION =
          MethodHandles.lookup()
              .findVarHandle(ResettableEvent.class, "generation", Generation.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** What an event is in while it is set; nobody waits in it. */
  private static final Generation SET = new Generation();

  private static final AtomicLong COUNT = new AtomicLong();

  /**
   * From a reset or a pulse to the next set or pulse. A thread that waits (1) adds itself, then (2)
   * looks whether the generation is still the event's; who ends it (3) replaces it, then (4) wakes
   * those in it. All are volatile accesses (Dekker's argument): if (2) does not see (3), then (1)
   * comes before (4), and the thread is woken. Each generation is another object, so it cannot come
   * back unnoticed.
   */
  private static final class Generation {
    final Set<Thread> waiting = ConcurrentHashMap.newKeySet(1);

    void end() {
      waiting.forEach(LockSupport::unpark);
    }
  }

  /** What is waited for, as those see it who ask what is blocked: anybody may set an event. */
  private static final class Setting implements Resource {
    private final String name;

    Setting(String name) {
      this.name = name;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public String kind() {
      return "event";
    }

    @Override
    public Owners owners(Wait wait) {
      return Owners.anyone();
    }
  }

  private final String name;
  private final Setting setting;
  private volatile Generation generation = new Generation();

  /** A reset event with a generated name. */
  public ResettableEvent() {
    this("event-" + COUNT.incrementAndGet());
  }

  /**
   * A reset event.
   *
   * @param name stands in reports and thread dumps
   * @throws NullPointerException if {@code name} is null
   * @throws IllegalArgumentException if {@code name} is blank
   */
  public ResettableEvent(String name) {
    Objects.requireNonNull(name, "name");
    if (name.isBlank()) {
      throw new IllegalArgumentException("name is blank: \"" + name + '"');
    }
    this.name = name;
    setting = new Setting(name);
  }

  /** The name given to the constructor, or the generated one. */
  public String name() {
    return name;
  }

  /** Whether the event is set. */
  public boolean isSet() {
    return generation == SET;
  }

  /** Lets through all who wait now, and all who come, until it is reset. */
  public void set() {
    change(SET); // also where it is set: what the caller did before is then seen by who comes
  }

  /** Lets nobody through from now on. Who is being let through is not affected. */
  public void reset() {
    if (generation == SET) {
      GENERATION.compareAndSet(this, SET, new Generation());
    }
  }

  /** Lets through all who wait now, and leaves the event reset. */
  public void pulse() {
    change(new Generation());
  }

  private void change(Generation next) {
    Generation before = (Generation) GENERATION.getAndSet(this, next);
    before.end();
  }

  /**
   * Waits until the event is set or pulsed; returns at once if it is set.
   *
   * @throws InterruptedException if the thread is interrupted, before or during the wait. Who is
   *     let through and interrupted at the same time may return, and is interrupted still
   */
  public void await() throws InterruptedException {
    boolean unused = await(false, Deadline.none(), 0);
  }

  /**
   * Waits until the event is set or pulsed, or the deadline passes.
   *
   * @return whether it was set or pulsed; with a deadline that has passed, whether it is set
   * @throws InterruptedException if the thread is interrupted, before or during the wait
   * @throws NullPointerException if {@code deadline} is null
   */
  public boolean await(Deadline deadline) throws InterruptedException {
    Objects.requireNonNull(deadline, "deadline");
    return await(!deadline.isNone(), deadline, 0);
  }

  /**
   * Waits until the event is set or pulsed, or the time is up.
   *
   * @param time how long to wait at most; not at all if zero or negative
   * @param unit of {@code time}
   * @return whether it was set or pulsed; without time, whether it is set
   * @throws InterruptedException if the thread is interrupted, before or during the wait
   * @throws NullPointerException if {@code unit} is null
   */
  public boolean await(long time, TimeUnit unit) throws InterruptedException {
    return await(true, null, unit.toNanos(time));
  }

  /** Until the deadline, if there is one, else for so many nanoseconds; for ever if not timed. */
  private boolean await(boolean timed, @Nullable Deadline deadline, long nanos)
      throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    Generation mine = generation;
    if (mine == SET) {
      return true;
    }
    if (timed && (deadline != null ? deadline.isExpired() : nanos <= 0)) {
      return false;
    }
    Thread thread = Thread.currentThread();
    long end = timed && deadline == null ? System.nanoTime() + nanos : 0;
    mine.waiting.add(thread);
    Wait wait = null;
    try {
      wait = Waits.enter(setting, "set", timed ? Wait.Exit.TIMEOUT : Wait.Exit.INTERRUPT);
      while (generation == mine) {
        if (Thread.interrupted()) {
          throw Waits.causedBy(wait, new InterruptedException());
        }
        if (!timed) {
          LockSupport.park(this);
          continue;
        }
        long left = deadline != null ? deadline.remainingNanos() : end - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        LockSupport.parkNanos(this, Math.min(left, Deadline.MAX_NANOS));
      }
      return true;
    } finally {
      mine.waiting.remove(thread);
      if (wait != null) {
        wait.leave();
      }
    }
  }

  /** How many threads wait now. */
  public int waiters() {
    return generation.waiting.size();
  }

  /** The name, whether it is set, and how many threads wait. */
  @Override
  public String toString() {
    Generation now = generation;
    int waiting = now.waiting.size();
    return "ResettableEvent["
        + name
        + (now == SET ? ", set]" : waiting == 0 ? ", reset]" : ", reset, " + waiting + " waiting]");
  }
}
