// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.interleave.Guard;
import dev.interleave.testing.contract.ContractTest;
import dev.interleave.testing.contract.ThreadKind;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.context.ThreadLocalAccessor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** Micrometer's context propagation and ours, each carrying the other one. */
@Timeout(value = 90, threadMode = ThreadMode.SAME_THREAD)
class MicrometerBridgeTest {
  private static final ContextLocal<String> USER = ContextLocal.named("user");
  private static final Context ANN = Context.empty().with(USER, "ann");
  private static final Context BOB = Context.empty().with(USER, "bob");

  private static final ThreadLocal<String> FIRST = new ThreadLocal<>();
  private static final ThreadLocal<String> SECOND = new ThreadLocal<>();
  private final ContextRegistry registry =
      new ContextRegistry()
          .registerThreadLocalAccessor("first", FIRST)
          .registerThreadLocalAccessor("second", SECOND);
  private final ContextSnapshotFactory snapshots =
      ContextSnapshotFactory.builder().contextRegistry(registry).build();
  private final MicrometerBridge bridge = MicrometerBridge.of(registry);

  @AfterEach
  @Timeout(value = 90, threadMode = ThreadMode.SAME_THREAD) // the thread of the test
  void nothingIsLeft() {
    assertThat(Context.CURRENT.get()).isNull();
    FIRST.remove();
    SECOND.remove();
  }

  private static ExecutorService thread(ThreadKind kind) {
    return Executors.newSingleThreadExecutor(
        kind == ThreadKind.VIRTUAL ? Thread.ofVirtual().factory() : Thread.ofPlatform().factory());
  }

  private String both() {
    return FIRST.get() + " " + SECOND.get();
  }

  private Runnable inSnapshot(Runnable task) {
    return snapshots.captureAll().wrap(task);
  }

  // ------------------------------------------------------------------ ours in theirs

  private void registerOurs() {
    registry.registerThreadLocalAccessor(bridge.accessor());
  }

  @ContractTest
  void snapshotTakesTheContextAlong(ThreadKind kind) throws Exception {
    registerOurs();
    Callable<String> task = () -> USER.get();
    try (ExecutorService pool = thread(kind)) {
      assertThat(pool.submit(ANN.call(() -> snapshots.captureAll().wrap(task))).get())
          .isEqualTo("ann");
      assertThat(pool.submit(() -> Context.CURRENT.get() == null).get()).isTrue();
    }
  }

  /** A snapshot of nothing is one, too: whoever runs it must not lend its own. */
  @Test
  void snapshotTakenWhereNothingIsSetHasNothing() {
    registerOurs();
    List<String> seen = new ArrayList<>();
    Runnable task = inSnapshot(() -> seen.add(USER.orElse("nobody")));
    ANN.run(() -> {
      task.run();
      seen.add(USER.get());
    });
    assertThat(seen).containsExactly("nobody", "ann");
  }

  @Test
  void whatWasCurrentIsRestored() {
    registerOurs();
    List<String> seen = new ArrayList<>();
    Runnable ofBob =
        BOB.supply(() ->
            inSnapshot(() -> {
              seen.add(USER.get());
              throw new IllegalStateException("expected");
            }));
    ANN.run(() -> {
      assertThatIllegalStateException().isThrownBy(ofBob::run).withMessage("expected");
      seen.add(USER.get());
    });
    assertThat(seen).containsExactly("bob", "ann");
  }

  @Test
  void snapshotHasWhatATaskGets() {
    registerOurs();
    ContextLocal<String> span =
        ContextLocal.<String>builder("span").derived(parent -> parent + ".1").build();
    List<String> seen = new ArrayList<>();
    Runnable task =
        Context.empty().with(span, "7").supply(() -> inSnapshot(() -> seen.add(span.get())));
    task.run();
    Context.empty().with(span, "8").run(task);
    assertThat(seen).containsExactly("7.1", "7.1");
  }

  /** Where a snapshot has none of ours, and is told to clear what it has not. */
  @Test
  void missingContextIsClearedIfTheyClear() {
    var captured =
        ContextSnapshotFactory.builder()
            .contextRegistry(registry)
            .clearMissing(true)
            .build()
            .captureAll(); // when ours was not registered yet
    registerOurs();
    ANN.run(() -> {
      try (var scope = captured.setThreadLocals()) {
        assertThat(scope).isNotNull();
        assertThat(USER.isSet()).isFalse();
      }
      assertThat(USER.get()).isEqualTo("ann");
    });
  }

  @Test
  void restoringWhatWasNotSetIsRefused() {
    ThreadLocalAccessor<Context> accessor = bridge.accessor();
    assertThatIllegalStateException().isThrownBy(accessor::restore);
    accessor.setValue(ANN);
    BOB.run(() -> {
      assertThatIllegalStateException().isThrownBy(accessor::restore);
      assertThatIllegalStateException().isThrownBy(() -> accessor.restore(Context.empty()));
      assertThat(USER.get()).isEqualTo("bob");
    });
    assertThatIllegalStateException()
        .isThrownBy(() -> accessor.restore(BOB))
        .withMessage("the last one was entered from Context[], not from Context[user=bob]");
    assertThat(USER.get()).isEqualTo("ann");
    accessor.restore(Context.empty());
  }

  /** What is left set ends with the call around it, and is reported. */
  @Test
  void whatIsNotRestoredEndsWithItsCall() {
    List<ContextLeak> leaks = new ArrayList<>();
    try (Guard listening = ContextLeakDetector.listen(leaks::add)) {
      ANN.run(() -> bridge.accessor().setValue(BOB));
    }
    assertThat(leaks).singleElement().extracting(ContextLeak::locals).asString().contains("bob");
  }

  /** A scope that was opened in there by hand, and not closed, does not hide ours. */
  @Test
  void scopeLeftOpenInsideEndsWithIt() {
    ThreadLocalAccessor<Context> accessor = bridge.accessor();
    accessor.setValue(ANN);
    Guard left = BOB.open();
    assertThatIllegalStateException()
        .isThrownBy(accessor::restore)
        .withMessageContaining("user=bob");
    assertThat(Context.CURRENT.get()).isNull();
    left.close();
  }

  // ------------------------------------------------------------------ theirs in ours

  @ContractTest
  void contextTakesTheirThreadLocalsAlong(ThreadKind kind) throws Exception {
    FIRST.set("a");
    try (ExecutorService pool = thread(kind);
        ExecutorService executor = Context.propagating(pool)) {
      pool.submit(() -> SECOND.set("of the thread")).get();
      bridge
          .capture(ANN)
          .call(() -> {
            assertThat(executor.submit(() -> both() + " " + USER.get()).get())
                .isEqualTo("a null ann");
            SECOND.set("b"); // by older code, later on
            assertThat(executor.submit(this::both).get()).isEqualTo("a b");
            return "";
          });
      assertThat(SECOND.get()).isNull(); // as before the call
      assertThat(pool.submit(this::both).get()).isEqualTo("null of the thread");
    }
  }

  /** The thread-locals of this thread are not those of a context that is current on none. */
  @Test
  void contextThatIsNotCurrentKeepsWhatItCaptured() {
    FIRST.set("ann's");
    Context anns = bridge.capture(ANN);
    FIRST.set("bob's");
    List<String> seen = new ArrayList<>();
    bridge
        .capture(BOB)
        .run(() -> {
          anns.wrap((Runnable) () -> seen.add(USER.get() + " " + FIRST.get())).run();
          Context.current().wrap((Runnable) () -> seen.add(USER.get() + " " + FIRST.get())).run();
        });
    assertThat(seen).containsExactly("ann ann's", "bob bob's");
  }

  @Test
  void contextWithoutThemClearsThoseOfTheOneAround() {
    FIRST.set("a");
    bridge
        .capture(Context.empty())
        .run(() -> {
          ANN.run(() -> assertThat(FIRST.get()).isNull());
          assertThat(FIRST.get()).isEqualTo("a");
        });
    ANN.run(() -> assertThat(FIRST.get()).isEqualTo("a")); // nobody has asked for it to go
  }

  /** As the accessor for observations, which throws if it is not left as it was entered. */
  private static final class Nested implements ThreadLocalAccessor<String> {
    private final List<String> calls;
    private final String key;
    private final List<String> stack = new ArrayList<>(List.of("outermost"));
    private boolean failing;

    Nested(String key, List<String> calls) {
      this.key = key;
      this.calls = calls;
    }

    @Override
    public Object key() {
      return key;
    }

    @Override
    public String getValue() {
      return stack.get(stack.size() - 1);
    }

    @Override
    public void setValue(String value) {
      if (failing) {
        throw new IllegalStateException(key + " fails");
      }
      calls.add("set " + key);
      stack.add(value);
    }

    @Override
    public void restore(String previous) {
      calls.add("restore " + key);
      stack.remove(stack.size() - 1);
      if (!getValue().equals(previous) || failing) {
        throw new IllegalStateException(key + " is " + getValue() + ", not " + previous);
      }
    }
  }

  @Test
  void theyAreEnteredAndLeftInOrder() {
    List<String> calls = new ArrayList<>();
    Nested third = new Nested("third", calls);
    Nested fourth = new Nested("fourth", calls);
    registry.registerThreadLocalAccessor(third).registerThreadLocalAccessor(fourth);
    Context context = bridge.capture(Context.empty());
    context.run(() -> {
      assertThat(calls).containsExactly("set third", "set fourth");
      context.with(USER, "ann").run(() -> assertThat(calls).hasSize(2)); // captured the same
    });
    assertThat(calls).containsExactly("set third", "set fourth", "restore fourth", "restore third");
    assertThat(third.stack).containsExactly("outermost");
  }

  @Test
  void oneThatFailsKeepsTheOthersOut() {
    List<String> calls = new ArrayList<>();
    Nested third = new Nested("third", calls);
    Nested fourth = new Nested("fourth", calls);
    registry.registerThreadLocalAccessor(third).registerThreadLocalAccessor(fourth);
    FIRST.set("captured");
    Context context = bridge.capture(ANN);
    FIRST.set("ours");
    fourth.failing = true;
    assertThatIllegalStateException()
        .isThrownBy(() -> context.run(() -> calls.add("ran")))
        .withMessage("fourth fails");
    assertThat(calls).containsExactly("set third", "restore third");
    assertThat(FIRST.get()).isEqualTo("ours");
    fourth.failing = false;
    context.run(() -> third.failing = true); // cannot be restored: logged, and holds up nothing
    assertThat(FIRST.get()).isEqualTo("ours");
    assertThat(fourth.stack).containsExactly("outermost");
  }

  /** Each in the other one would be a circle. */
  @Test
  void theTwoDoNotCarryEachOtherTwice() throws Exception {
    registerOurs();
    FIRST.set("a");
    try (ExecutorService executor = Context.propagating(Executors.newSingleThreadExecutor())) {
      Context context = bridge.capture(ANN);
      assertThat(context.toString()).contains("user=ann", "micrometer=[first]");
      String seen = context.call(() -> executor.submit(() -> both() + " " + USER.get()).get());
      assertThat(seen).isEqualTo("a null ann");
    }
    List<String> seen = new ArrayList<>();
    Runnable task =
        bridge.capture(ANN).supply(() -> inSnapshot(() -> seen.add(both() + " " + USER.get())));
    FIRST.set("b");
    task.run();
    assertThat(FIRST.get()).isEqualTo("b"); // Micrometer restores in the order of setting
    bridge
        .capture(BOB)
        .run(() -> {
          task.run();
          assertThat(FIRST.get()).isEqualTo("b");
        });
    assertThat(FIRST.get()).isEqualTo("b");
    assertThat(seen).containsExactly("a null ann", "a null ann");
  }
}
