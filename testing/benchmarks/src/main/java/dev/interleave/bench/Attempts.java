// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.openjdk.jmh.runner.RunnerException;

/** Measures again what others have disturbed, within limits, and notes what stays disturbed. */
final class Attempts {
  /** How often at most one thing is measured. */
  private static final int MOST = 3;

  private final Clock clock;
  private final List<Run.Disturbed> disturbed = new ArrayList<>();
  private int repetitionsLeft;

  /** With so many repetitions for all measurements together. */
  Attempts(Clock clock, int repetitions) {
    this.clock = clock;
    repetitionsLeft = repetitions;
  }

  /** One measurement. */
  interface Attempt<T> {
    T run() throws IOException, InterruptedException, RunnerException;
  }

  /** The result of the first undisturbed attempt, or of the last one. */
  <T> T run(String id, int round, Attempt<T> attempt, Function<T, String> words)
      throws IOException, InterruptedException, RunnerException {
    for (int tries = 1; ; tries++) {
      Disturbance.Mark before = Disturbance.Mark.now();
      T result = attempt.run();
      Disturbance disturbance = before.until(Disturbance.Mark.now());
      clock.say(String.format(Locale.ROOT, "%-30s %s", id, words.apply(result)));
      if (!disturbance.isDoubtful()) {
        return result;
      }
      boolean again = tries < MOST && repetitionsLeft > 0;
      clock.say("    " + disturbance + (again ? "; again" : "; kept, and noted"));
      if (!again) {
        disturbed.add(new Run.Disturbed(id, round, disturbance));
        return result;
      }
      repetitionsLeft--;
    }
  }

  /** What stayed disturbed so far. */
  List<Run.Disturbed> disturbed() {
    return List.copyOf(disturbed);
  }
}
