// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Scoped values and contexts. A class path of folders has the classes for JDK 21; those for 25 are
 * put before them by a class loader, as the JDK does with a multi-release jar. That they are in the
 * jar is tested where there is one, by the examples.
 */
public class ScopedValueBridgeTest {
  private static final String VERSION = "META-INF/versions/25/";

  @Test
  void withoutTheVersionThereIsNoSupport() {
    assertThat(ScopedValueBridge.isSupported()).isFalse();
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> ScopedValueBridge.builder().build())
        .withMessageStartingWith("scoped values need JDK 25")
        .withMessageEndingWith(Runtime.version().toString());
  }

  static Stream<String> checks() {
    return Arrays.stream(Checks.class.getDeclaredMethods())
        .filter(method -> Modifier.isPublic(method.getModifiers()))
        .map(Method::getName)
        .sorted();
  }

  @ParameterizedTest
  @MethodSource("checks")
  void withTheVersion(String check) throws Throwable {
    assumeTrue(Runtime.version().feature() >= 25, "scoped values are for JDK 25 and later");
    assumeTrue(
        ScopedValueBridge.class
                .getClassLoader()
                .getResource(VERSION + "dev/interleave/context/ScopedValues.class")
            != null,
        "compiled without the classes for JDK 25");
    Class<?> anew = new Redeployed(VERSION).loadClass(Checks.class.getName());
    try {
      anew.getMethod(check).invoke(anew.getDeclaredConstructor().newInstance());
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    }
  }

  /** {@code java.lang.ScopedValue}, which is not there for the compiler. */
  private record Scoped(Object value) {
    static Scoped make() throws Exception {
      return new Scoped(
          Class.forName("java.lang.ScopedValue").getMethod("newInstance").invoke(null));
    }

    @Nullable Object get() throws Exception {
      try {
        return value.getClass().getMethod("get").invoke(value);
      } catch (InvocationTargetException e) {
        throw e.getCause() instanceof RuntimeException thrown ? thrown : e;
      }
    }

    boolean isBound() throws Exception {
      return (Boolean) value.getClass().getMethod("isBound").invoke(value);
    }

    void bind(@Nullable Object to, Runnable task) throws Exception {
      Class<?> type = value.getClass();
      Object carrier = type.getMethod("where", type, Object.class).invoke(null, value, to);
      carrier.getClass().getMethod("run", Runnable.class).invoke(carrier, task);
    }
  }

  /** Each method is a test, of the classes for JDK 25. */
  public static final class Checks {
    private final ContextLocal<String> tenant = ContextLocal.named("tenant");
    private final ContextLocal<String> user = ContextLocal.named("user");
    private final Scoped boundTenant = Scoped.make();
    private final Scoped boundUser = Scoped.make();
    private final ScopedValueBridge bridge =
        ScopedValueBridge.builder()
            .pair(tenant, boundTenant.value)
            .pair(user, boundUser.value)
            .build();

    /** Made by reflection, in another loader. */
    public Checks() throws Exception {}

    /** Of the classes that are looked at. */
    public void versionIsTheOneThatRuns() {
      assertThat(ScopedValues.areSupported()).isTrue();
      assertThat(ScopedValueBridge.isSupported()).isTrue();
      assertThat(bridge).hasToString("ScopedValueBridge[tenant, user]");
    }

    /** From the thread to the context. */
    public void captureTakesWhatIsBound() throws Exception {
      Context before = Context.empty().with(user, "ann");
      assertThat(bridge.capture(before)).isSameAs(before);
      List<Context> captured = new ArrayList<>();
      boundTenant.bind("acme", () -> captured.add(bridge.capture(before)));
      boundUser.bind("bob", () -> captured.add(bridge.capture(before)));
      boundUser.bind(null, () -> captured.add(bridge.capture(before)));
      assertThat(captured.get(0).toString()).contains("user=ann", "tenant=acme");
      assertThat(captured.get(1)).hasToString("Context[user=bob]");
      assertThat(captured.get(2)).isSameAs(Context.empty());
    }

    /** From the context to the thread, in the order of calls, whatever they throw. */
    public void runBindsForTheTimeOfTheCall() throws Exception {
      Context acme = Context.empty().with(tenant, "acme");
      Context both = acme.with(user, "ann");
      List<String> seen = new ArrayList<>();
      bridge.call(
          acme,
          () -> {
            assertThat(Context.current()).isSameAs(acme);
            seen.add(boundTenant.get() + " " + boundUser.isBound());
            assertThatIllegalStateException()
                .isThrownBy(() ->
                    bridge.run(
                        both.with(tenant, "other"),
                        () -> {
                          seen.add(text(boundTenant) + " " + text(boundUser) + " " + user.get());
                          throw new IllegalStateException("expected");
                        }))
                .withMessage("expected");
            seen.add(boundTenant.get() + " " + boundUser.isBound());
            return "";
          });
      assertThat(seen).containsExactly("acme false", "other ann ann", "acme false");
      assertThat(boundTenant.isBound()).isFalse();
      assertThat(Context.current()).isSameAs(Context.empty());
    }

    private static String text(Scoped scoped) {
      try {
        return String.valueOf(scoped.get());
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }

    /** What belongs to another one cannot be unbound, so it must not be seen. */
    public void strangerIsRefused() throws Exception {
      List<String> ran = new ArrayList<>();
      boundTenant.bind(
          "acme",
          () -> {
            assertThatIllegalStateException()
                .isThrownBy(
                    () -> bridge.run(Context.empty().with(user, "ann"), () -> ran.add("ran")))
                .withMessageContaining("Context[user=ann]")
                .withMessageEndingWith(": tenant");
            bridge.run(bridge.capture(Context.empty()), () -> ran.add(tenant.get()));
          });
      assertThat(ran).containsExactly("acme");
    }

    /** Nothing set, nothing bound: a call as any other. */
    public void emptyContextBindsNothing() throws Exception {
      List<Boolean> seen = new ArrayList<>();
      bridge.run(Context.empty(), () -> seen.add(tenant.isSet()));
      assertThat(bridge.<Boolean>call(Context.empty(), boundTenant::isBound)).isFalse();
      assertThat(seen).containsExactly(false);
    }

    /** Scoped values do not go to a pool by themselves. */
    public void wrappedTaskHasBothOnAnotherThread() throws Exception {
      try (ExecutorService pool = Executors.newSingleThreadExecutor()) {
        List<Callable<String>> wrapped = new ArrayList<>();
        Callable<String> read = () -> boundTenant.get() + " " + tenant.get();
        boundTenant.bind(
            "acme", () -> wrapped.add(bridge.wrap(bridge.capture(Context.empty()), read)));
        assertThat(pool.submit(wrapped.get(0)).get()).isEqualTo("acme acme");
        assertThat(pool.submit(boundTenant::isBound).get()).isFalse();
        List<String> ran = new ArrayList<>();
        Runnable note = () -> ran.add(text(boundTenant));
        pool.submit(bridge.wrap(Context.empty().with(tenant, "b"), note)).get();
        assertThat(ran).containsExactly("b");
      }
    }

    /** As the task of every wrapper. */
    public void wrappedTaskGetsWhatIsHandedOff() throws Exception {
      ContextLocal<String> span =
          ContextLocal.<String>builder("span").derived(parent -> parent + ".1").build();
      Scoped boundSpan = Scoped.make();
      ScopedValueBridge spans = ScopedValueBridge.builder().pair(span, boundSpan.value).build();
      Callable<String> read = () -> String.valueOf(boundSpan.get());
      assertThat(spans.wrap(Context.empty().with(span, "7"), read).call()).isEqualTo("7.1");
      assertThat(spans.call(Context.empty().with(span, "7"), read)).isEqualTo("7");
    }

    /** All of it at once. */
    public void wrongPairsAreNamed() throws Exception {
      assertThatIllegalArgumentException()
          .isThrownBy(() ->
              ScopedValueBridge.builder()
                  .pair(tenant, "acme")
                  .pair(user, boundUser.value)
                  .pair(user, boundTenant.value)
                  .pair(ContextLocal.named("third"), boundUser.value)
                  .build())
          .withMessage(
              "no scoped value for tenant: acme; user is in more than one pair; "
                  + "the scoped value of third is in more than one pair");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ScopedValueBridge.builder().build())
          .withMessage("no pairs");
    }
  }
}
