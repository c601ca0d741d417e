// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import dev.interleave.Deadline;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import java.lang.invoke.VarHandle;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a task that finds its pool full: its submitter waits for a place or runs it, or
 * an older one has to go for it. Workers that make a place tell those who wait for one.
 *
 * <p>Thread-safe. It has no lock but that of the line in which submitters wait: see {@link
 * RoomLine}, also for why no wake-up is lost.
 */
final class FullPool {
  /** For how many places a submitter spins, if it does. */
  private static final int ENOUGH_PLACES = 64;

  private static final int PAUSES = 32;
  private static final int PLACE_LOOKS = Runtime.getRuntime().availableProcessors() > 1 ? 10 : 0;
  private static final int PLACE_YIELDS = 4;

  private final Engine engine;
  private final String name;
  private final MonitoredPool.Builder config;
  private final Admission admission;
  private final Rejections rejections;
  private final TaskQueue queue;

  /** Whether taking a task moves the head of a ring, which is as good as a fence. */
  private final boolean fenced;

  private final @Nullable RoomLine room;

  /** Of an engine that is being made, and has this queue. */
  FullPool(
      Engine engine,
      MonitoredPool.Builder config,
      Admission admission,
      Rejections rejections,
      TaskQueue queue) {
    this.engine = engine;
    this.config = config;
    this.admission = admission;
    this.rejections = rejections;
    this.queue = queue;
    name = config.name();
    fenced = queue instanceof TaskRing;
    room = config.rejection() == Rejection.BLOCK ? new RoomLine(this::hasPlace) : null;
  }

  /** That it is full, for messages. */
  String why() {
    return "Pool "
        + name
        + " is full: "
        + admission.live()
        + " threads are busy, and "
        + config.capacity()
        + " tasks wait";
  }

  /**
   * Waits a moment for some places, or in the end for any; true if there are. To wake a submitter
   * takes longer than to run a hundred short tasks, and one that goes on as soon as there is a
   * single place has to wait again at once.
   */
  @SuppressWarnings("ThreadPriorityCheck") // correct without yielding, which only saves time
  private boolean spinForPlace() {
    long enough = Math.min(ENOUGH_PLACES, 1 + config.capacity() / 4);
    for (int i = 0; i < PLACE_LOOKS + PLACE_YIELDS; i++) {
      if (i >= PLACE_LOOKS) {
        Thread.yield();
      } else {
        for (int j = 0; j < PAUSES; j++) {
          Thread.onSpinWait();
        }
      }
      if (admission.places() >= enough) {
        return true;
      }
    }
    return admission.places() > 0;
  }

  /** Waits for a place, if only for a while; the caller then tries again. */
  void awaitPlace(Task task, Deadline patience) {
    if (patience.isExpired() || !spinForPlace()) {
      parkForPlace(task, patience);
    }
  }

  private void parkForPlace(Task task, Deadline patience) {
    RoomLine line = room;
    if (line == null) {
      return;
    }
    PoolWaitEvent event = PoolWaitEvent.begin(name, "a place");
    Wait wait = Waits.enter(PoolResource.place(name), "a place", Wait.Exit.TIMEOUT);
    String outcome = "timed out";
    try {
      if (line.await(Math.min(patience.remainingNanos(), Deadline.MAX_NANOS))) {
        outcome = "done";
        return;
      }
    } catch (InterruptedException e) {
      outcome = "interrupted";
      Thread.currentThread().interrupt();
      rejections.blocked.increment();
      throw engine.reject(task, why() + "; interrupted while waiting for a place", e);
    } finally {
      wait.leave();
      PoolWaitEvent.end(event, outcome);
    }
    rejections.blocked.increment();
    throw engine.reject(task, why() + "; there was no place in time", null);
  }

  /** Throws away the one that has waited longest; perhaps none, if they have just begun. */
  void dropOldest() {
    Task oldest = null;
    if (queue instanceof TaskBuffer buffer) {
      for (Task task : buffer.buffer()) {
        if (task.isWaiting() && (oldest == null || task.number - oldest.number < 0)) {
          oldest = task;
        }
      }
    } else {
      Task taken = Task.bare(null);
      Object item = queue.pollSurely(taken);
      oldest = item == null ? null : Engine.asTask(item, taken);
    }
    if (oldest != null && engine.discard(oldest)) {
      rejections.dropped.increment();
      String why =
          "Pool " + name + " is full, and dropped " + oldest.name(name) + " for a newer task";
      if (oldest.future != null) {
        oldest.future.discarded(new RejectedExecutionException(why));
      }
      engine.incidents().rejected(oldest.name(name), why);
    }
  }

  /** Runs a task that was not admitted, on the thread of its submitter. */
  void runHere(Task task) {
    task.admitted(0);
    boolean unused = task.begin(Thread.currentThread()); // nobody else knows it
    engine.arm(task);
    engine.armRun(task);
    Object value = null;
    Throwable thrown = null;
    try {
      value = task.call();
    } catch (Throwable e) { // whatever it is, it is the task's
      thrown = e;
    }
    int fate = task.end();
    if (task.wasInterrupted()) {
      boolean unusedStatus = Thread.interrupted(); // else it is the submitter's own
    }
    task.stopTimer();
    task.forget();
    if (task.future == null && fate == Task.ENDED && thrown instanceof Error error) {
      throw error;
    }
    if (task.future == null && fate == Task.ENDED && thrown instanceof RuntimeException e) {
      throw e;
    }
    engine.deliver(task, fate, value, thrown);
  }

  /** Called after a task was counted as ended. */
  void placeIsFree() {
    if (room != null) {
      VarHandle.fullFence(); // the count is visible before it looks whether somebody waits
      offerPlace();
    }
  }

  /** The same, for who has moved the head of the ring in between: see {@link #hasPlace}. */
  void offerPlace() {
    RoomLine line = room;
    if (line != null) {
      if (!fenced) {
        VarHandle.fullFence();
      }
      if (line.isWanted()) {
        line.signal();
      }
    }
  }

  /**
   * For who has said that it waits. A worker that has ended a task moves the head of the ring
   * before it looks whether somebody waits: either it sees that, or its count is seen here.
   */
  private boolean hasPlace() {
    boolean unused = queue.hasTasks(); // reads the head
    return !admission.isFull();
  }

  /** Has all that wait for a place try again, as the pool is closed or has been resized. */
  void wakeAll() {
    if (room != null) {
      room.signalAll();
    }
  }
}
