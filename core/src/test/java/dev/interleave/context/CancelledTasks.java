// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** A task that is cancelled while it runs, and one that waits behind it, each in a context. */
final class CancelledTasks {
  private CancelledTasks() {}

  /**
   * Cancels both.
   *
   * @param executor takes contexts along, has one thread, and interrupts what is cancelled
   * @return how often the one that waited has run, to be asked once the thread has gone on
   */
  static AtomicInteger cancel(ExecutorService executor, Context ofRunning, Context ofWaiting)
      throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    Future<?> running =
        ofRunning.call(() ->
            executor.submit(() -> {
              begun.countDown();
              never.await();
              return "";
            }));
    AtomicInteger ran = new AtomicInteger();
    Future<?> waiting = ofWaiting.call(() -> executor.submit(ran::incrementAndGet));
    begun.await();
    assertThat(waiting.cancel(true)).isTrue();
    assertThat(running.cancel(true)).isTrue();
    assertThatExceptionOfType(CancellationException.class).isThrownBy(running::get);
    return ran;
  }
}
