// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.interleave.Guard;
import dev.interleave.testing.ContextLeaks;
import dev.interleave.testing.contract.Waiting;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.ExtensionContext;

@Timeout(value = 90, threadMode = ThreadMode.SAME_THREAD)
class ContextLeakDetectorTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final ContextLocal<String> USER = ContextLocal.named("user");
  private static final ContextLocal<String> TENANT = ContextLocal.named("tenant");
  private static final ContextLocal<String> TOKEN =
      ContextLocal.<String>builder("token").secret().build();
  private static final Context ACME = Context.empty().with(TENANT, "acme");

  private final List<ContextLeak> leaks = new CopyOnWriteArrayList<>();
  private final Guard listening = ContextLeakDetector.listen(leaks::add);

  @BeforeEach
  @Timeout(value = 90, threadMode = ThreadMode.SAME_THREAD)
  void strict() {
    ContextLeakDetector.sample(1);
  }

  @AfterEach
  @Timeout(value = 90, threadMode = ThreadMode.SAME_THREAD) // the thread of the test
  void usual() {
    ContextLeakDetector.sample(ContextLeakDetector.USUAL_SAMPLE);
    listening.close();
    assertThat(Context.CURRENT.get()).isNull();
  }

  private static final class Audit implements Runnable {
    @Override
    public void run() {
      assertThat(Context.current().with(USER, "ann").with(TOKEN, "t0p").open()).isNotNull();
    }

    @Override
    public String toString() {
      return "the audit";
    }
  }

  @Test
  void taskAndLocalsAreNamed() {
    long before = ContextLeakDetector.found();
    ACME.wrap((Runnable) new Audit()).run();
    assertThat(ContextLeakDetector.found()).isEqualTo(before + 1);
    assertThat(leaks)
        .singleElement()
        .satisfies(leak -> {
          assertThat(leak.task()).isEqualTo("the audit");
          assertThat(leak.locals()).containsExactlyInAnyOrder("user=ann", "token=***");
          assertThat(leak.thread()).isEqualTo(Thread.currentThread().getName());
          assertThat(leak.threadId()).isEqualTo(Thread.currentThread().threadId());
          assertThat(leak.opened()).hasStackTraceContaining("Audit.run");
          assertThat(leak.toString())
              .startsWith("context left open by the audit in thread \"")
              .contains("user=ann")
              .doesNotContain("acme", "t0p");
        });
  }

  @Test
  void samplesOnlyHaveTheirStack() {
    ContextLeakDetector.sample(0);
    ACME.run(new Audit());
    assertThat(leaks).singleElement().extracting(ContextLeak::opened).isNull();
    assertThatIllegalArgumentException().isThrownBy(() -> ContextLeakDetector.sample(-1));
  }

  /** The guard is lost on a thread that is still there; it is seen once it was collected. */
  @Test
  void lostGuardIsFound() throws Exception {
    try (ExecutorService pool = Executors.newSingleThreadExecutor()) {
      pool.submit(
              () -> {
                ACME.open(); // and nobody has what would close it
              })
          .get();
      Waiting.until(
          () -> {
            System.gc();
            ContextLeakDetector.lookForLost();
            return !leaks.isEmpty();
          },
          PATIENCE,
          () -> "the lost guard is not found");
      assertThat(leaks)
          .singleElement()
          .satisfies(leak -> {
            assertThat(leak.task()).isNull();
            assertThat(leak.locals()).containsExactly("tenant=acme");
            assertThat(leak.opened()).hasStackTraceContaining("lostGuardIsFound");
            assertThat(leak.toString()).startsWith("context left open outside of any call");
          });
    }
  }

  @Test
  void closedGuardIsNoLeak() throws Exception {
    long before = ContextLeakDetector.found();
    for (int i = 0; i < 100; i++) {
      try (Guard scope = ACME.open()) {
        assertThat(scope).isNotNull();
      }
    }
    System.gc();
    assertThat(ContextLeakDetector.found()).isEqualTo(before);
    assertThat(leaks).isEmpty();
  }

  @Test
  void listenerThatFailsHarmsNobody() {
    try (Guard failing =
        ContextLeakDetector.listen(leak -> {
          throw new IllegalStateException("expected");
        })) {
      ACME.run(new Audit());
    }
    assertThat(leaks).hasSize(1);
    ACME.run(new Audit());
    assertThat(leaks).hasSize(2);
  }

  /** Without a listener they are logged, each kind once; it does not fail. */
  @Test
  void withoutListenersItIsLogged() {
    listening.close();
    long before = ContextLeakDetector.found();
    ACME.run(new Audit());
    ACME.run(new Audit());
    assertThat(ContextLeakDetector.found()).isEqualTo(before + 2);
    assertThat(leaks).isEmpty();
  }

  /** A stand-in for what JUnit hands to an extension. */
  private static ExtensionContext test(String name) {
    return (ExtensionContext)
        Proxy.newProxyInstance(
            ContextLeakDetectorTest.class.getClassLoader(),
            new Class<?>[] {ExtensionContext.class},
            (proxy, method, args) -> name);
  }

  @Test
  void extensionOfTheHarnessFindsWhatStaysInAPool() throws Exception {
    try (ExecutorService pool = Executors.newFixedThreadPool(2)) {
      ContextLeaks extension =
          ContextLeaks.builder()
              .probe("context", ContextLeakDetector::leftHere)
              .probe("leaks", ContextLeakDetector::found, 0L)
              .pool("workers", pool, 2)
              .build();
      extension.beforeEach(test("tidy"));
      ACME.wrap(pool).submit(() -> "").get();
      extension.afterEach(test("tidy"));

      List<Guard> open = new ArrayList<>();
      extension.beforeEach(test("untidy"));
      pool.submit(() -> open.add(ACME.open())).get();
      assertThatExceptionOfType(AssertionError.class)
          .isThrownBy(() -> extension.afterEach(test("untidy")))
          .withMessageContaining("left behind by untidy")
          .withMessageContaining("context = Context[tenant=acme]")
          .withMessageContaining("of pool workers");
      assertThat(open).hasSize(1);

      extension.beforeEach(test("ended"));
      Context.empty().wrap(pool).submit((Runnable) new Audit()).get();
      assertThatExceptionOfType(AssertionError.class)
          .isThrownBy(() -> extension.afterEach(test("ended")))
          .withMessageContaining("leaks = ");
    }
  }

  /** Fails to say what it is. */
  private static final class Unspeakable implements Runnable {
    @Override
    public void run() {
      assertThat(Context.current().with(USER, "ann").open()).isNotNull();
    }

    @Override
    public String toString() {
      throw new AssertionError("expected");
    }
  }

  /** What is to be said of a leak may fail; what was current is current again all the same. */
  @Test
  void taskThatCannotBeShownLeavesNothing() {
    ContextLocal<Object> value = ContextLocal.named("value");
    ACME.run(() -> {
      Context.empty().with(value, new Unspeakable()).run(new Unspeakable());
      assertThat(Context.current()).isSameAs(ACME);
      ACME.wrap((Runnable) new Unspeakable()).run();
      assertThat(Context.current()).isSameAs(ACME);
    });
    assertThat(leaks)
        .hasSize(2)
        .allSatisfy(leak ->
            assertThat(leak.task())
                .contains("Unspeakable.toString threw java.lang.AssertionError"));
  }

  /** Those who are told are not in the context of the call that is at its end. */
  @Test
  void listenerIsToldWhenAllIsRestored() {
    List<Context> seen = new ArrayList<>();
    try (Guard other = ContextLeakDetector.listen(leak -> seen.add(Context.current()))) {
      ACME.run(() -> Context.empty().with(USER, "bob").run(new Audit()));
      ACME.wrap((Runnable) new Audit()).run();
    }
    assertThat(seen).containsExactly(ACME, Context.empty());
  }
}
