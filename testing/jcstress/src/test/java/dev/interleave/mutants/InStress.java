// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.mutants;

import static java.util.Objects.requireNonNull;

import dev.interleave.testing.Stress;
import dev.interleave.testing.StressReport;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;

/**
 * Runs a jcstress test with {@link Stress}: the same actors on the same state, judged by the same
 * outcomes. Exits with {@value #CAUGHT} as soon as something forbidden is seen or nothing moves,
 * with 0 if the time passes without.
 */
public final class InStress {
  static final int CAUGHT = 3;

  /** Printed when the test is loaded. */
  static final String BEGINS = "The actors begin.";

  /** Many times as long as a round takes. */
  private static final int SPINS = 1_000_000;

  private static final long PAUSE_NANOS = 1_000_000;

  private static final String OTHER = "any other outcome";

  private InStress() {}

  private record Round(Object state, Object result) {}

  /** A test of termination: its object belongs to the thread that signals, and is made by it. */
  private static final class Termination {
    private volatile @Nullable Object state;
    private volatile @Nullable Thread waits;
  }

  /**
   * Runs.
   *
   * @param args the class of the test, for how many milliseconds, the seed, and after how many
   *     milliseconds without a move it hangs
   */
  public static void main(String[] args) throws Exception {
    Stress<?> stress = stress(Class.forName(args[0]));
    System.out.println(BEGINS);
    StressReport report =
        stress
            .seed(Long.parseLong(args[2]))
            .hangAfter(Duration.ofMillis(Long.parseLong(args[3])))
            .abandonAfter(Duration.ZERO) // they end with the process
            .failFast()
            .run(Duration.ofMillis(Long.parseLong(args[1])));
    System.out.println(report);
    System.exit(report.holds() ? 0 : CAUGHT); // not by returning: actors may be left behind
  }

  static Stress<?> stress(Class<?> test) throws IllegalAccessException {
    List<Method> actors = annotated(test, Actor.class);
    List<Method> signals = annotated(test, Signal.class);
    MethodHandle state = constructor(test);
    if (!signals.isEmpty()) {
      return termination(test, state, handle(actors.getFirst()), handle(signals.getFirst()));
    }
    List<Method> arbiters = annotated(test, Arbiter.class);
    MethodHandle result = constructor(resultType(actors, arbiters));
    Stress<Round> stress =
        Stress.on(() -> new Round(make(state), make(result))).named(test.getSimpleName());
    for (Method actor : actors) {
      MethodHandle handle = handle(actor);
      stress.actor(actor.getName(), round -> call(handle, round.state, round.result));
    }
    List<MethodHandle> arbiter = new ArrayList<>();
    for (Method method : arbiters) {
      arbiter.add(handle(method));
    }
    Map<String, Outcome> known = outcomes(test);
    Map<String, String> ids = new ConcurrentHashMap<>();
    stress.arbiter(round -> {
      for (MethodHandle handle : arbiter) {
        call(handle, round.state, round.result);
      }
      return ids.computeIfAbsent(round.result.toString(), text -> id(text, known));
    });
    known.forEach((id, outcome) -> {
      if (outcome.expect() == Expect.FORBIDDEN) {
        stress.forbid(id, outcome.desc());
      } else {
        stress.expect(id, outcome.desc());
      }
    });
    return stress;
  }

  /** The actor has to come to its end after the signal; the outcome is that it does. */
  private static Stress<?> termination(
      Class<?> test, MethodHandle state, MethodHandle actor, MethodHandle signal) {
    return Stress.on(Termination::new)
        .named(test.getSimpleName())
        .actor(
            "signal",
            round -> {
              Object made = make(state);
              round.state = made;
              await(() -> round.waits != null);
              linger();
              call(signal, made, requireNonNull(round.waits));
            })
        .actor(
            "actor",
            round -> {
              await(() -> round.state != null);
              Object made = requireNonNull(round.state);
              round.waits = Thread.currentThread();
              call(actor, made, made);
            });
  }

  /** Spins; but not on and on while the other one hangs. */
  private static void await(BooleanSupplier condition) {
    for (int i = 0; !condition.getAsBoolean(); i++) {
      if (i < SPINS) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  /** From no time to longer than it takes to park. */
  private static void linger() {
    long start = System.nanoTime();
    long time = ThreadLocalRandom.current().nextLong(200_000);
    while (System.nanoTime() - start < time) {
      Thread.onSpinWait();
    }
  }

  private static List<Method> annotated(
      Class<?> test, Class<? extends java.lang.annotation.Annotation> by) {
    return Arrays.stream(test.getMethods())
        .filter(method -> method.isAnnotationPresent(by))
        .sorted(Comparator.comparing(Method::getName))
        .toList();
  }

  private static Class<?> resultType(List<Method> actors, List<Method> arbiters) {
    List<Method> all = new ArrayList<>(actors);
    all.addAll(arbiters);
    return all.stream()
        .filter(method -> method.getParameterCount() == 1)
        .map(method -> method.getParameterTypes()[0])
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no outcome: a test for jcstress alone"));
  }

  private static MethodHandle constructor(Class<?> type) throws IllegalAccessException {
    try {
      return MethodHandles.publicLookup()
          .unreflectConstructor(type.getConstructor())
          .asType(MethodType.methodType(Object.class));
    } catch (NoSuchMethodException e) {
      throw new IllegalArgumentException(type + " has no public constructor", e);
    }
  }

  /**
   * As a handle that takes the state and the result, or the thread to signal to, whether the method
   * takes that or not.
   */
  private static MethodHandle handle(Method method) throws IllegalAccessException {
    MethodHandle handle = MethodHandles.publicLookup().unreflect(method);
    if (method.getParameterCount() == 0) {
      handle = MethodHandles.dropArguments(handle, 1, Object.class);
    }
    return handle.asType(MethodType.methodType(void.class, Object.class, Object.class));
  }

  private static void call(MethodHandle handle, Object state, Object result) throws Exception {
    try {
      handle.invokeExact(state, result);
    } catch (Exception | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static Object make(MethodHandle constructor) {
    try {
      return constructor.invokeExact();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** The outcomes by their ids, regular expressions; those of the superclass included. */
  private static Map<String, Outcome> outcomes(Class<?> test) {
    Map<String, Outcome> outcomes = new LinkedHashMap<>();
    for (Class<?> type = test; type != Object.class; type = type.getSuperclass()) {
      for (Outcome outcome : type.getDeclaredAnnotationsByType(Outcome.class)) {
        List<String> ids = List.of(outcome.id());
        if (ids.isEmpty() || ids.equals(List.of(""))) {
          outcomes.putIfAbsent(OTHER, outcome);
        }
        ids.stream().filter(id -> !id.isEmpty()).forEach(id -> outcomes.putIfAbsent(id, outcome));
      }
    }
    return outcomes;
  }

  private static String id(String text, Map<String, Outcome> known) {
    return known.keySet().stream()
        .filter(id -> !id.equals(OTHER) && Pattern.matches(id, text))
        .findFirst()
        .orElse(OTHER);
  }
}
