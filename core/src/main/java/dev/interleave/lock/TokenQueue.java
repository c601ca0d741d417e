// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import dev.interleave.lock.BiasedReadWriteLock.Preference;
import java.util.concurrent.locks.AbstractQueuedLongSynchronizer;
import org.jspecify.annotations.Nullable;

/**
 * The line in which threads wait for the token of {@link ReadWriteSync}, and who may overtake it.
 *
 * <p>The queue itself is that of {@link AbstractQueuedLongSynchronizer}. Readers and writers stand
 * in it only while the token is taken, or behind others who do, so the release of the token wakes
 * it. A reader that comes out of it wakes the next in line itself ({@link #leftQueue}), because a
 * writer may stand there and no release of the token will follow.
 *
 * <h2>Nobody starves</h2>
 *
 * <p>Threads that arrive may overtake those that wait (it saves two context switches), but only for
 * a while: a thread first in line that has waited {@value #PATIENCE} ns and finds itself overtaken
 * sets {@link #queueing} to everybody, and from then on nobody overtakes until it is in or gives
 * up; nobody else takes that back. Under FAIR nobody overtakes at all.
 *
 * <p>All methods may be called by any thread; what they say of overtaking is a snapshot, except to
 * the thread that is first in line.
 */
abstract class TokenQueue extends AbstractQueuedLongSynchronizer {
  private static final long serialVersionUID = 1L;

  /** The bits of the state any of which says that the token is taken. */
  static final long TOKEN = 3L << 62;

  /** How long the first in line is overtaken at most, in nanoseconds. */
  static final long PATIENCE = 1_000_000;

  /** Kinds of threads. */
  static final int READER = 1;

  static final int WRITER = 2;

  /** In {@link #queueing}: the first in line has lost its patience. */
  private static final int EVERYBODY = READER | WRITER | 4;

  static final boolean MULTI_CORE = Runtime.getRuntime().availableProcessors() > 1;

  /** Spin hints between two looks of a thread in line; some hundred nanoseconds. */
  private static final int BACK_OFF = MULTI_CORE ? 32 : 0;

  /** What wait times are counted from, so that a start is a positive number. */
  private static final long EPOCH = System.nanoTime() - 1;

  /** The thread that set {@link #queueing} to everybody; nobody else may take that back. */
  private transient volatile @Nullable Thread impatient;

  /** Which kinds of threads must not overtake at the moment. */
  private volatile int queueing;

  /** What {@link #queueing} is when nobody has lost patience. */
  private final int usuallyQueueing;

  TokenQueue(Preference preference) {
    usuallyQueueing =
        switch (preference) {
          case READERS -> WRITER;
          case WRITERS -> 0;
          case FAIR -> READER | WRITER;
        };
    queueing = usuallyQueueing;
  }

  /** Whether the caller, one of {@code kind}, has to stand in line although the token is free. */
  final boolean mustQueue(int kind) {
    return (queueing & kind) != 0 && hasQueuedPredecessors();
  }

  /** Whether the first in line has lost its patience, and nobody overtakes. */
  final boolean isSomebodyImpatient() {
    return queueing == EVERYBODY;
  }

  /** When a wait began; positive, so that a condition's saved state, negative, is no ticket. */
  static long ticket() {
    return System.nanoTime() - EPOCH;
  }

  /**
   * A thread in line, or about to stand in it, has failed to get what was free a moment ago. It
   * looks away for a moment: the queue lets the first in line look again and again before it parks,
   * and each look takes the line of the state from the thread that works with it. If it is first in
   * line and has had patience enough, nobody overtakes from now on. A thread that comes back from a
   * condition has no ticket and no patience.
   *
   * @param ticket when it began to wait; negative after a condition, 0 if it does not wait
   */
  final void overtaken(long ticket) {
    if (ticket == 0) {
      return;
    }
    lookAway(BACK_OFF);
    if ((ticket < 0 || ticket() - ticket > PATIENCE)
        && (!isSomebodyImpatient() || impatient != Thread.currentThread())
        && !hasQueuedPredecessors()) {
      impatient = Thread.currentThread();
      queueing = EVERYBODY;
    }
  }

  /**
   * The caller leaves the queue: if it was the impatient one, overtaking is allowed again. The next
   * in line may claim its turn at the same moment, and then finds one of the two fields changed the
   * next time that it is overtaken, and claims it again.
   */
  final void bePatient() {
    if (impatient == Thread.currentThread()) {
      impatient = null;
      queueing = usuallyQueueing;
    }
  }

  /** After an acquisition through the queue. */
  final void leftQueue() {
    bePatient();
    if ((getState() & TOKEN) == 0 && hasQueuedThreads()) {
      wakeNext();
    }
  }

  /** Wakes the first in line. */
  final void wakeNext() {
    releaseShared(0);
  }

  /** Changes nothing: it is how a subclass makes the queue wake its first thread. */
  @Override
  protected final boolean tryReleaseShared(long ignored) {
    return true;
  }

  /** Four at a time: a model checker takes a loop of many steps for one that does not end. */
  static void lookAway(int hints) {
    for (int i = 0; i < hints; i += 4) {
      Thread.onSpinWait();
      Thread.onSpinWait();
      Thread.onSpinWait();
      Thread.onSpinWait();
    }
  }
}
