// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.testing.contract.ContractTest;
import dev.interleave.testing.contract.ThreadKind;
import dev.interleave.testing.contract.Waiting;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * Defects of the pattern catalogue that come from where a value is kept: by the number of its
 * thread, or in a store for all that nobody clears. Ours stands beside a small version of the
 * original, which the same test finds out.
 */
class FlawedOriginalsTest {
  private static final ContextLocal<Object> VALUE = ContextLocal.named("value");

  /** Keeps a value for a request. */
  private interface Manager {
    /** Serves a request that has this value. */
    <T extends @Nullable Object> T serve(Object value, Callable<T> body) throws Exception;

    /** What code far below finds; null if there is nothing. */
    @Nullable Object find();

    /** The way in which a request gives tasks to a pool. */
    ExecutorService handingTo(ExecutorService pool);
  }

  private static final class Ours implements Manager {
    @Override
    public <T extends @Nullable Object> T serve(Object value, Callable<T> body) throws Exception {
      return Context.empty().with(VALUE, value).call(body);
    }

    @Override
    public @Nullable Object find() {
      return VALUE.isSet() ? VALUE.get() : null;
    }

    @Override
    public ExecutorService handingTo(ExecutorService pool) {
      return Context.propagating(pool);
    }
  }

  /** The number of a thread is the key, and the thread's end is to be the end of the value. */
  private static final class ByThread implements Manager {
    private final Map<Long, Object> values = new ConcurrentHashMap<>();

    @Override
    public <T extends @Nullable Object> T serve(Object value, Callable<T> body) throws Exception {
      values.put(Thread.currentThread().threadId(), value);
      return body.call();
    }

    @Override
    public @Nullable Object find() {
      return values.get(Thread.currentThread().threadId());
    }

    @Override
    public ExecutorService handingTo(ExecutorService pool) {
      return pool;
    }
  }

  /**
   * A value was said to be a thread's own, and to need no clearing, since it went with its thread.
   * So a request lost it where it went to another thread, and left it where it had been served.
   */
  @Nested
  class A62 {
    /** What is found during a request, and on its thread by the next one. */
    private record Found(
        @Nullable Object here, @Nullable Object inItsTask, @Nullable Object byTheNextOne) {}

    private static Found find(Manager manager, ThreadKind kind) throws Exception {
      try (ExecutorService server = CatalogDefectsTest.pool(kind, 1);
          ExecutorService workers = manager.handingTo(CatalogDefectsTest.pool(kind, 1))) {
        Callable<@Nullable Object> find = manager::find;
        Callable<Found> body =
            () -> new Found(manager.find(), workers.submit(find).get(), "not asked yet");
        Found during = server.submit(() -> manager.serve("ann", body)).get();
        return new Found(during.here, during.inItsTask, server.submit(find).get());
      }
    }

    @ContractTest
    void valueGoesWithTheRequest(ThreadKind kind) throws Exception {
      assertThat(find(new Ours(), kind)).isEqualTo(new Found("ann", "ann", null));
    }

    @ContractTest
    void originalIsFoundOut(ThreadKind kind) throws Exception {
      assertThat(find(new ByThread(), kind)).isEqualTo(new Found("ann", null, "ann"));
    }
  }

  /**
   * Stores for all threads had no bound, and nothing left them: of everybody who had been there
   * once something was kept for ever.
   */
  @Nested
  class X9 {
    private static final int REQUESTS = 500;

    /** The session of everybody, by whatever it is that tells them apart. */
    private static final class ForAll implements Manager {
      private final Deque<Object> store = new ConcurrentLinkedDeque<>();

      @Override
      public <T extends @Nullable Object> T serve(Object value, Callable<T> body) throws Exception {
        store.add(value);
        return body.call();
      }

      @Override
      public @Nullable Object find() {
        return store.peekLast();
      }

      @Override
      public ExecutorService handingTo(ExecutorService pool) {
        return pool;
      }
    }

    /** Serves many, each of which also uses a task; returns what they had. */
    private static List<WeakReference<Object>> visits(Manager manager) throws Exception {
      List<WeakReference<Object>> values = new ArrayList<>();
      try (ExecutorService workers = manager.handingTo(Executors.newSingleThreadExecutor())) {
        Callable<@Nullable Object> find = manager::find;
        for (int i = 0; i < REQUESTS; i++) {
          Object value = new Object();
          assertThat(manager.<@Nullable Object>serve(value, () -> workers.submit(find).get()))
              .isSameAs(value);
          values.add(new WeakReference<>(value));
        }
      }
      return values;
    }

    private static void awaitGone(List<WeakReference<Object>> values) throws Exception {
      Waiting.until(
          () -> {
            System.gc();
            return values.stream().allMatch(value -> value.refersTo(null));
          },
          NothingStaysTest.PATIENCE,
          () -> "values of requests that have ended are still held");
    }

    @Test
    void nothingIsKeptOfThoseWhoWereHere() throws Exception {
      ForAll original = new ForAll();
      try {
        List<WeakReference<Object>> kept = visits(original);
        awaitGone(visits(new Ours()));
        assertThat(kept).noneMatch(value -> value.refersTo(null)); // after the same collections
      } finally {
        Reference.reachabilityFence(original);
      }
    }

    /** Those who leave something open are remembered so that it is logged once: not all of them. */
    @Test
    void whatIsRememberedOfLeaksIsBounded() throws Exception {
      List<WeakReference<Object>> values = new ArrayList<>();
      long before = ContextLeakDetector.found();
      ContextLeakDetector.sample(0);
      try {
        for (int i = 0; i < 3 * ContextLeakDetector.MAX_LOGGED; i++) {
          Object value = new Object();
          Context context = Context.empty().with(VALUE, value);
          Context.empty().run(() -> assertThat(context.open()).isNotNull());
          values.add(new WeakReference<>(value));
        }
      } finally {
        ContextLeakDetector.sample(ContextLeakDetector.USUAL_SAMPLE);
      }
      assertThat(ContextLeakDetector.found() - before).isEqualTo(values.size());
      assertThat(ContextLeakDetector.LOGGED)
          .hasSizeLessThanOrEqualTo(ContextLeakDetector.MAX_LOGGED);
      awaitGone(values);
    }
  }
}
