// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionResult;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.kotlinx.lincheck.execution.HBClock;
import org.jetbrains.kotlinx.lincheck.execution.ResultWithClock;
import org.jetbrains.kotlinx.lincheck.util.ExceptionResult;
import org.jetbrains.kotlinx.lincheck.util.LincheckResult;
import org.jetbrains.kotlinx.lincheck.util.ValueResult;
import org.jetbrains.kotlinx.lincheck.util.VoidResult;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.verifier.LinearizabilityVerifier;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The checker says of the same histories what Lincheck's verifier says, against its own
 * specifications. They are without calls that wait, which that one does not know.
 */
@NullMarked
@Tag("lincheck")
class LincheckAgreementTest {
  private static final boolean THOROUGH = Boolean.getBoolean("interleave.thorough");
  private static final int HISTORIES = THOROUGH ? 50_000 : 2_000;
  private static final int THREADS = 3;
  private static final int CALLS_PER_THREAD = 3;
  private static final int VALUES = 3;

  /** Makes Lincheck instrument itself, without which its verifier does not work. */
  @BeforeAll
  static void prepareLincheck() {
    new StressOptions()
        .iterations(1)
        .invocationsPerIteration(1)
        .threads(1)
        .actorsPerThread(1)
        .check(Nothing.class);
  }

  /** An object to be checked for the sake of checking. */
  public static final class Nothing {
    @org.jetbrains.lincheck.datastructures.Operation
    public void nothing() {}
  }

  static Stream<Arguments> specs() {
    return Stream.of(
        Arguments.of(LincheckSpecs.Queue.class, Models.queue(2)),
        Arguments.of(LincheckSpecs.Stack.class, Models.stack()),
        Arguments.of(LincheckSpecs.Register.class, Models.register(0)));
  }

  @ParameterizedTest
  @MethodSource("specs")
  void bothSayTheSame(Class<?> spec, Model<?> model) throws Exception {
    LinearizabilityVerifier lincheck = new LinearizabilityVerifier(spec);
    int violated = 0;
    for (int seed = 0; seed < HISTORIES; seed++) {
      History history = new Histories(spec, seed).next();
      Verdict verdict = Linearizability.of(model).check(history);
      boolean linearizable = verify(lincheck, spec, history);
      assertThat(verdict.kind())
          .as("seed %s%n%s%s", seed, history, verdict)
          .isEqualTo(linearizable ? Verdict.Kind.HOLDS : Verdict.Kind.VIOLATED);
      violated += linearizable ? 0 : 1;
    }
    assertThat(violated).isBetween(HISTORIES / 10, HISTORIES * 9 / 10);
  }

  /** Hands a history to Lincheck; clocks tell it which calls of others ended before each. */
  private static boolean verify(LinearizabilityVerifier lincheck, Class<?> spec, History history)
      throws NoSuchMethodException {
    List<List<Operation>> threads = new ArrayList<>();
    for (String thread : history.threads()) {
      threads.add(
          history.operations().stream().filter(call -> call.thread().equals(thread)).toList());
    }
    List<List<Actor>> actors = new ArrayList<>();
    List<List<ResultWithClock>> results = new ArrayList<>();
    for (List<Operation> thread : threads) {
      List<Actor> actorsOfThread = new ArrayList<>();
      List<ResultWithClock> resultsOfThread = new ArrayList<>();
      for (Operation call : thread) {
        actorsOfThread.add(new Actor(method(spec, call.name()), call.arguments()));
        int[] clock =
            threads.stream()
                .mapToInt(other -> (int) other.stream().filter(o -> o.precedes(call)).count())
                .toArray();
        resultsOfThread.add(new ResultWithClock(result(call.outcome()), new HBClock(clock)));
      }
      actors.add(actorsOfThread);
      results.add(resultsOfThread);
    }
    return lincheck.verifyResults(
        new ExecutionScenario(List.of(), actors, List.of(), null),
        new ExecutionResult(List.of(), results, List.of()));
  }

  private static LincheckResult result(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Returned(var value) -> new ValueResult(value);
      case Outcome.Done() -> VoidResult.INSTANCE;
      case Outcome.Threw threw ->
          new ExceptionResult(
              threw.is(IllegalStateException.class)
                  ? new IllegalStateException()
                  : new NoSuchElementException());
      case Outcome.Pending() -> throw new IllegalArgumentException("pending");
    };
  }

  private static Method method(Class<?> spec, String name) throws NoSuchMethodException {
    return Arrays.stream(spec.getDeclaredMethods())
        .filter(method -> method.getName().equals(name))
        .findFirst()
        .orElseThrow(() -> new NoSuchMethodException(name));
  }

  /** Runs a specification in random order; then lets some calls say what others said. */
  private static final class Histories {
    private final Class<?> spec;
    private final List<Method> methods;
    private final Random random;

    private record Running(Method method, List<Object> arguments, @Nullable Outcome outcome) {}

    Histories(Class<?> spec, long seed) {
      this.spec = spec;
      this.methods =
          Arrays.stream(spec.getDeclaredMethods())
              .filter(method -> !method.isSynthetic())
              .sorted(Comparator.comparing(Method::getName))
              .toList();
      this.random = new Random(seed);
    }

    History next() throws ReflectiveOperationException {
      Object object = spec.getDeclaredConstructor().newInstance();
      HistoryBuilder history = History.builder();
      Map<Integer, Running> running = new HashMap<>();
      int[] left = IntStream.range(0, THREADS).map(t -> CALLS_PER_THREAD).toArray();
      while (Arrays.stream(left).sum() > 0 || !running.isEmpty()) {
        int t = random.nextInt(THREADS);
        Running now = running.get(t);
        if (now == null) {
          if (left[t] > 0) {
            left[t]--;
            Method method = methods.get(random.nextInt(methods.size()));
            List<Object> arguments =
                random
                    .ints(method.getParameterCount(), 0, VALUES)
                    .mapToObj(value -> (Object) value)
                    .toList();
            history.call("t" + t, method.getName(), arguments.toArray());
            running.put(t, new Running(method, arguments, null));
          }
        } else if (now.outcome == null) {
          Outcome outcome = call(object, now);
          running.put(t, new Running(now.method, now.arguments, outcome));
        } else {
          history.ended("t" + t, now.outcome);
          running.remove(t);
        }
      }
      return mutated(history.build());
    }

    private static Outcome call(Object object, Running call) throws IllegalAccessException {
      try {
        Object result = call.method.invoke(object, call.arguments.toArray());
        return call.method.getReturnType() == void.class
            ? Outcome.done()
            : Outcome.returned(result);
      } catch (InvocationTargetException e) {
        return Outcome.threw(e.getTargetException());
      }
    }

    private History mutated(History history) {
      List<Operation> calls = new ArrayList<>(history.operations());
      for (int i = random.nextInt(3); i > 0; i--) {
        int which = random.nextInt(calls.size());
        Operation call = calls.get(which);
        if (call.outcome() instanceof Outcome.Returned(var value)) {
          Object other = value instanceof Boolean truth ? !truth : random.nextInt(VALUES);
          calls.set(which, call.ended(Outcome.returned(other)));
        }
      }
      return new History(calls);
    }
  }
}
