// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.testing;

import dev.interleave.Deadline;
import dev.interleave.examples.Crew;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.testing.History;
import dev.interleave.testing.HistoryRecorder;
import dev.interleave.testing.Linearizability;
import dev.interleave.testing.Models;
import dev.interleave.testing.Stress;
import dev.interleave.testing.StressReport;
import dev.interleave.testing.Verdict;
import dev.interleave.testing.contract.ThreadKind;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** How a bounded buffer that is wrong is found out, explained, and shown to be right again. */
public final class BrokenBufferFound implements Example {
  private static final int CAPACITY = 1; // in a small buffer threads meet often

  /** The run ends at the first catch, as a rule within a fraction of a second. */
  private static final Duration BUDGET = Duration.ofSeconds(20);

  /** For what is right there is no first catch, so this is what it takes. */
  private static final Duration SHORT = Duration.ofMillis(500);

  private static final int HISTORIES = 10;

  /** How long a woken consumer may take to return, if it is going to. */
  private static final Duration WAKE_UP = Duration.ofMillis(20);

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new BrokenBufferFound());
  }

  @Override
  public String shows() {
    return "A bounded buffer delivers an item twice, now and then. A stress run finds that it does,"
        + " a history and its counter-example tell how, and a buffer that looks again after"
        + " waiting passes both.";
  }

  @Override
  public List<Class<?>> sources() {
    return List.of(getClass(), BrokenBuffer.class, FixedBuffer.class);
  }

  @Override
  public String run(PrintStream out) throws Exception {
    found(out);
    explained(out);
    fixed(out);
    return "an item delivered twice: found, explained, fixed";
  }

  /** A producer and two consumers: both items must arrive, each at one of them. */
  static Stress<Buffer<Integer>> stress(Supplier<Buffer<Integer>> buffers) {
    return Stress.on(buffers)
        .actor(
            "producer",
            buffer -> {
              buffer.put(1);
              Stress.sync("1 is in");
              buffer.put(2);
            })
        .actorReturning("consumer a", Buffer::take)
        .actorReturning("consumer b", Buffer::take)
        .expect(Stress.outcome(1, 2), "a was first")
        .expect(Stress.outcome(2, 1), "b was first")
        .forbid(Stress.outcome(1, 1), "1 delivered twice, 2 not at all")
        .seed(42);
  }

  private static void found(PrintStream out) throws Exception {
    StressReport report = stress(() -> new BrokenBuffer<>(CAPACITY)).failFast().run(BUDGET);
    out.println(report);
    Path page = Path.of("target", "broken-buffer.html");
    report.html(page);
    out.println("The same as a page: " + page);
    Expect.that("the run does not hold", !report.holds());
    Expect.that("an item came twice", report.count(Stress.outcome(1, 1)) > 0);
    Expect.contains("seed 42", report.toString());
  }

  private static void explained(PrintStream out) throws Exception {
    Deadline deadline = Deadline.after(BUDGET);
    Verdict verdict;
    do {
      Expect.that("a violation within " + BUDGET, !deadline.isExpired());
      verdict = check(new BrokenBuffer<>(CAPACITY));
    } while (!accusesConsumer(verdict));
    out.println(verdict);
    Expect.equal("calls that it takes", 3, verdict.counterexample().history().operations().size());
  }

  /** Nearly always; unless the scheduler stops the helper just as its poll is about to return. */
  private static boolean accusesConsumer(Verdict verdict) {
    return verdict.kind() == Verdict.Kind.VIOLATED
        && verdict
            .counterexample()
            .culprit()
            .map(call -> call.thread().equals("consumer"))
            .orElse(false);
  }

  /** A consumer waits. A helper puts an item in, and tries to get it back before the consumer. */
  private static Verdict check(Buffer<Integer> buffer) throws InterruptedException {
    HistoryRecorder recorder = History.recorder();
    try (Crew crew = new Crew()) {
      Thread consumer = crew.platform("consumer", () -> recorder.call("take", buffer::take));
      Expect.soon("the consumer waits", () -> consumer.getState() == Thread.State.WAITING);
      Thread helper =
          crew.platform(
              "helper",
              () -> {
                recorder.run("put", 1, () -> buffer.put(1));
                recorder.call("poll", buffer::poll);
              });
      helper.join();
      consumer.join(WAKE_UP); // or it goes on waiting, which is right if the helper was faster
      return Linearizability.of(Models.queue(CAPACITY)).check(recorder.history());
    }
  }

  private static void fixed(PrintStream out) throws Exception {
    for (ThreadKind kind : ThreadKind.values()) {
      StressReport report =
          stress(() -> new FixedBuffer<>(CAPACITY)).threads(kind).named("FixedBuffer").run(SHORT);
      report.assertHolds();
      out.println(report);
    }
    for (int i = 0; i < HISTORIES; i++) {
      check(new FixedBuffer<>(CAPACITY)).assertHolds();
    }
    out.println(HISTORIES + " histories of FixedBuffer are linearizable.");
  }
}
