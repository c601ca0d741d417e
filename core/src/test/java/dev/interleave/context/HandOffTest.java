// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What a task gets of the context of those who hand it over. */
class HandOffTest {
  private static final ContextLocal<String> SHARED = ContextLocal.named("shared");
  private static final ContextLocal<List<String>> COPIED =
      ContextLocal.<List<String>>builder("copied").copied(ArrayList::new).build();
  private static final ContextLocal<String> DERIVED =
      ContextLocal.<String>builder("span").derived(parent -> parent + ".1").build();
  private static final ContextLocal<String> OWN =
      ContextLocal.<String>builder("transaction").notPropagated().build();

  @Test
  void sharedValuesAreTheSameAndCostNothing() {
    Context context = Context.empty().with(SHARED, "a");
    assertThat(context.handedOff()).isSameAs(context);
  }

  @Test
  void copyIsMadeWhereTheTaskIsWrapped() {
    List<String> cart = new ArrayList<>(List.of("milk"));
    Context context = Context.empty().with(COPIED, cart);
    Supplier<List<String>> task = context.wrap((Supplier<List<String>>) COPIED::get);
    cart.add("bread");
    task.get().add("butter");
    assertThat(cart).containsExactly("milk", "bread");
    assertThat(task.get()).containsExactly("milk", "butter"); // one for each task, not for each run
  }

  @Test
  void callIsNoHandOff() {
    List<String> cart = new ArrayList<>();
    Context context = Context.empty().with(COPIED, cart).with(OWN, "tx").with(DERIVED, "s");
    context.run(() -> {
      assertThat(COPIED.get()).isSameAs(cart);
      assertThat(OWN.get()).isEqualTo("tx");
      assertThat(DERIVED.get()).isEqualTo("s");
    });
  }

  @Test
  void childIsDerived() {
    Context context = Context.empty().with(DERIVED, "7").with(SHARED, "a");
    context
        .wrap(
            (Runnable)
                () -> {
                  assertThat(DERIVED.get()).isEqualTo("7.1");
                  assertThat(SHARED.get()).isEqualTo("a");
                  Context.current()
                      .wrap((Runnable) () -> assertThat(DERIVED.get()).isEqualTo("7.1.1"))
                      .run();
                })
        .run();
  }

  @Test
  void whatIsNotPropagatedIsLoudInTheTask() {
    Context context = Context.empty().with(OWN, "tx").with(SHARED, "a");
    context
        .wrap(
            (Runnable)
                () -> {
                  assertThatExceptionOfType(ContextUnsetException.class)
                      .isThrownBy(OWN::get)
                      .withMessageStartingWith("transaction is not set");
                  assertThat(SHARED.get()).isEqualTo("a");
                })
        .run();
    Context only = Context.empty().with(OWN, "tx");
    assertThat(only.handedOff()).isSameAs(Context.empty());
    only.run(() -> assertThat(OWN.get()).isEqualTo("tx"));
  }

  @Test
  void policyIsForgottenWithItsLocal() {
    Context context = Context.empty().with(OWN, "tx").with(SHARED, "a").without(OWN);
    assertThat(context.handedOff()).isSameAs(context);
  }

  private static final ThreadLocal<String> PLACE = new ThreadLocal<>();
  private static final ContextLocal<String> FOLLOWING =
      ContextLocal.<String>builder("following").follows(PLACE).build();

  private static void assertFollowing(Context context, String expected) {
    List<String> seen = new ArrayList<>();
    context.wrap((Runnable) () -> seen.add(FOLLOWING.orElse("unset") + " " + PLACE.get())).run();
    assertThat(seen).containsExactly(expected);
  }

  /** Both ways: older code reads what we set, and tasks get what older code sets. */
  @Test
  void taskGetsWhatOlderCodeHasPutThere() {
    PLACE.set("before");
    Context.empty()
        .with(FOLLOWING, "a")
        .run(() -> {
          assertThat(PLACE.get()).isEqualTo("a");
          assertFollowing(Context.current(), "a a");
          PLACE.set("b");
          assertThat(FOLLOWING.get()).isEqualTo("a");
          assertFollowing(Context.current(), "b b");
          PLACE.remove();
          assertFollowing(Context.current(), "unset null");
          assertThat(PLACE.get()).isNull();
        });
    assertThat(PLACE.get()).isEqualTo("before");
    PLACE.remove();
  }

  /** What the place holds belongs to the context that is current, and to no other one. */
  @Test
  void taskOfAContextThatIsNotCurrentGetsItsOwnValue() {
    Context other = Context.empty().with(FOLLOWING, "other's");
    Context.empty()
        .with(FOLLOWING, "ours")
        .run(() -> {
          PLACE.set("ours, changed");
          assertFollowing(other, "other's other's");
          assertFollowing(Context.current(), "ours, changed ours, changed");
        });
    assertThat(FOLLOWING).hasToString("ContextLocal[following, follows older code, mirrored]");
  }

  @Test
  void wrappedExecutorCopiesForEachTask() throws Exception {
    List<String> cart = new ArrayList<>();
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try (ExecutorService executor = Context.empty().with(COPIED, cart).wrap(pool)) {
      List<String> first = executor.submit(() -> COPIED.get()).get();
      List<String> second = executor.submit(() -> COPIED.get()).get();
      assertThat(first).isNotSameAs(second).isNotSameAs(cart);
    }
  }

  @Test
  void functionThatFailsIsTheConcernOfWhoHandsOver() {
    ContextLocal<String> failing =
        ContextLocal.<String>builder("failing")
            .copied(x -> {
              throw new IllegalStateException("expected");
            })
            .build();
    Context context = Context.empty().with(failing, "x");
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> context.wrap((Runnable) () -> {}))
        .withMessage("expected");
  }

  @Test
  @SuppressWarnings("NullAway") // that is the test
  void functionThatReturnsNullIsNamed() {
    ContextLocal<String> gone = ContextLocal.<String>builder("gone").derived(x -> null).build();
    Context context = Context.empty().with(gone, "x");
    assertThatNullPointerException()
        .isThrownBy(context::handedOff)
        .withMessage("what gone is for a task");
  }
}
