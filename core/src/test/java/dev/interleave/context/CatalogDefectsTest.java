// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.interleave.Guard;
import dev.interleave.testing.contract.ContractTest;
import dev.interleave.testing.contract.ThreadKind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * The defects of thread-local managers that this package is to be better than, each as a test that
 * it is not ours. The numbers are those of the pattern catalogue. X9 and A62 are in {@link
 * FlawedOriginalsTest}; with the examples, which are what would have them, are X6 (in {@code
 * CatalogDefectsTest}), the stores of X9, and A69 (in {@code WhereToKeepStateTest}).
 */
class CatalogDefectsTest {
  private static final ContextLocal<String> TENANT = ContextLocal.named("tenant");
  private static final ContextLocal<String> USER = ContextLocal.named("user");

  private static Context tenant(String name) {
    return Context.empty().with(TENANT, name);
  }

  static ExecutorService pool(ThreadKind kind, int threads) {
    return Executors.newFixedThreadPool(
        threads,
        kind == ThreadKind.VIRTUAL ? Thread.ofVirtual().factory() : Thread.ofPlatform().factory());
  }

  /** Scopes did not nest: the inner one deleted what the outer one had set. */
  @Nested
  class X1 {
    @Test
    void nestedScopeDoesNotEndTheOuterOne() {
      tenant("outer")
          .with(USER, "ann")
          .run(() -> {
            tenant("inner")
                .run(() -> {
                  assertThat(TENANT.get()).isEqualTo("inner");
                  assertThat(USER.isSet()).isFalse();
                });
            assertThat(TENANT.get()).isEqualTo("outer");
            assertThat(USER.get()).isEqualTo("ann");
          });
    }

    /** There, the end of the outer scope failed in turn, and hid why the body had failed. */
    @Test
    void failureOfTheBodyIsTheOneThatIsSeen() {
      assertThatIllegalStateException()
          .isThrownBy(() ->
              tenant("outer")
                  .run(() -> {
                    tenant("inner").run(() -> {});
                    throw new IllegalStateException("of the body");
                  }))
          .withMessage("of the body")
          .withNoCause();
    }
  }

  /** Nothing crossed a hand-off, and a thread of a pool saw what somebody had left there. */
  @Nested
  class X2 {
    @ContractTest
    void taskHasTheContextOfWhoSubmitsAndOthersHaveNone(ThreadKind kind) throws Exception {
      try (ExecutorService pool = pool(kind, 1);
          ExecutorService executor = Context.propagating(pool)) {
        Future<String> ours = tenant("acme").call(() -> executor.submit(() -> TENANT.get()));
        assertThat(ours.get()).isEqualTo("acme");
        assertThat(pool.submit(TENANT::isSet).get()).isFalse();
        assertThat(executor.submit(TENANT::isSet).get()).isFalse();
      }
    }
  }

  /** What was to be deleted stood in lists kept by hand; the name that was forgotten leaked. */
  @Nested
  class X3 {
    @Test
    void everythingThatWasSetGoes() {
      Context context = Context.empty();
      List<ContextLocal<Integer>> all = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        ContextLocal<Integer> local = ContextLocal.named("attribute" + i);
        all.add(local);
        context = context.with(local, i);
      }
      context.run(() -> assertThat(all).allMatch(ContextLocal::isSet));
      assertThat(all).noneMatch(ContextLocal::isSet);
      tenant("next").run(() -> assertThat(all).noneMatch(ContextLocal::isSet));
    }
  }

  /** Outside of a scope there was a default tenant, an unknown user, an unlimited rate. */
  @Nested
  class X4 {
    @Test
    void codeOutsideOfAScopeFailsClosed() throws Exception {
      Callable<String> database = () -> TENANT.get() + "_db";
      assertThat(tenant("acme").call(database)).isEqualTo("acme_db");
      assertThatExceptionOfType(ContextUnsetException.class)
          .isThrownBy(database::call)
          .withMessageStartingWith("tenant is not set");
    }
  }

  /** Each worker had a manager of its own, so that nothing was shared and nothing proven. */
  @Nested
  class X5 {
    @ContractTest
    void oneLocalServesAllThreads(ThreadKind kind) throws Exception {
      Map<String, LongAdder> seen = new ConcurrentHashMap<>();
      try (ExecutorService executor = Context.propagating(pool(kind, 4))) {
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
          Context mine = tenant("t" + i % 3);
          all.add(
              mine.call(() ->
                  executor.submit(
                      () -> seen.computeIfAbsent(TENANT.get(), k -> new LongAdder()).increment())));
        }
        for (Future<?> each : all) {
          each.get();
        }
      }
      assertThat(seen)
          .hasSize(3)
          .allSatisfy((name, count) -> assertThat(count.sum()).isEqualTo(100));
    }
  }

  /** What a scope had was handed out as it was, or in a copy that shared its parts. */
  @Nested
  class X7 {
    @Test
    void whatIsHandedOutCannotChangeTheContext() {
      Context context = tenant("acme");
      context.locals().clear();
      assertThat(context.with(USER, "ann")).isNotSameAs(context);
      assertThat(context.isSet(USER)).isFalse();
      assertThat(context.get(TENANT)).isEqualTo("acme");
    }

    /** A task that should not share what can be changed gets a copy. */
    @Test
    void taskHasItsOwnCopy() {
      ContextLocal<Set<String>> features =
          ContextLocal.<Set<String>>builder("features").copied(HashSet::new).build();
      Set<String> ours = new HashSet<>(Set.of("api"));
      Context.empty().with(features, ours).wrap((Runnable) () -> features.get().add("admin")).run();
      assertThat(ours).containsExactly("api");
    }
  }

  /** The handle of a scope was the manager that all shared: of use to any thread, at any time. */
  @Nested
  class X8 {
    @Test
    void guardIsOfNoUseAfterItsEnd() {
      Guard ended = tenant("acme").open();
      ended.close();
      tenant("other")
          .run(() -> {
            ended.close();
            assertThat(TENANT.get()).isEqualTo("other");
          });
    }

    @Test
    void guardIsOfNoUseToOtherThreads() throws Exception {
      try (ExecutorService pool = Executors.newSingleThreadExecutor();
          Guard open = tenant("acme").open()) {
        Future<?> stolen = pool.submit(open::close);
        assertThatExceptionOfType(Exception.class)
            .isThrownBy(stolen::get)
            .withCauseInstanceOf(IllegalMonitorStateException.class);
        assertThat(TENANT.get()).isEqualTo("acme");
      }
    }
  }

  /** Each thread had its own value, of three workers that counted to five. */
  @Nested
  class A63AndA64 {
    @ContractTest
    void threadsDoNotSeeEachOther(ThreadKind kind) throws Exception {
      ContextLocal<int[]> counter = ContextLocal.named("counter");
      ConcurrentLinkedQueue<Integer> ends = new ConcurrentLinkedQueue<>();
      CountDownLatch together = new CountDownLatch(3);
      try (ExecutorService executor = pool(kind, 3)) {
        for (int base : new int[] {100, 200, 300}) {
          Context mine = Context.empty().with(counter, new int[] {base});
          executor.execute(
              mine.wrap(
                  (Runnable)
                      () -> {
                        together.countDown();
                        for (int i = 0; i < 5; i++) {
                          counter.get()[0] += i;
                        }
                        ends.add(counter.get()[0]);
                      }));
        }
      }
      assertThat(ends).containsExactlyInAnyOrder(110, 210, 310);
      assertThat(counter.isSet()).isFalse();
    }
  }

  /** Names that began with an underscore were hidden, others collided with those of the object. */
  @Nested
  class A65 {
    @Test
    void namesMeanNothing() {
      ContextLocal<String> first = ContextLocal.named("__dict__");
      ContextLocal<String> second = ContextLocal.named("__dict__");
      Context context = Context.empty().with(first, "1").with(second, "2");
      assertThat(context.get(first) + context.get(second)).isEqualTo("12");
      assertThat(context.toString()).contains("__dict__=1", "__dict__=2");
    }
  }

  /** At a limit, writing a value again threw half of all values away. */
  @Nested
  class A67 {
    @Test
    void settingAgainLosesNothing() {
      List<ContextLocal<Integer>> locals = new ArrayList<>();
      Context context = Context.empty();
      for (int i = 0; i < 200; i++) {
        ContextLocal<Integer> local = ContextLocal.named("d" + i);
        locals.add(local);
        context = context.with(local, i);
      }
      for (int i = 0; i < 200; i++) {
        context = context.with(locals.get(i), -i);
      }
      assertThat(context.locals()).hasSize(200);
      for (int i = 0; i < 200; i++) {
        assertThat(context.get(locals.get(i))).isEqualTo(-i);
      }
    }
  }

  /** The count of all was that of one thread: 20, 25, 15 and 30, and never 90. */
  @Nested
  class A68 {
    @ContractTest
    void countsOfAllThreadsAddUp(ThreadKind kind) throws Exception {
      ContextLocal<AtomicLong> own = ContextLocal.named("own");
      LongAdder all = new LongAdder();
      List<AtomicLong> counts = new ArrayList<>();
      try (ExecutorService executor = Context.propagating(pool(kind, 4))) {
        for (int operations : new int[] {20, 25, 15, 30}) {
          AtomicLong count = new AtomicLong();
          counts.add(count);
          for (int i = 0; i < operations; i++) {
            Context.empty()
                .with(own, count)
                .run(() ->
                    executor.execute(() -> {
                      own.get().incrementAndGet();
                      all.increment();
                    }));
          }
        }
      }
      assertThat(counts).extracting(AtomicLong::get).containsExactly(20L, 25L, 15L, 30L);
      assertThat(all.sum()).isEqualTo(90);
    }
  }

  /** In a pool the next task saw the session of the user before. */
  @Nested
  class A70 {
    @ContractTest
    void nextTaskDoesNotSeeThePreviousUser(ThreadKind kind) throws Exception {
      try (ExecutorService pool = pool(kind, 1)) {
        for (String user : List.of("1001", "1002", "1003", "1004")) {
          assertThat(pool.submit(USER::isSet).get()).isFalse();
          Callable<String> request = () -> USER.get();
          assertThat(pool.submit(Context.empty().with(USER, user).wrap(request)).get())
              .isEqualTo(user);
        }
        assertThat(pool.submit(USER::isSet).get()).isFalse();
      }
    }
  }

  /** Overrides of one thread reached the global configuration, and reset did not undo them. */
  @Nested
  class A72 {
    @Test
    void overlayEndsWithItsCall() {
      ContextLocal<Integer> timeout = ContextLocal.<Integer>named("timeout").withDefault(30);
      Context overlay = Context.empty().with(timeout, 10);
      overlay.run(() -> {
        assertThat(timeout.get()).isEqualTo(10);
        Context.current().with(timeout, 15).run(() -> assertThat(timeout.get()).isEqualTo(15));
        Context.current().without(timeout).run(() -> assertThat(timeout.get()).isEqualTo(30));
        assertThat(timeout.get()).isEqualTo(10);
      });
      assertThat(timeout.get()).isEqualTo(30);
    }
  }

  /**
   * The quota of a tenant was counted by thread: charged to the next tenant, and n times as much.
   */
  @Nested
  class B10 {
    @ContractTest
    void quotaIsEnforcedAcrossThreads(ThreadKind kind) throws Exception {
      ContextLocal<Semaphore> quota = ContextLocal.named("quota");
      LongAdder served = new LongAdder();
      LongAdder refused = new LongAdder();
      try (ExecutorService executor = Context.propagating(pool(kind, 4))) {
        for (int t = 0; t < 3; t++) {
          Context mine = tenant("t" + t).with(quota, new Semaphore(10));
          for (int i = 0; i < 25; i++) {
            mine.run(() ->
                executor.execute(() -> (quota.get().tryAcquire() ? served : refused).increment()));
          }
        }
      }
      assertThat(served.sum()).isEqualTo(30);
      assertThat(refused.sum()).isEqualTo(45);
    }
  }

  /**
   * Statements of a transaction took another connection than it, since none was bound; and a use
   * further in took away the one that was in use.
   */
  @Nested
  class A66AndA71AndB05 {
    @ContractTest
    void connectionIsThatOfTheScopeAndOfNoOtherThread(ThreadKind kind) throws Exception {
      ContextLocal<Object> connection =
          ContextLocal.<Object>builder("connection").notPropagated().build();
      Object outer = new Object();
      Object inner = new Object();
      try (ExecutorService executor = Context.propagating(pool(kind, 1))) {
        Context.empty()
            .with(connection, outer)
            .call(() -> {
              assertThat(connection.get()).isSameAs(outer);
              Context.current()
                  .with(connection, inner)
                  .run(() -> assertThat(connection.get()).isSameAs(inner));
              assertThat(connection.get()).isSameAs(outer);
              Callable<Object> statement = connection::get;
              assertThatExceptionOfType(ExecutionException.class)
                  .isThrownBy(() -> executor.submit(statement).get())
                  .withCauseInstanceOf(ContextUnsetException.class);
              return "";
            });
      }
      assertThat(connection.isSet()).isFalse();
    }
  }

  /**
   * A span that was left by an exception stayed on its thread, a request within a span destroyed
   * the stack of spans, and none went on in another thread.
   */
  @Nested
  class A73AndB16AndB17 {
    private final ContextLocal<String> span =
        ContextLocal.<String>builder("span").derived(parent -> parent + "/task").build();

    @ContractTest
    void spanEndsWithItsCallAndGoesOnInTasks(ThreadKind kind) throws Exception {
      try (ExecutorService executor = Context.propagating(pool(kind, 1))) {
        Context.empty()
            .with(span, "request")
            .call(() -> {
              Context inner = Context.current().with(span, "request/query");
              assertThatIllegalStateException()
                  .isThrownBy(() ->
                      inner.run(() -> {
                        Context.empty().with(span, "other").run(() -> {}); // a request in a span
                        assertThat(span.get()).isEqualTo("request/query");
                        throw new IllegalStateException("of the query");
                      }))
                  .withMessage("of the query");
              assertThat(span.get()).isEqualTo("request");
              assertThat(executor.submit(() -> span.get()).get()).isEqualTo("request/task");
              return "";
            });
      }
      assertThat(span.isSet()).isFalse();
    }
  }
}
