// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What a semaphore says to numbers that are none of permits. */
class SemaphoreModelTest {
  private static Verdict.Kind kind(Linearizability<?> check, String history) {
    return check.check(History.parse(history)).kind();
  }

  @Test
  void negativeNumberOfPermitsIsAnError() {
    Linearizability<?> semaphore = Linearizability.of(Models.semaphore(5));
    for (String name :
        List.of("acquire", "acquireUninterruptibly", "tryAcquire", "timedTryAcquire", "release")) {
      String call = "a: " + name + "(-1)\na: %s\na: availablePermits()\na: returned %d\n";
      String error = "threw java.lang.IllegalArgumentException";
      String success = name.startsWith("t") ? "returned true" : "done";
      assertThat(kind(semaphore, call.formatted(error, 5))).isEqualTo(Verdict.Kind.HOLDS);
      assertThat(kind(semaphore, call.formatted(error, 6))).isEqualTo(Verdict.Kind.VIOLATED);
      for (int permits = 4; permits <= 6; permits++) {
        assertThat(kind(semaphore, call.formatted(success, permits)))
            .isEqualTo(Verdict.Kind.VIOLATED);
      }
    }
  }
}
