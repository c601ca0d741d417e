// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.lock;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is compared must do the same. */
class LockedLongTest {
  private static final int THREADS = 4;
  private static final int TIMES = 2_000;

  @ParameterizedTest
  @EnumSource(LockKind.class)
  void readsWhatWasWritten(LockKind kind) {
    LockedLong shared = kind.create();
    shared.write(42);
    assertThat(shared.read()).isEqualTo(42);
    assertThat(shared.timedIncrement()).isNotNegative();
    assertThat(shared.read()).isEqualTo(43);
  }

  @ParameterizedTest
  @EnumSource(LockKind.class)
  void writersExcludeEachOther(LockKind kind) throws InterruptedException {
    LockedLong shared = kind.create();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int n = 0; n < TIMES; n++) {
                  shared.timedIncrement();
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(shared.read()).isEqualTo(THREADS * TIMES);
  }
}
