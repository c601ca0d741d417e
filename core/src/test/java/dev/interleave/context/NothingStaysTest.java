// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.testing.contract.Waiting;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** What a thread of a pool keeps of the contexts that its tasks ran in: nothing. */
public class NothingStaysTest {
  static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final ContextLocal<Object> VALUE = ContextLocal.named("value");

  private static void awaitGone(WeakReference<?> reference, String what) throws Exception {
    Waiting.until(
        () -> {
          System.gc();
          return reference.refersTo(null);
        },
        PATIENCE,
        () -> what + " is still held");
  }

  @Test
  void valueIsNotHeld() throws Exception {
    try (ExecutorService pool = Executors.newSingleThreadExecutor()) {
      WeakReference<Object> value = runIn(pool);
      awaitGone(value, "the value");
    }
  }

  private static WeakReference<Object> runIn(ExecutorService pool) throws Exception {
    Object value = new Object();
    Context context = Context.empty().with(VALUE, value);
    context.wrap(pool).submit(VALUE::get).get();
    pool.submit(() -> context.run(() -> assertThat(VALUE.get()).isSameAs(value))).get();
    return new WeakReference<>(value);
  }

  /**
   * Contexts hold their locals and locals nobody: one that is made for a moment is gone after it.
   */
  @Test
  void localIsNotHeld() throws Exception {
    WeakReference<Object> local = new WeakReference<>(useOnce());
    awaitGone(local, "the local");
  }

  private static Object useOnce() {
    ContextLocal<String> once = ContextLocal.named("once");
    Context.empty().with(once, "x").run(() -> assertThat(once.get()).isEqualTo("x"));
    return once;
  }

  /** What an application that comes and goes does with the threads of a server. */
  public static final class Application implements Callable<String> {
    /** Called by reflection, by a class of another loader. */
    public Application() {}

    @Override
    public String call() {
      Context context = Context.empty().with(VALUE, "x");
      context.run(() -> assertThat(VALUE.get()).isEqualTo("x"));
      return context.getClass().getClassLoader().getClass().getSimpleName();
    }
  }

  @Test
  void classLoaderIsNotHeld() throws Exception {
    try (ExecutorService pool = Executors.newSingleThreadExecutor()) {
      WeakReference<Object> loader = deploy(pool);
      awaitGone(loader, "the class loader");
      assertThat(pool.submit(() -> "alive").get()).isEqualTo("alive");
    }
  }

  @SuppressWarnings("unchecked")
  private static WeakReference<Object> deploy(ExecutorService pool) throws Exception {
    Redeployed loader = new Redeployed();
    Callable<String> application =
        (Callable<String>)
            loader.loadClass(Application.class.getName()).getDeclaredConstructor().newInstance();
    assertThat(pool.submit(application).get()).isEqualTo("Redeployed");
    return new WeakReference<>(loader);
  }
}
