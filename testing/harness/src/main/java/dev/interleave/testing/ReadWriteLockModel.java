// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A reentrant lock that many can hold for reading, or one for writing, and for reading too. */
final class ReadWriteLockModel implements Model<ReadWriteLockModel.Held>, Insight {
  private static final String OPERATIONS =
      "readLock, tryReadLock, timedTryReadLock, readUnlock, writeLock, tryWriteLock,"
          + " timedTryWriteLock, writeUnlock";
  private static final Held FREE = new Held(null, 0, Map.of());

  /**
   * Who holds it.
   *
   * @param writer the thread that holds the write lock, or null
   * @param writes how many times
   * @param readers the threads that hold the read lock, and how many times
   */
  record Held(@Nullable String writer, int writes, Map<String, Integer> readers) {
    boolean isWrittenBy(String thread) {
      return thread.equals(writer);
    }

    boolean isHeldBy(String thread) {
      return isWrittenBy(thread) || readers.containsKey(thread);
    }

    /** Tells whether someone else is in the way of a reader. */
    boolean isWrittenByOther(String thread) {
      return writer != null && !isWrittenBy(thread);
    }

    Held read(String thread, int change) {
      Map<String, Integer> changed = new TreeMap<>(readers);
      changed.merge(thread, change, (a, b) -> a + b == 0 ? null : a + b);
      return new Held(writer, writes, Collections.unmodifiableMap(changed));
    }

    Held write(String thread, int change) {
      int left = writes + change;
      return new Held(left == 0 ? null : thread, left, readers);
    }

    @Override
    public String toString() {
      if (writer == null && readers.isEmpty()) {
        return "free";
      }
      String writing = writer == null ? "" : "written by " + writer + times(writes);
      StringBuilder reading = new StringBuilder();
      readers.forEach((reader, count) ->
          reading.append(reading.isEmpty() ? "" : ", ").append(reader).append(times(count)));
      return writing
          + (writer == null || readers.isEmpty() ? "" : ", ")
          + (readers.isEmpty() ? "" : "read by " + reading);
    }

    private static String times(int count) {
      return count > 1 ? " x" + count : "";
    }
  }

  @Override
  public Held initial() {
    return FREE;
  }

  @Override
  public Transition<Held> step(Held state, Operation call) {
    String me = call.thread();
    return switch (call.name()) {
      case "readLock" ->
          state.isWrittenByOther(me) ? Transition.blocked() : Transition.done(state.read(me, 1));
      case "tryReadLock" ->
          state.isWrittenByOther(me)
              ? Transition.returning(false, state)
              : Transition.returning(true, state.read(me, 1));
      case "timedTryReadLock" -> timedRead(state, me);
      case "readUnlock" ->
          state.readers.containsKey(me) ? Transition.done(state.read(me, -1)) : notHeld(state);
      case "writeLock" ->
          mayWrite(state, me) ? Transition.done(state.write(me, 1)) : Transition.blocked();
      case "tryWriteLock" ->
          mayWrite(state, me)
              ? Transition.returning(true, state.write(me, 1))
              : Transition.returning(false, state);
      case "timedTryWriteLock" ->
          mayWrite(state, me)
              ? Transition.returning(true, state.write(me, 1))
              : Transition.timingOut(false, state);
      case "writeUnlock" ->
          state.isWrittenBy(me) ? Transition.done(state.write(me, -1)) : notHeld(state);
      default -> throw call.unknown(OPERATIONS);
    };
  }

  /**
   * Time may run out behind a writer in line: one that waits for other readers, or one that was
   * woken and is not in yet, while the lock is free.
   */
  private static Transition<Held> timedRead(Held state, String me) {
    Transition<Held> success =
        state.isWrittenByOther(me)
            ? Transition.blocked()
            : Transition.returning(true, state.read(me, 1));
    return state.isHeldBy(me) ? success : success.or(Transition.timingOut(false, state));
  }

  /** New readers may have to wait behind a writer in line. */
  @Override
  public boolean mayWaitBehind(Held state, Operation call, Operation other) {
    return switch (call.name()) {
      case "readLock", "timedTryReadLock" ->
          !state.isHeldBy(call.thread())
              && (other.name().equals("writeLock") || other.name().equals("timedTryWriteLock"));
      default -> false;
    };
  }

  private static boolean mayWrite(Held state, String me) {
    return state.writer == null ? state.readers.isEmpty() : state.isWrittenBy(me);
  }

  private static Transition<Held> notHeld(Held state) {
    return Transition.throwing(IllegalMonitorStateException.class, state);
  }

  @Override
  public boolean isReadOnly(Operation call) {
    return change(call) == 0;
  }

  private static int change(Operation call) {
    boolean threw = call.outcome() instanceof Outcome.Threw;
    return switch (call.name()) {
      case "readLock", "writeLock" -> threw ? 0 : 1;
      case "tryReadLock", "timedTryReadLock", "tryWriteLock", "timedTryWriteLock" ->
          call.outcome().equals(Outcome.returned(true)) ? 1 : 0;
      case "readUnlock", "writeUnlock" -> threw ? 0 : -1;
      default -> 0;
    };
  }

  @Override
  public List<Group> groups(List<Operation> operations) {
    return Sections.of(operations, ReadWriteLockModel::change);
  }

  @Override
  public boolean survives(Operation readOnly) {
    return readOnly.name().endsWith("Unlock");
  }
}
