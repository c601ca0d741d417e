// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.slf4j.MDC;
import org.slf4j.helpers.BasicMDCAdapter;
import org.slf4j.spi.MDCAdapter;

@Timeout(value = 90, threadMode = ThreadMode.SAME_THREAD)
class MdcBridgeTest {
  private static final ContextLocal<String> USER = ContextLocal.named("user");
  private static final ContextLocal<Integer> DEPTH = ContextLocal.named("depth");

  private final MDCAdapter other = new BasicMDCAdapter();
  private final MDCAdapter adapter =
      MdcBridge.over(other)
          .field("user", USER)
          .field("depth", DEPTH, depth -> depth == 0 ? null : "<" + depth + ">")
          .build();

  @AfterEach
  @Timeout(value = 90, threadMode = ThreadMode.SAME_THREAD) // the thread of the test
  void nothingIsLeft() {
    assertThat(Context.CURRENT.get()).isNull();
    other.clear();
  }

  private Map<String, String> fields() {
    return Objects.requireNonNullElse(adapter.getCopyOfContextMap(), Map.of());
  }

  @Test
  void eventsHaveTheFieldsOfTheContext() {
    assertThat(fields()).isEmpty();
    Context ann = Context.empty().with(USER, "ann").with(DEPTH, 2);
    ann.run(() -> {
      assertThat(fields()).isEqualTo(Map.of("user", "ann", "depth", "<2>"));
      assertThat(adapter.get("user")).isEqualTo("ann");
      ann.with(USER, "bob")
          .with(DEPTH, 0)
          .run(() -> assertThat(fields()).isEqualTo(Map.of("user", "bob")));
      assertThat(fields()).isEqualTo(Map.of("user", "ann", "depth", "<2>"));
    });
    assertThat(fields()).isEmpty();
    assertThat(adapter.get("user")).isNull();
  }

  @Test
  void fieldsPutByHandAreMergedAndTheContextHasItsWay() {
    adapter.put("request", "7");
    adapter.put("user", "mallory");
    assertThat(fields()).isEqualTo(Map.of("request", "7", "user", "mallory"));
    Context.empty()
        .with(USER, "ann")
        .run(() -> {
          assertThat(fields()).isEqualTo(Map.of("request", "7", "user", "ann"));
          assertThat(adapter.get("user")).isEqualTo("ann");
          assertThat(adapter.get("request")).isEqualTo("7");
          adapter.remove("request");
          assertThat(fields()).isEqualTo(Map.of("user", "ann"));
        });
    adapter.clear();
    assertThat(fields()).isEmpty();
    adapter.setContextMap(Map.of("a", "b"));
    assertThat(fields()).isEqualTo(Map.of("a", "b"));
  }

  @Test
  void stacksAreTheOtherOnes() {
    adapter.pushByKey("stack", "1");
    adapter.pushByKey("stack", "2");
    assertThat(adapter.getCopyOfDequeByKey("stack")).containsExactly("2", "1");
    assertThat(adapter.popByKey("stack")).isEqualTo("2");
    adapter.clearDequeByKey("stack");
    assertThat(adapter.getCopyOfDequeByKey("stack")).isEmpty();
  }

  /** Made once for a context, not for each event. */
  @Test
  void textIsMadeOnce() {
    AtomicInteger made = new AtomicInteger();
    MDCAdapter counting =
        MdcBridge.over(other).field("user", USER, user -> user + made.incrementAndGet()).build();
    Context ann = Context.empty().with(USER, "ann");
    for (int i = 0; i < 3; i++) {
      ann.run(() -> assertThat(counting.get("user")).isEqualTo("ann1"));
      try (var scope = ann.open()) {
        assertThat(counting.getCopyOfContextMap()).isEqualTo(Map.of("user", "ann1"));
      }
    }
    assertThat(made).hasValue(1);
  }

  /** Two adapters do not show each other's fields. */
  @Test
  void adaptersAreToldApart() {
    MDCAdapter second = MdcBridge.over(other).field("who", USER).build();
    Context.empty()
        .with(USER, "ann")
        .run(() -> {
          for (int i = 0; i < 2; i++) {
            assertThat(second.getCopyOfContextMap()).isEqualTo(Map.of("who", "ann"));
            assertThat(fields()).isEqualTo(Map.of("user", "ann"));
          }
        });
  }

  /** Whoever logs is not to blame for a value that cannot be shown. */
  @Test
  void textThatFailsIsNamedInItsField() {
    MDCAdapter failing =
        MdcBridge.over(other)
            .field(
                "user",
                USER,
                user -> {
                  throw new IllegalStateException("expected");
                })
            .field("who", USER)
            .build();
    Context.empty()
        .with(USER, "ann")
        .run(() ->
            assertThat(failing.getCopyOfContextMap())
                .isEqualTo(Map.of("user", "<java.lang.IllegalStateException>", "who", "ann")));
  }

  @Test
  void copyIsACopy() {
    Context.empty()
        .with(USER, "ann")
        .run(() -> {
          Map<String, String> copy = fields();
          copy.put("more", "x");
          copy.remove("user");
          assertThat(copy).isEqualTo(Map.of("more", "x"));
          assertThat(copy.containsKey("user")).isFalse();
          assertThat(copy.get("more")).isEqualTo("x");
          assertThat(copy).hasSize(1);
          Map<String, String> another = fields();
          assertThat(another).isEqualTo(Map.of("user", "ann"));
          another.clear();
          assertThat(another).isEmpty();
          assertThat(fields()).isEqualTo(Map.of("user", "ann"));
        });
  }

  @Test
  void mirrorPutsAndPutsBack() {
    ContextLocal<String> local =
        ContextLocal.<String>builder("local")
            .mirrored(new MdcMirror<>(() -> other, "local", String::valueOf))
            .build();
    ContextLocal<Integer> number =
        ContextLocal.<Integer>builder("number")
            .mirrored(new MdcMirror<Integer>(() -> other, "number", n -> n < 0 ? null : "#" + n))
            .build();
    List<String> seen = new ArrayList<>();
    other.put("local", "by hand");
    other.put("kept", "kept");
    Context.empty()
        .with(local, "a")
        .with(number, 3)
        .run(() -> {
          seen.add(other.get("local") + other.get("number") + other.get("kept"));
          Context.current()
              .with(number, -1)
              .run(() -> seen.add(other.get("local") + other.get("number")));
        });
    seen.add(other.get("local") + other.get("number") + other.get("kept"));
    assertThat(seen).containsExactly("a#3kept", "anull", "by handnullkept");
  }

  /** Which adapter SLF4J has depends on the logging framework; this one may well keep nothing. */
  @Test
  void publicMirrorGoesToTheMdc() {
    MDC.put("field", "by hand");
    String before = MDC.get("field");
    ContextLocal<String> local =
        ContextLocal.<String>builder("local").mirrored(MdcBridge.field("field")).build();
    String keeps = before == null ? null : "a";
    Context.empty().with(local, "a").run(() -> assertThat(MDC.get("field")).isEqualTo(keeps));
    assertThat(MDC.get("field")).isEqualTo(before);
    MDC.remove("field");
  }

  @Test
  @SuppressWarnings("NullAway") // that is the test
  void builderNamesAllThatIsWrong() {
    ContextLocal<String> secret = ContextLocal.<String>builder("token").secret().build();
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            MdcBridge.over(null)
                .field("token", secret)
                .field("user", USER)
                .field("user", DEPTH)
                .build())
        .withMessage(
            "the other adapter is null; token would show token, which is secret;"
                + " more than one field user");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MdcBridge.over(other).field(null, USER).build())
        .withMessageStartingWith("null in ");
  }
}
