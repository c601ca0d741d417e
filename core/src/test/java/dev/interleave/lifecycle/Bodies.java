// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.Deadline;
import dev.interleave.testing.contract.ThreadKind;
import dev.interleave.testing.contract.Waiting;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** What services of these tests do, and how tests wait for them. */
final class Bodies {
  static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Of the JVM: it starts when a virtual thread first waits for a limited time, and stays. */
  static final String TIMER_OF_VIRTUAL_THREADS = "ForkJoinPool-\\d+-delayScheduler|.*-unparker";

  private Bodies() {}

  static Deadline soon() {
    return Deadline.after(PATIENCE);
  }

  static void eventually(String what, BooleanSupplier condition) throws InterruptedException {
    Waiting.until(condition, PATIENCE, () -> "not so: " + what);
  }

  static void await(CountDownLatch latch) throws InterruptedException {
    assertThat(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  static Service.Builder service(ThreadKind kind, String name, Service.Body body) {
    return Service.builder(name, body).threads(run -> kind.unstarted("made", run));
  }

  /** Is ready at once, and ends when it is asked to. */
  static void obedient(StopToken stop, Runnable ready) throws InterruptedException {
    ready.run();
    stop.await();
  }

  /** Is ready at once, does not look at its token, and ends when it is interrupted. */
  static void deaf(StopToken stop, Runnable ready) throws InterruptedException {
    ready.run();
    new CountDownLatch(1).await();
  }

  /** A body that neither looks at its token nor minds an interrupt, until it is let go. */
  static final class Stubborn implements Service.Body {
    private final CountDownLatch out = new CountDownLatch(1);
    final CountDownLatch interrupted = new CountDownLatch(1);

    @Override
    public void run(StopToken stop, Runnable ready) {
      ready.run();
      block();
    }

    private void block() {
      while (true) {
        try {
          out.await();
          return;
        } catch (InterruptedException e) {
          interrupted.countDown(); // and goes on: it is let go by the test alone
        }
      }
    }

    void letGo() {
      out.countDown();
    }
  }

  /** Hears of errors. */
  static final class Errors {
    final List<Throwable> heard = new CopyOnWriteArrayList<>();

    void add(Throwable error) {
      heard.add(error);
    }

    Throwable only() {
      assertThat(heard).hasSize(1);
      return heard.get(0);
    }
  }
}
