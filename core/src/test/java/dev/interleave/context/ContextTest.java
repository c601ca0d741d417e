// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContextTest {
  private static final ContextLocal<String> USER = ContextLocal.named("user");
  private static final ContextLocal<String> TENANT = ContextLocal.named("tenant");
  private static final ContextLocal<String> TOKEN =
      ContextLocal.<String>builder("token").secret().build();

  @Test
  void withMakesAnotherOne() {
    Context ann = Context.empty().with(USER, "ann");
    Context bob = ann.with(USER, "bob");
    assertThat(ann.get(USER)).isEqualTo("ann");
    assertThat(bob.get(USER)).isEqualTo("bob");
    assertThat(Context.empty().isSet(USER)).isFalse();
    assertThat(ann.with(USER, ann.get(USER))).isSameAs(ann);
    assertThat(ann.with(TENANT, "acme").locals()).containsExactlyInAnyOrder(USER, TENANT);
  }

  @Test
  void withoutMakesAnotherOne() {
    Context both = Context.empty().with(USER, "ann").with(TENANT, "acme");
    assertThat(both.without(USER).locals()).containsExactly(TENANT);
    assertThat(both.without(USER).get(TENANT)).isEqualTo("acme");
    assertThat(both.without(USER).without(TENANT)).isSameAs(Context.empty());
    assertThat(both.without(TOKEN)).isSameAs(both);
    assertThat(both.locals()).hasSize(2);
    assertThat(both.isEmpty()).isFalse();
    assertThat(Context.empty().isEmpty()).isTrue();
  }

  /** Against a map, with locals whose homes collide in every way. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 16, 100, 1000})
  void isAMap(int spread) {
    Random random = new Random(spread);
    List<ContextLocal<Integer>> locals = new ArrayList<>();
    for (int i = 0; i < 40; i++) { // the first ones have slots, in contexts of their own
      locals.add(SlottedLocals.at(Math.min(i, Slots.COUNT), ContextLocal.builder("local" + i)));
      for (int between = random.nextInt(spread); between > 0; between--) {
        assertThat(ContextLocal.named("between")).isNotNull();
      }
    }
    Context context = Context.empty();
    Map<ContextLocal<Integer>, Integer> model = new HashMap<>();
    for (int step = 0; step < 3_000; step++) {
      ContextLocal<Integer> local = locals.get(random.nextInt(1 + random.nextInt(locals.size())));
      if (random.nextInt(3) == 0) {
        context = context.without(local);
        model.remove(local);
      } else {
        Integer value = 1_000 + step;
        context = context.with(local, value);
        model.put(local, value);
      }
      for (ContextLocal<Integer> each : locals) {
        assertThat(each.find(context)).isEqualTo(model.get(each));
      }
      Context now = context;
      now.run(() ->
          locals.forEach(each -> assertThat(each.isSet()).isEqualTo(model.containsKey(each))));
      assertThat(context.locals()).isEqualTo(new HashSet<>(model.keySet()));
      assertThat(context.isEmpty()).isEqualTo(model.isEmpty());
    }
  }

  /** A table is a power of two, has a free place, and few in the wrong one. */
  @Test
  void tableIsShort() {
    Random random = new Random(7);
    for (int round = 0; round < 200; round++) {
      Context context = Context.empty();
      int size = 1 + random.nextInt(20);
      for (int i = 0; i < size; i++) {
        for (int between = random.nextInt(50); between > 0; between--) {
          assertThat(ContextLocal.named("between")).isNotNull();
        }
        context = context.with(ContextLocal.named("x"), "x");
        int length = context.table.length;
        assertThat(Integer.bitCount(length)).isOne();
        assertThat(length).isGreaterThan(2 * (i + 1)).isLessThanOrEqualTo(16 * (i + 1));
      }
    }
  }

  @Test
  void resultsAndExceptionsComeThrough() throws Exception {
    Context ann = Context.empty().with(USER, "ann");
    assertThat(ann.call(() -> USER.get() + "!")).isEqualTo("ann!");
    assertThat(ann.supply(() -> USER.get() + "!")).isEqualTo("ann!");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() ->
            ann.call(() -> {
              throw new IOException("expected");
            }))
        .withMessage("expected");
    Callable<String> wrapped =
        ann.wrap(
            (Callable<String>)
                () -> {
                  throw new IOException("expected");
                });
    assertThatExceptionOfType(IOException.class).isThrownBy(wrapped::call);
  }

  /**
   * However deep the stack is when it overflows, the call around it that changed something is
   * right.
   */
  @Test
  void stackOverflowLeavesNothingBehind() {
    Context ann = Context.empty().with(USER, "ann");
    Context bob = Context.empty().with(USER, "bob");
    ann.run(() -> {
      assertThatExceptionOfType(StackOverflowError.class).isThrownBy(() -> bob.run(() -> dig(0)));
      assertThat(USER.get()).isEqualTo("ann");
    });
    assertThat(Context.current()).isSameAs(Context.empty());
  }

  private static void dig(int depth) {
    Context.empty().with(USER, "digger" + depth).run(() -> dig(depth + 1));
  }

  @Test
  void wrappedTaskRunsAnyNumberOfTimes() {
    AtomicInteger runs = new AtomicInteger();
    Runnable task =
        Context.empty()
            .with(USER, "ann")
            .wrap(
                (Runnable)
                    () -> {
                      assertThat(USER.get()).isEqualTo("ann");
                      runs.incrementAndGet();
                    });
    task.run();
    Context.empty().with(USER, "bob").run(task);
    assertThat(runs).hasValue(2);
  }

  @Test
  void dumpsMaskSecretsAndAreShort() {
    Context context =
        Context.empty()
            .with(USER, "ann\nsecond line")
            .with(TOKEN, "t0psecret")
            .with(TENANT, "x".repeat(1_000));
    assertThat(context.toString())
        .startsWith("Context[")
        .contains("user=ann…", "token=***")
        .doesNotContain("t0psecret", "second", "\n")
        .hasSizeLessThan(300);
    String dump = context.supply(Context.current()::dump);
    assertThat(context.dump())
        .contains("3 set:", "  user = ann…", "  token = ***, secret")
        .doesNotContain("t0psecret");
    assertThat(dump).contains("0 set:");
    Runnable task = context.wrap((Runnable) new Named());
    assertThat(task.toString())
        .startsWith("audit in Context[")
        .contains("token=***")
        .doesNotContain("t0psecret");
  }

  private record Named() implements Runnable {
    @Override
    public void run() {}

    @Override
    public String toString() {
      return "audit";
    }
  }

  @Test
  void dumpDoesNotFail() {
    ContextLocal<Object> odd = ContextLocal.named("odd");
    Object value =
        new Object() {
          @Override
          public String toString() {
            throw new IllegalStateException("expected");
          }
        };
    assertThat(Context.empty().with(odd, value).toString())
        .contains("toString threw java.lang.IllegalStateException");
  }

  @Test
  void localsAreACopy() {
    Context ann = Context.empty().with(USER, "ann");
    Set<ContextLocal<?>> locals = ann.locals();
    locals.clear();
    assertThat(ann.locals()).hasSize(1);
  }

  @Test
  @SuppressWarnings("NullAway") // that is the test
  void nullTasksAreRefusedWhereTheyAreWrapped() {
    Context ann = Context.empty().with(USER, "ann");
    assertThatNullPointerException().isThrownBy(() -> ann.wrap((Runnable) null));
    assertThatNullPointerException().isThrownBy(() -> ann.wrap((Callable<?>) null));
    assertThatNullPointerException().isThrownBy(() -> ann.run(null));
    assertThatNullPointerException()
        .isThrownBy(() -> Context.propagating((java.util.concurrent.Executor) null));
  }
}
