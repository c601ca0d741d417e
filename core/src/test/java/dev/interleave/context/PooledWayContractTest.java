// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.Guard;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds of every way to give a task to a pool, however the task ends. */
@Timeout(90)
@Tag("kit")
class PooledWayContractTest {
  private static final ThreadLocal<String> PLACE = new ThreadLocal<>();
  private static final ContextLocal<String> USER =
      ContextLocal.<String>builder("user").mirrored(ContextMirror.of(PLACE)).build();
  private static final Context ANN = Context.empty().with(USER, "ann");
  private static final Context BOB = Context.empty().with(USER, "bob");

  /** As its one thread says. */
  private static void assertNothingLeft(ExecutorService pool) throws Exception {
    assertThat(pool.submit(() -> Context.CURRENT.get() + " " + PLACE.get()).get())
        .isEqualTo("null null");
  }

  private static String user() {
    return USER.orElse("nobody") + "/" + PLACE.get();
  }

  @ParameterizedTest
  @EnumSource
  void taskReturns(PooledWay way) throws Exception {
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    try (ExecutorService pool = way.pool()) {
      Future<?> ann = ANN.call(() -> way.start(pool, () -> note(seen)));
      assertThat(seen.take()).isEqualTo("ann/ann");
      Future<?> nobody = way.start(pool, () -> note(seen));
      assertThat(seen.take()).isEqualTo("nobody/null");
      assertNothingLeft(pool);
      ann.cancel(false); // those that are repeated
      nobody.cancel(false);
    }
  }

  private static String note(BlockingQueue<String> seen) {
    seen.add(user());
    return "";
  }

  @ParameterizedTest
  @EnumSource
  void taskThrows(PooledWay way) throws Exception {
    try (ExecutorService pool = way.pool()) {
      Future<?> failed =
          ANN.call(() ->
              way.start(
                  pool,
                  () -> {
                    throw new IllegalStateException(user());
                  }));
      assertThatThrownBy(failed::get).rootCause().hasMessageContaining("ann/ann");
      assertNothingLeft(pool);
    }
  }

  @ParameterizedTest
  @EnumSource
  void taskIsCancelledWhileItRuns(PooledWay way) throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    try (ExecutorService pool = way.pool()) {
      Future<?> running =
          ANN.call(() ->
              way.start(
                  pool,
                  () -> {
                    begun.countDown();
                    release.await(); // not all ways interrupt
                    return "";
                  }));
      begun.await();
      assertThat(running.cancel(true)).isTrue();
      release.countDown();
      assertNothingLeft(pool);
    }
  }

  @ParameterizedTest
  @EnumSource
  void taskThatWaitsIsCancelled(PooledWay way) throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    List<String> ran = new CopyOnWriteArrayList<>();
    try (ExecutorService pool = way.pool()) {
      Future<?> busy =
          pool.submit(() -> {
            begun.countDown();
            release.await();
            return "";
          });
      begun.await();
      Future<?> waiting =
          ANN.call(() ->
              way.start(
                  pool,
                  () -> {
                    ran.add(user());
                    return "";
                  }));
      assertThat(waiting.cancel(true)).isTrue();
      release.countDown();
      assertThat(busy.get()).isEqualTo("");
      assertNothingLeft(pool);
      assertThat(ran).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  @ResourceLock("ContextLeakDetector") // which tells all of the leaks of all
  void taskLeavesAScopeOpen(PooledWay way) throws Exception {
    List<ContextLeak> leaks = new CopyOnWriteArrayList<>();
    try (ExecutorService pool = way.pool();
        Guard listening = ContextLeakDetector.listen(leaks::add)) {
      CountDownLatch done = new CountDownLatch(1);
      Future<?> task =
          ANN.call(() ->
              way.start(
                  pool,
                  () -> {
                    assertThat(BOB.open()).isNotNull();
                    done.countDown();
                    return "";
                  }));
      done.await();
      assertNothingLeft(pool);
      task.cancel(false);
      assertThat(leaks)
          .singleElement()
          .extracting(ContextLeak::locals)
          .isEqualTo(List.of("user=bob"));
    }
  }

  /** A task that gives another one to the pool, in a context of its own, and is itself after it. */
  @ParameterizedTest
  @EnumSource
  void taskSubmitsAnother(PooledWay way) throws Exception {
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    try (ExecutorService pool = way.pool()) {
      Future<?> outer =
          ANN.call(() ->
              way.start(
                  pool,
                  () -> {
                    Future<?> inner = BOB.call(() -> way.start(pool, () -> note(seen)));
                    Future<?> ours = way.start(pool, () -> note(seen));
                    assertThat(List.of(inner, ours)).doesNotContainNull();
                    return note(seen);
                  }));
      assertThat(List.of(seen.take(), seen.take(), seen.take()))
          .containsExactlyInAnyOrder("ann/ann", "bob/bob", "ann/ann");
      assertNothingLeft(pool);
      outer.cancel(false);
      pool.shutdownNow(); // those that are repeated
    }
  }
}
