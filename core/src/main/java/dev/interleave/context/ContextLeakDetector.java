// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import dev.interleave.Guard;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds contexts that were {@linkplain Context#open() opened} and not closed. Nothing else can be
 * left behind: calls and wrapped tasks restore what was there.
 *
 * <ul>
 *   <li>What a call or a wrapped task leaves open is <b>always</b> found at its end, and ended.
 *   <li>What is opened outside of any call and never closed is found if it is a sample, once its
 *       guard has been collected and the next scope is opened. The stack of the opening is kept for
 *       samples only.
 * </ul>
 *
 * <p>One in {@value #USUAL_SAMPLE} is a sample, which costs next to nothing; in tests make it each
 * one by {@code sample(1)}. Leaks go to the {@linkplain #listen listeners}; if there are none they
 * are logged as warnings, once for each task and set of locals. They are counted always.
 *
 * <p>With the harness, each test that leaves something open fails:
 *
 * {@snippet :
 * @RegisterExtension
 * final ContextLeaks leaks =
 *     ContextLeaks.builder()
 *         .probe("context", ContextLeakDetector::leftHere)
 *         .probe("leaks", ContextLeakDetector::found, 0L)
 *         .pool("workers", executor, 4)
 *         .build();
 * }
 *
 * <p>Thread-safe, for the whole of the program. No argument may be {@code null}.
 */
public final class ContextLeakDetector {
  /** One scope in so many is a sample unless something else is said. */
  public static final int USUAL_SAMPLE = 128;

  /** How many different leaks are logged; more of them say nothing new. */
  static final int MAX_LOGGED = 100;

  private static final Logger LOGGER = LoggerFactory.getLogger(ContextLeakDetector.class);
  private static final LongAdder FOUND = new LongAdder();
  private static final List<Consumer<? super ContextLeak>> LISTENERS = new CopyOnWriteArrayList<>();
  static final Set<String> LOGGED = ConcurrentHashMap.newKeySet(); // tests look how many

  private static final ReferenceQueue<Guard> UNREACHABLE = new ReferenceQueue<>();
  private static final Set<Tracked> TRACKED = ConcurrentHashMap.newKeySet();

  private static volatile int sample = USUAL_SAMPLE;

  private ContextLeakDetector() {}

  /** A sampled scope that is open. */
  private static final class Tracked extends PhantomReference<Guard> {
    private final Scope scope;

    Tracked(Guard guard, Scope scope) {
      super(guard, UNREACHABLE);
      this.scope = scope;
    }
  }

  /**
   * Sets how many scopes are watched more closely.
   *
   * @param oneIn one in so many; 1 for each, 0 for none
   * @throws IllegalArgumentException if negative
   */
  public static void sample(int oneIn) {
    if (oneIn < 0) {
      throw new IllegalArgumentException("oneIn is negative: " + oneIn);
    }
    sample = oneIn;
  }

  /**
   * Tells somebody of each leak, instead of the log. The listener is called by the thread that
   * finds it, after the context was put right; what it throws is logged.
   *
   * @return ends it
   */
  public static Guard listen(Consumer<? super ContextLeak> listener) {
    Objects.requireNonNull(listener, "listener");
    Consumer<ContextLeak> own = listener::accept; // told apart by identity: it may be there twice
    LISTENERS.add(own);
    return () -> LISTENERS.remove(own);
  }

  /** How many leaks were found. Looks for lost scopes first. */
  public static long found() {
    lookForLost();
    return FOUND.sum();
  }

  /**
   * The context that is current on this thread, where none should be: null if all is well. A probe
   * for {@code ContextLeaks} of the harness.
   */
  public static @Nullable String leftHere() {
    Context current = Context.current();
    return current.isEmpty() ? null : current.toString();
  }

  static boolean isSample() {
    int oneIn = sample;
    return oneIn == 1 || (oneIn > 1 && ThreadLocalRandom.current().nextInt(oneIn) == 0);
  }

  static Reference<?> track(Guard guard, Scope scope) {
    Tracked tracked = new Tracked(guard, scope);
    TRACKED.add(tracked);
    return tracked;
  }

  /** The scope has ended. */
  static void untrack(Reference<?> tracked) {
    TRACKED.remove(tracked);
  }

  /** Reports the scopes whose guards were collected without having been closed. */
  static void lookForLost() {
    for (Reference<?> gone = UNREACHABLE.poll(); gone != null; gone = UNREACHABLE.poll()) {
      Tracked tracked = (Tracked) gone;
      if (TRACKED.remove(tracked)) { // or it was ended, by a call or at the last moment
        report(tracked.scope.leak(null));
      }
    }
  }

  static void report(ContextLeak leak) {
    FOUND.increment();
    if (LISTENERS.isEmpty()) {
      log(leak);
    }
    for (Consumer<? super ContextLeak> listener : LISTENERS) {
      try {
        listener.accept(leak);
      } catch (RuntimeException | Error e) { // the call that ends here is not to blame
        LOGGER.error("A listener failed to take in: {}", leak, e);
      }
    }
  }

  private static void log(ContextLeak leak) {
    if (LOGGED.size() < MAX_LOGGED && LOGGED.add(leak.task() + leak.locals())) {
      LOGGER.warn("{}", leak, leak.opened());
    }
  }
}
