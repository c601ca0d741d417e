// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A thousand tenants on eight threads of a pool and on ten thousand virtual threads: nobody ever
 * sees what belongs to another one.
 */
class ContextStressTest {
  private static final boolean THOROUGH = Boolean.getBoolean("interleave.thorough");
  private static final int TENANTS = 1_000;
  private static final int POOL = 8;
  private static final int VIRTUAL = 10_000;
  private static final long SWITCHES = THOROUGH ? 10_000_000 : 400_000;

  private static final ContextLocal<Integer> TENANT = ContextLocal.named("tenant");
  private static final ContextLocal<Long> CHECK = ContextLocal.named("check");
  private static final ContextLocal<int[]> OWN =
      ContextLocal.<int[]>builder("own").copied(int[]::clone).build();
  private static final ThreadLocal<Integer> PLACE = new ThreadLocal<>();
  private static final ContextLocal<Integer> SHOWN =
      ContextLocal.<Integer>builder("shown").mirrored(ContextMirror.of(PLACE)).build();

  private final LongAdder switches = new LongAdder();
  private final LongAdder mistakes = new LongAdder();
  private final AtomicLongArray uses = new AtomicLongArray(TENANTS);

  private static long check(int tenant) {
    return 31L * tenant + 7;
  }

  private static Context tenant(int number) {
    return Context.empty()
        .with(TENANT, number)
        .with(CHECK, check(number))
        .with(SHOWN, number)
        .with(OWN, new int[] {number});
  }

  /** What each task looks at, in the context of its tenant and in those it goes on to. */
  private void work(int tenant, int depth) {
    switches.increment();
    verify(tenant);
    uses.incrementAndGet(tenant);
    if (depth > 0) {
      int other = (tenant * 7 + depth) % TENANTS;
      tenant(other).run(() -> work(other, depth - 1));
      verify(tenant);
      Context.current().wrap((Runnable) () -> work(tenant, depth - 1)).run();
      verify(tenant);
      Context.empty()
          .run(() -> {
            switches.increment();
            if (TENANT.isSet() || PLACE.get() != null) {
              mistakes.increment();
            }
          });
      if (depth % 2 == 0) {
        try (var scope = tenant(other).open()) {
          switches.increment();
          verify(other);
        }
      }
      verify(tenant);
    }
  }

  private void verify(int tenant) {
    Integer shown = PLACE.get();
    int[] own = OWN.get();
    if (TENANT.get() != tenant
        || CHECK.get() != check(tenant)
        || shown == null
        || shown != tenant
        || own[0] != tenant) {
      mistakes.increment();
    }
  }

  private void verifyNobody() {
    if (TENANT.isSet() || PLACE.get() != null || Context.CURRENT.get() != null) {
      mistakes.increment();
    }
  }

  @Test
  @SuppressWarnings("ThreadPriorityCheck") // yielding is a chance of another carrier, no more
  @Timeout(600)
  void nobodySeesAnothersContext() throws Exception {
    try (ExecutorService pool = Executors.newFixedThreadPool(POOL);
        ExecutorService executor = Context.propagating(pool)) {
      CountDownLatch start = new CountDownLatch(1);
      List<Thread> virtual = new ArrayList<>();
      for (int i = 0; i < VIRTUAL; i++) {
        int tenant = i % TENANTS;
        Runnable body =
            tenant(tenant)
                .wrap(
                    (Runnable)
                        () -> {
                          await(start);
                          do {
                            work(tenant, 3);
                            Thread.yield();
                          } while (switches.sum() < SWITCHES / 2);
                        });
        virtual.add(
            Thread.startVirtualThread(() -> {
              verifyNobody();
              body.run();
              verifyNobody();
            }));
      }
      start.countDown();
      int next = 0;
      do {
        List<Future<?>> batch = new ArrayList<>();
        for (int i = 0; i < TENANTS; i++) {
          int tenant = next++ % TENANTS;
          tenant(tenant).run(() -> batch.add(executor.submit(() -> work(tenant, 2))));
          batch.add(pool.submit(this::verifyNobody));
        }
        for (Future<?> each : batch) {
          each.get();
        }
      } while (switches.sum() < SWITCHES);
      for (Thread thread : virtual) {
        thread.join();
      }
    }
    assertThat(mistakes.sum()).as("of %s switches", switches.sum()).isZero();
    assertThat(switches.sum()).isGreaterThanOrEqualTo(SWITCHES);
    for (int i = 0; i < TENANTS; i++) {
      assertThat(uses.get(i)).as("tenant %s", i).isPositive();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Contexts that go from hand to hand, between threads that make more of them. */
  @Test
  void contextsMayBeBuiltAndSharedByAll() throws Exception {
    try (Actors actors = new Actors(ThreadKind.PLATFORM, Duration.ofSeconds(60))) {
      Context[] shared = new Context[64]; // handed over by a data race, on purpose
      actors.race(
          actors.actors(4, "builder"),
          Duration.ofMillis(THOROUGH ? 5_000 : 300),
          (racer, round) -> {
            int at = (round * 31 + racer) & 63;
            Context found = shared[at];
            if (found != null) {
              found.run(() -> assertThat(CHECK.get()).isEqualTo(check(TENANT.get())));
            }
            shared[(at + 1) & 63] = tenant(round % TENANTS);
          });
    }
  }
}
