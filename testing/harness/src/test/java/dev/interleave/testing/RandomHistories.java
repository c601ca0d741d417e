// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** Makes histories of a few calls by running a reference object. */
@NullMarked
final class RandomHistories {
  private static final int THREADS = 3;

  private final ModelKind kind;
  private final Random random;

  RandomHistories(ModelKind kind, long seed) {
    this.kind = kind;
    this.random = new Random(seed);
  }

  private record Running(Reference.Call call, @Nullable Outcome outcome) {}

  /**
   * Makes a history that is linearizable: each call takes effect at one moment. Some calls are
   * interrupted, some never end.
   */
  History linearizable(int calls) {
    Reference object = kind.reference.get();
    HistoryBuilder history = History.builder();
    Map<String, Running> running = new HashMap<>();
    int begun = 0;
    for (int steps = 0; steps < 20 * calls; steps++) {
      String thread = "t" + random.nextInt(THREADS);
      Running now = running.get(thread);
      if (now == null) {
        if (begun < calls) {
          Reference.Call call = object.random(random);
          begun++;
          history.call(thread, call.name(), call.arguments().toArray());
          running.put(thread, new Running(call, null));
        }
      } else if (now.outcome != null) {
        history.ended(thread, now.outcome);
        running.remove(thread);
      } else if (random.nextInt(20) == 0) {
        history.threw(thread, InterruptedException.class);
        running.remove(thread);
      } else {
        List<Outcome> outcomes = object.outcomes(thread, now.call);
        if (!outcomes.isEmpty()) {
          Outcome outcome = outcomes.get(random.nextInt(outcomes.size()));
          object.apply(thread, now.call, outcome);
          running.put(thread, new Running(now.call, outcome));
        }
      }
      if (begun == calls && random.nextInt(4 * calls) == 0) {
        break;
      }
    }
    return history.build();
  }

  /** Makes one in which one to three calls claim to have ended in some other way. */
  History mutated(int calls) {
    List<Operation> operations = new ArrayList<>(linearizable(calls).operations());
    for (int i = random.nextInt(3); i >= 0; i--) {
      int which = random.nextInt(operations.size());
      Operation call = operations.get(which);
      if (!call.isPending()) {
        Reference.Call made = Reference.Call.of(call);
        operations.set(which, call.ended(kind.reference.get().invent(made, random)));
      }
    }
    return new History(operations);
  }
}
