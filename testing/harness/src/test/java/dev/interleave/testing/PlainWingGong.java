// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullMarked;

/**
 * The search of Wing and Gong as they published it (JPDC 17, 1993): any call that no other one
 * precedes may be the next; no cache, no hints. What the checker is measured against.
 *
 * @param <S> the states
 */
@NullMarked
final class PlainWingGong<S> {
  private final Model<S> model;
  private final long maxSteps;
  private long steps;

  /** Something has to stop it. */
  static final class TooLongException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TooLongException(long steps) {
      super("not done after " + steps + " steps");
    }
  }

  PlainWingGong(Model<S> model, long maxSteps) {
    this.model = model;
    this.maxSteps = maxSteps;
  }

  /** One call that was tried, and what there is to be tried after it. */
  private static final class Frame<S> {
    final int call;
    final S state;
    final List<S> next = new ArrayList<>();
    final int from;
    int candidate = -1;

    /** All calls before {@code from} are done. */
    Frame(int call, S state, int from) {
      this.call = call;
      this.state = state;
      this.from = from;
    }
  }

  boolean isLinearizable(History history) {
    Part<S> part = new Part<>(model, history.operations());
    List<Operation> calls = part.operations();
    boolean[] done = new boolean[calls.size()];
    long left = calls.stream().filter(call -> !call.isPending()).count();
    List<Frame<S>> path = new ArrayList<>();
    path.add(new Frame<>(-1, model.initial(), 0));
    while (!path.isEmpty()) {
      if (left == 0) {
        return true;
      }
      Frame<S> top = path.getLast();
      if (!top.next.isEmpty()) {
        done[top.candidate] = true;
        left -= calls.get(top.candidate).isPending() ? 0 : 1;
        int from = top.from;
        while (from < done.length && done[from]) {
          from++;
        }
        path.add(new Frame<>(top.candidate, top.next.removeFirst(), from));
      } else if (!tryNext(top, part, done)) {
        path.removeLast();
        if (top.call >= 0) {
          done[top.call] = false;
          left += calls.get(top.call).isPending() ? 0 : 1;
        }
      }
    }
    return false;
  }

  /** Goes on to the next candidate: one that begins before the first end of those not done. */
  private boolean tryNext(Frame<S> frame, Part<S> part, boolean[] done) {
    int firstEnd = Operation.NEVER;
    for (int call = frame.from; call < done.length; call++) {
      Operation operation = part.operation(call);
      if (operation.start() > firstEnd) {
        return false;
      }
      if (done[call]) {
        continue;
      }
      if (call > frame.candidate) {
        if (++steps > maxSteps) {
          throw new TooLongException(steps);
        }
        frame.candidate = call;
        part.successors(frame.state, call, frame.next);
        return true;
      }
      firstEnd = Math.min(firstEnd, operation.end());
    }
    return false;
  }
}
