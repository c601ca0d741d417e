// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.interleave.Guard;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.ContractTest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** Scopes that are opened and closed by hand, rightly and wrongly. */
@Timeout(value = 90, threadMode = ThreadMode.SAME_THREAD)
class ScopeTest {
  private static final ContextLocal<String> USER = ContextLocal.named("user");
  private static final Context ANN = Context.empty().with(USER, "ann");
  private static final Context BOB = Context.empty().with(USER, "bob");

  @AfterEach
  @Timeout(value = 90, threadMode = ThreadMode.SAME_THREAD) // the thread of the test
  void nothingIsLeft() {
    assertThat(Context.CURRENT.get()).isNull();
  }

  @Test
  void scopesNest() {
    try (Guard ann = ANN.open()) {
      assertThat(USER.get()).isEqualTo("ann");
      assertThat(Context.current()).isSameAs(ANN);
      try (Guard bob = BOB.open()) {
        assertThat(USER.get()).isEqualTo("bob");
        try (Guard again = BOB.open()) {
          assertThat(Context.current()).isSameAs(BOB);
        }
        assertThat(Context.current()).isSameAs(BOB);
      }
      assertThat(Context.current()).isSameAs(ANN);
      try (Guard nobody = Context.empty().open()) {
        assertThat(USER.isSet()).isFalse();
        assertThat(Context.current()).isSameAs(Context.empty());
      }
      assertThat(USER.get()).isEqualTo("ann");
    }
    assertThat(USER.isSet()).isFalse();
  }

  @Test
  void closingTwiceDoesNothing() {
    try (Guard ann = ANN.open()) {
      Guard bob = BOB.open();
      bob.close();
      bob.close();
      assertThat(USER.get()).isEqualTo("ann");
    }
  }

  /** The scope that everybody else sees is the context itself, so it does not keep the scope. */
  @Test
  void captureInAScopeIsOfTheContext() {
    Runnable task;
    try (Guard ann = ANN.open()) {
      task = Context.current().wrap((Runnable) () -> assertThat(USER.get()).isEqualTo("ann"));
      assertThat(Context.current().with(USER, "ann")).isSameAs(ANN);
      task.run();
    }
    task.run();
  }

  @ContractTest
  void otherThreadCannotClose(Actors actors) throws Exception {
    try (Guard ann = ANN.open()) {
      actors
          .actor("other")
          .start(() -> {
            assertThatExceptionOfType(IllegalMonitorStateException.class)
                .isThrownBy(ann::close)
                .withMessageContaining("Context[user=ann]");
            assertThat(Context.CURRENT.get()).isNull();
          })
          .result();
      assertThat(USER.get()).isEqualTo("ann");
    }
  }

  @Test
  void outerOneEndsTheInnerOnesAndSaysSo() {
    Guard ann = ANN.open();
    Guard bob = BOB.open();
    Guard more = BOB.with(USER, "carl").open();
    assertThatIllegalStateException()
        .isThrownBy(ann::close)
        .withMessageContaining("user=ann")
        .withMessageContaining("user=bob")
        .withMessageContaining("user=carl");
    assertThat(Context.CURRENT.get()).isNull();
    more.close();
    bob.close();
    ann.close();
    assertThat(Context.CURRENT.get()).isNull();
  }

  @Test
  void innerCallCannotEndIt() {
    try (Guard ann = ANN.open()) {
      for (Context inner : List.of(BOB, ANN, Context.empty())) {
        inner.run(() -> {
          assertThatIllegalStateException()
              .isThrownBy(ann::close)
              .withMessageContaining("within a call that began after it was opened");
          assertThat(Context.current()).isSameAs(inner);
        });
        assertThat(USER.get()).isEqualTo("ann");
      }
    }
  }

  @Test
  void closingLateDoesNothing() {
    AtomicReference<Guard> late = new AtomicReference<>();
    List<ContextLeak> leaks = new ArrayList<>();
    try (Guard listening = ContextLeakDetector.listen(leaks::add)) {
      ANN.run(() -> late.set(BOB.open()));
    }
    assertThat(leaks).hasSize(1);
    try (Guard bob = BOB.open()) {
      late.get().close();
      assertThat(USER.get()).isEqualTo("bob");
    }
  }

  /** A call in a context that is current already restores it all the same. */
  @Test
  void scopeLeftOpenInTheSameContextEnds() {
    List<ContextLeak> leaks = new ArrayList<>();
    try (Guard listening = ContextLeakDetector.listen(leaks::add)) {
      ANN.run(() -> {
        ANN.run(() -> assertThat(BOB.open()).isNotNull());
        assertThat(USER.get()).isEqualTo("ann");
      });
    }
    assertThat(leaks).hasSize(1);
  }

  @Test
  void scopeOfAMirrorThatFailsIsNotOpened() {
    ContextLocal<String> failing =
        ContextLocal.<String>builder("failing").mirrored(new FailingMirror(true, false)).build();
    assertThatIllegalStateException()
        .isThrownBy(() -> Context.empty().with(failing, "x").open())
        .withMessage("expected");
    assertThat(Context.CURRENT.get()).isNull();
  }
}
