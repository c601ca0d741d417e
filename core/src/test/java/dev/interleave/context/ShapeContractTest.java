// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.interleave.Guard;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds of every way to run something in a context. */
@Timeout(value = 90, threadMode = ThreadMode.SAME_THREAD)
@Tag("kit")
class ShapeContractTest {
  private static final ContextLocal<String> USER = ContextLocal.named("user");
  private static final ThreadLocal<String> PLACE = new ThreadLocal<>();
  private static final Context ANN = Context.empty().with(USER, "ann");
  private static final Context BOB = Context.empty().with(USER, "bob");

  @AfterEach
  @Timeout(value = 90, threadMode = ThreadMode.SAME_THREAD) // the thread of the test
  void nothingIsLeft() {
    assertThat(Context.current()).isSameAs(Context.empty());
    assertThat(Context.CURRENT.get()).isNull();
  }

  @ParameterizedTest
  @EnumSource
  void bodyRunsInTheContext(Shape shape) throws Exception {
    List<Context> seen = new ArrayList<>();
    shape.run(
        ANN,
        () -> {
          seen.add(Context.current());
          assertThat(USER.get()).isEqualTo("ann");
        });
    assertThat(seen).singleElement().isSameAs(ANN);
  }

  @ParameterizedTest
  @EnumSource
  void whatWasCurrentIsCurrentAgain(Shape shape) throws Exception {
    for (Context outer : List.of(Context.empty(), ANN, BOB)) {
      outer.call(() -> {
        shape.run(ANN, () -> assertThat(Context.current()).isSameAs(ANN));
        assertThat(Context.current()).isSameAs(outer);
        return "";
      });
    }
  }

  @ParameterizedTest
  @EnumSource
  void soItIsWhenTheBodyThrows(Shape shape) throws Exception {
    for (Context outer : List.of(Context.empty(), ANN, BOB)) {
      outer.call(() -> {
        for (Throwable thrown :
            List.of(new IllegalStateException("expected"), new AssertionError("expected"))) {
          assertThat(catchThrowable(() -> shape.run(ANN, () -> sneak(thrown))))
              .satisfiesAnyOf(
                  e -> assertThat(e).isSameAs(thrown),
                  // as a copy with the original as its cause, or what a future makes of it
                  e -> assertThat(e).hasRootCause(thrown),
                  e -> assertThat(e).hasMessageContaining("expected"));
          assertThat(Context.current()).isSameAs(outer);
        }
        return "";
      });
    }
  }

  @SuppressWarnings("unchecked")
  private static <X extends Throwable> void sneak(Throwable thrown) throws X {
    throw (X) thrown;
  }

  @ParameterizedTest
  @EnumSource
  void callsNestAndComeBackOneByOne(Shape shape) throws Exception {
    List<String> seen = new ArrayList<>();
    shape.run(
        ANN,
        () -> {
          seen.add(USER.get());
          run(
              shape,
              BOB,
              () -> {
                seen.add(USER.get());
                run(shape, ANN, () -> seen.add(USER.get())); // re-entered
                seen.add(USER.get());
                run(shape, BOB, () -> seen.add(USER.get())); // the same once more
                seen.add(USER.get());
              });
          seen.add(USER.get());
        });
    assertThat(seen).containsExactly("ann", "bob", "ann", "bob", "bob", "bob", "ann");
  }

  @ParameterizedTest
  @EnumSource
  void emptyContextIsOneToo(Shape shape) throws Exception {
    ANN.call(() -> {
      shape.run(
          Context.empty(),
          () -> {
            assertThat(Context.current()).isSameAs(Context.empty());
            assertThatThrownBy(USER::get).isInstanceOf(ContextUnsetException.class);
          });
      assertThat(USER.get()).isEqualTo("ann");
      return "";
    });
  }

  @ParameterizedTest
  @EnumSource
  @ResourceLock("ContextLeakDetector") // which tells all of the leaks of all
  void scopeLeftOpenInTheBodyEndsWithIt(Shape shape) throws Exception {
    List<ContextLeak> leaks = new ArrayList<>();
    for (Context outer : List.of(Context.empty(), ANN, BOB)) {
      leaks.clear();
      try (Guard listening = ContextLeakDetector.listen(leaks::add)) {
        outer.call(() -> {
          shape.run(
              ANN,
              () -> {
                Guard first = BOB.open();
                Guard second = ANN.open();
                assertThat(List.of(first, second)).doesNotContainNull();
              });
          assertThat(Context.current()).isSameAs(outer);
          return "";
        });
      } catch (IllegalStateException expected) {
        assertThat(shape).isEqualTo(Shape.OPEN); // which finds it out itself, and says so
        continue;
      }
      assertThat(leaks).extracting(ContextLeak::locals).contains(List.of("user=bob"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void mirrorsFollow(Shape shape) throws Exception {
    ContextLocal<String> mirrored =
        ContextLocal.<String>builder("mirrored").mirrored(ContextMirror.of(PLACE)).build();
    PLACE.set("by hand");
    List<String> seen = new ArrayList<>();
    shape.run(
        Context.empty().with(mirrored, "outer"),
        () -> {
          seen.add(PLACE.get());
          run(shape, Context.empty().with(mirrored, "inner"), () -> seen.add(PLACE.get()));
          seen.add(PLACE.get());
          run(shape, ANN, () -> seen.add(String.valueOf(PLACE.get())));
          seen.add(PLACE.get());
          PLACE.set("overwritten");
        });
    seen.add(PLACE.get());
    assertThat(seen).containsExactly("outer", "inner", "outer", "null", "outer", "by hand");
    PLACE.remove();
  }

  private static void run(Shape shape, Context context, Runnable body) {
    try {
      shape.run(context, body);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
