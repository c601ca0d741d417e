// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** Places outside of the context that show what is in it. */
@Timeout(value = 90, threadMode = ThreadMode.SAME_THREAD)
class MirrorTest {
  private static final ThreadLocal<String> PLACE = new ThreadLocal<>();
  private static final ThreadLocal<Object> SECOND = new ThreadLocal<>();
  private static final ThreadLocal<Integer> DEPTH = ThreadLocal.withInitial(() -> 7);
  private static final ContextLocal<String> SHOWN =
      ContextLocal.<String>builder("shown").mirrored(ContextMirror.of(PLACE)).build();
  private static final ContextLocal<String> OTHER = ContextLocal.named("other");

  @AfterEach
  @Timeout(value = 90, threadMode = ThreadMode.SAME_THREAD) // the thread of the test
  void nothingIsLeft() {
    assertThat(Context.CURRENT.get()).isNull();
    assertThat(PLACE.get()).isNull();
  }

  @Test
  void placeShowsTheValueForTheTimeOfACall() {
    Context.empty()
        .with(SHOWN, "a")
        .run(() -> {
          assertThat(PLACE.get()).isEqualTo("a");
          Context.current().without(SHOWN).run(() -> assertThat(PLACE.get()).isNull());
          assertThat(PLACE.get()).isEqualTo("a");
        });
    assertThat(PLACE.get()).isNull();
  }

  @Test
  void initialValueOfAThreadLocalCounts() {
    ContextLocal<Integer> local =
        ContextLocal.<Integer>builder("depth").mirrored(ContextMirror.of(DEPTH)).build();
    Context.empty()
        .with(local, 1)
        .run(() -> {
          assertThat(DEPTH.get()).isEqualTo(1);
          Context.empty().run(() -> assertThat(DEPTH.get()).isEqualTo(7));
        });
    assertThat(DEPTH.get()).isEqualTo(7);
  }

  private record Recording(List<String> told) implements ContextMirror<String> {
    @Override
    public @Nullable Object save() {
      told.add("save");
      return "saved";
    }

    @Override
    public void show(@Nullable String value) {
      told.add("show " + value);
    }

    @Override
    public void restore(@Nullable Object saved) {
      told.add("restore " + saved);
    }
  }

  @Test
  void onlyWhatDiffersIsTold() {
    List<String> told = new ArrayList<>();
    ContextLocal<String> local =
        ContextLocal.<String>builder("local").mirrored(new Recording(told)).build();
    Context context = Context.empty().with(OTHER, "x").with(local, "a");
    assertThat(told).isEmpty();
    context.run(() -> {
      assertThat(told).containsExactly("save", "show a");
      told.clear();
      context.run(() -> context.with(OTHER, "y").run(() -> assertThat(told).isEmpty()));
      context.with(SHOWN, "z").run(() -> assertThat(told).isEmpty());
      context.without(OTHER).run(() -> assertThat(told).isEmpty());
      assertThat(told).isEmpty();
      Context.empty().run(() -> assertThat(told).containsExactly("save", "show null"));
      assertThat(told).containsExactly("save", "show null", "restore saved");
      told.clear();
    });
    assertThat(told).containsExactly("restore saved");
  }

  @Test
  void mirrorThatFailsToShowKeepsOthersOut() {
    ContextLocal<String> failing =
        ContextLocal.<String>builder("failing").mirrored(new FailingMirror(true, true)).build();
    PLACE.set("by hand");
    Context context = Context.empty().with(SHOWN, "a").with(failing, "b");
    List<String> ran = new ArrayList<>();
    assertThatIllegalStateException()
        .isThrownBy(() -> context.run(() -> ran.add("ran")))
        .withMessage("expected");
    assertThat(ran).isEmpty();
    assertThat(PLACE.get()).isEqualTo("by hand");
    PLACE.remove();
  }

  @Test
  void mirrorThatFailsToRestoreHoldsUpNothing() {
    ContextLocal<String> failing =
        ContextLocal.<String>builder("failing").mirrored(new FailingMirror(false, true)).build();
    Context context = Context.empty().with(SHOWN, "a").with(failing, "b");
    context.run(() -> assertThat(PLACE.get()).isEqualTo("a"));
    assertThat(PLACE.get()).isNull();
    assertThatIllegalStateException()
        .isThrownBy(() ->
            context.run(() -> {
              throw new IllegalStateException("of the body");
            }))
        .withMessage("of the body");
  }

  @Test
  void twoPlacesOfOneLocal() {
    ContextLocal<String> local =
        ContextLocal.<String>builder("local")
            .mirrored(ContextMirror.of(PLACE))
            .mirrored(ContextMirror.of(SECOND))
            .build();
    Context.empty()
        .with(local, "a")
        .run(() -> {
          assertThat(PLACE.get()).isEqualTo("a");
          assertThat(SECOND.get()).isEqualTo("a");
        });
    assertThat(SECOND.get()).isNull();
  }
}
