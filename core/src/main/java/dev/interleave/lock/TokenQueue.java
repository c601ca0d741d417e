// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import dev.interleave.lock.BiasedReadWriteLock.Preference;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
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
 * claims its turn ({@link #impatient}), and from then on nobody who may have to wait overtakes
 * until it is in or gives up; nobody else takes that back, but the next in line may claim its own.
 * Under FAIR they never overtake. An untimed {@code tryLock()}, which never waits, always may.
 *
 * <p>All methods may be called by any thread; what they say of others is a snapshot.
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

  static final boolean MULTI_CORE = Runtime.getRuntime().availableProcessors() > 1;

  /** Spin hints between two looks of a thread in line; some hundred nanoseconds. */
  private static final int BACK_OFF = MULTI_CORE ? 32 : 0;

  /** What wait times are counted from, so that a start is a positive number. */
  private static final long EPOCH = System.nanoTime() - 1;

  private static final VarHandle IMPATIENT;

  static {
    try {
      IMPATIENT = MethodHandles.lookup().findVarHandle(TokenQueue.class, "impatient", Thread.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** The first in line, once it has lost its patience. Only it takes that back. */
  private transient volatile @Nullable Thread impatient;

  /** Which kinds of threads must not overtake when nobody has lost patience. */
  private final int usuallyQueueing;

  TokenQueue(Preference preference) {
    usuallyQueueing =
        switch (preference) {
          case READERS -> WRITER;
          case WRITERS -> 0;
          case FAIR -> READER | WRITER;
        };
  }

  /** Whether the caller, one of {@code kind}, has to stand in line although the token is free. */
  final boolean mustQueue(int kind) {
    return (impatient != null || (usuallyQueueing & kind) != 0) && hasQueuedPredecessors();
  }

  /** Whether the first in line has lost its patience, and nobody overtakes. */
  final boolean isSomebodyImpatient() {
    return impatient != null;
  }

  /** Whether {@code me}, the calling thread, has lost its patience in line, and not been in yet. */
  final boolean isImpatient(Thread me) {
    return impatient == me;
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
    if (ticket < 0 || ticket() - ticket > PATIENCE) {
      claimTurn(Thread.currentThread());
    }
  }

  /** If {@code me} is the first in line, whoever has claimed a turn before has left it. */
  private void claimTurn(Thread me) {
    Thread claimed = impatient; // read before the look at the line: it may come to stand there
    while (claimed != me
        && !hasQueuedPredecessors()
        && !IMPATIENT.compareAndSet(this, claimed, me)) {
      claimed = impatient;
    }
  }

  /**
   * The caller does not wait any more, however that ended: if it was the impatient one, overtaking
   * is allowed again. The next in line may have claimed its turn meanwhile, and keeps it.
   */
  final void bePatient() {
    Thread me = Thread.currentThread();
    if (impatient == me) {
      boolean unused = IMPATIENT.compareAndSet(this, me, null);
    }
  }

  /** After a reader's acquisition through the queue. */
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
