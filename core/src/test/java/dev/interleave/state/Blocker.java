// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.testing.contract.ThreadKind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A function that keeps the owner of a confined state busy until it is let go. */
final class Blocker {
  /** Of the JVM: it starts when a virtual thread first waits for a limited time, and stays. */
  static final String TIMER_OF_VIRTUAL_THREADS = "ForkJoinPool-\\d+-delayScheduler|.*-unparker";

  private final CountDownLatch in = new CountDownLatch(1);
  private final CountDownLatch out = new CountDownLatch(1);
  private volatile boolean interrupted;

  CompletableFuture<String> future = new CompletableFuture<>();

  static <T> Confined.Builder<T> confined(ThreadKind kind, Supplier<T> initial) {
    return Confined.<T>builder(initial).name("log").threads(body -> kind.unstarted("made", body));
  }

  static Confined.Builder<List<String>> confinedList(ThreadKind kind) {
    return confined(kind, ArrayList::new);
  }

  /** What is in the list now. */
  static List<String> items(Confined<List<String>> list) throws InterruptedException {
    return list.call(List::copyOf);
  }

  /** Returns when the owner is in the function, which is the result once it has been let go. */
  static Blocker of(Confined<?> confined) throws InterruptedException {
    Blocker blocker = new Blocker();
    blocker.future = confined.submit(blocker::block);
    assertThat(blocker.in.await(30, TimeUnit.SECONDS)).isTrue();
    return blocker;
  }

  /** As a part of another function. */
  String blockHere() {
    return block(this);
  }

  private String block(Object state) {
    in.countDown();
    while (true) {
      try {
        out.await();
        return "let go";
      } catch (InterruptedException e) {
        interrupted = true; // and goes on: it is let go by the test alone
      }
    }
  }

  void letGo() {
    out.countDown();
  }

  boolean wasInterrupted() {
    return interrupted;
  }
}
