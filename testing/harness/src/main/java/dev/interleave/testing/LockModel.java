// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A lock that one thread can hold, many times or once. */
final class LockModel implements Model<LockModel.Held>, Insight {
  private static final String OPERATIONS =
      "lock, lockInterruptibly, tryLock, timedTryLock, unlock, isLocked, isHeldByCurrentThread";
  private static final Held FREE = new Held(null, 0);

  private final boolean reentrant;

  LockModel(boolean reentrant) {
    this.reentrant = reentrant;
  }

  /**
   * Who holds it.
   *
   * @param owner the thread, or null
   * @param count how many times
   */
  record Held(@Nullable String owner, int count) {
    boolean isBy(String thread) {
      return thread.equals(owner);
    }

    @Override
    public String toString() {
      return owner == null ? "free" : "held by " + owner + (count > 1 ? " x" + count : "");
    }
  }

  @Override
  public Held initial() {
    return FREE;
  }

  @Override
  public Transition<Held> step(Held state, Operation call) {
    return switch (call.name()) {
      case "lock", "lockInterruptibly" ->
          isFreeFor(call, state) ? Transition.done(more(state, call)) : Transition.blocked();
      case "tryLock" ->
          isFreeFor(call, state)
              ? Transition.returning(true, more(state, call))
              : Transition.returning(false, state);
      case "timedTryLock" ->
          isFreeFor(call, state)
              ? Transition.returning(true, more(state, call))
              : Transition.timingOut(false, state);
      case "unlock" ->
          state.isBy(call.thread())
              ? Transition.done(less(state))
              : Transition.throwing(IllegalMonitorStateException.class, state);
      case "isLocked" -> Transition.returning(state.count > 0, state);
      case "isHeldByCurrentThread" -> Transition.returning(state.isBy(call.thread()), state);
      default -> throw call.unknown(OPERATIONS);
    };
  }

  private boolean isFreeFor(Operation call, Held state) {
    return state.count == 0 || (reentrant && state.isBy(call.thread()));
  }

  private static Held more(Held state, Operation call) {
    return new Held(call.thread(), state.count + 1);
  }

  private static Held less(Held state) {
    return state.count == 1 ? FREE : new Held(state.owner, state.count - 1);
  }

  @Override
  public boolean isReadOnly(Operation call) {
    return change(call) == 0;
  }

  /** Returns by how much an ended call has changed the number of holds. */
  private static int change(Operation call) {
    boolean threw = call.outcome() instanceof Outcome.Threw;
    return switch (call.name()) {
      case "lock", "lockInterruptibly" -> threw ? 0 : 1;
      case "tryLock", "timedTryLock" -> call.outcome().equals(Outcome.returned(true)) ? 1 : 0;
      case "unlock" -> threw ? 0 : -1;
      default -> 0;
    };
  }

  @Override
  public List<Group> groups(List<Operation> operations) {
    return Sections.of(operations, LockModel::change);
  }

  @Override
  public boolean survives(Operation readOnly) {
    return switch (readOnly.name()) {
      case "unlock" -> true;
      case "isLocked", "isHeldByCurrentThread" ->
          readOnly.outcome().equals(Outcome.returned(false));
      default -> false;
    };
  }
}
