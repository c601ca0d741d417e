// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.buffer;

import dev.interleave.bench.JmhCase;
import dev.interleave.bench.ProgramCase;
import dev.interleave.bench.Results;
import dev.interleave.bench.Settings;
import dev.interleave.bench.Suite;
import dev.interleave.bench.ThreadSetting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The bounded buffer against the queues of the JDK, a channel of jox and a ring of Disruptor. */
public final class BufferSuite implements Suite {
  static final List<String> THREAD_KINDS = List.of("platform", "virtual");

  static final List<Integer> CAPACITIES = List.of(16, 1024);

  /** As many that put as that take. */
  static final List<Integer> PAIRS = List.of(1, 4);

  /** One that puts, and many that take. */
  static final Shape FAN_OUT = Shape.of(1, 8, 16, true);

  static final List<PassageKind> FLOWING =
      List.of(
          PassageKind.BUFFER,
          PassageKind.ARRAY,
          PassageKind.LINKED,
          PassageKind.TRANSFER,
          PassageKind.JOX,
          PassageKind.DISRUPTOR);

  /** Those from which a thread can take one item. */
  static final List<PassageKind> TAKING = FLOWING.subList(0, 5);

  static final List<PassageKind> BATCHING =
      List.of(
          PassageKind.BUFFER,
          PassageKind.BUFFER_BATCH,
          PassageKind.ARRAY,
          PassageKind.LINKED,
          PassageKind.TRANSFER);

  /** Those whose use of the processor is compared. */
  static final List<PassageKind> RESTING = List.of(PassageKind.BUFFER, PassageKind.ARRAY);

  /** The one suite of the buffer package. */
  public BufferSuite() {}

  @Override
  public String name() {
    return "buffer";
  }

  /** Throughput, with places for 16 and 1,024 items. */
  static List<Shape> flows(String threads) {
    List<Shape> shapes = new ArrayList<>();
    for (int capacity : CAPACITIES) {
      for (int pairs : PAIRS) {
        shapes.add(Shape.of(pairs, pairs, capacity, threads.equals("virtual")));
      }
    }
    return shapes;
  }

  /** Consumers that take 64 items at once. */
  static Shape batches(String threads) {
    return new Shape(1, 1, 1024, threads.equals("virtual"), 64);
  }

  @Override
  public List<JmhCase> jmhCases(Settings settings) {
    List<JmhCase> cases = new ArrayList<>();
    for (PassageKind kind : TAKING) {
      cases.add(
          new JmhCase(
              "buffer/uncontended/" + kind,
              UncontendedBenchmark.class,
              "putAndTake",
              Map.of("passage", kind.name()),
              ThreadSetting.platform(1),
              true,
              settings.rounds()));
    }
    return cases;
  }

  @Override
  public List<ProgramCase> programCases(Settings settings) {
    List<ProgramCase> cases = new ArrayList<>();
    for (String threads : THREAD_KINDS) {
      for (Shape shape : flows(threads)) {
        FLOWING.forEach(kind -> cases.add(flow(kind, shape, settings)));
      }
      BATCHING.forEach(kind -> cases.add(flow(kind, batches(threads), settings)));
    }
    TAKING.forEach(kind -> cases.add(flow(kind, FAN_OUT, settings)));
    for (String threads : THREAD_KINDS) {
      for (PassageKind kind : TAKING) {
        cases.add(
            program(
                pingPong(kind, threads),
                PingPong.class,
                settings.rounds(),
                kind.name(),
                threads,
                either(settings, 700, 1000),
                either(settings, 600, 1000)));
      }
    }
    for (String threads : THREAD_KINDS) {
      for (PassageKind kind : RESTING) {
        cases.add(
            program(
                trickle(kind, threads),
                Trickle.class,
                settings.rounds(),
                kind.name(),
                threads,
                either(settings, 500, 1000),
                either(settings, 1500, 3000)));
        cases.add(
            program(
                idle(kind, threads),
                Idle.class,
                1,
                kind.name(),
                threads,
                either(settings, 1000, 2000)));
      }
      cases.add(
          program(
              stats(threads),
              StatsCost.class,
              settings.rounds(),
              Shape.of(1, 1, 1024, threads.equals("virtual")).toString(),
              either(settings, 700, 1000),
              either(settings, 8, 20)));
    }
    return cases;
  }

  private static ProgramCase flow(PassageKind kind, Shape shape, Settings settings) {
    return program(
        flow(kind, shape),
        Flow.class,
        settings.rounds(),
        kind.name(),
        played(kind, shape).toString(),
        either(settings, 700, 1000),
        either(settings, 600, 1000));
  }

  private static ProgramCase program(String id, Class<?> main, int rounds, String... arguments) {
    return new ProgramCase(id, main, List.of(arguments), List.of(), rounds);
  }

  private static String either(Settings settings, int quick, int full) {
    return Integer.toString(settings.quick() ? quick : full);
  }

  /** Who really plays: to each consumer of a Disruptor comes every item, so it has one. */
  static Shape played(PassageKind kind, Shape shape) {
    return kind == PassageKind.DISRUPTOR
        ? new Shape(shape.producers(), 1, shape.capacity(), shape.virtual(), shape.batch())
        : shape;
  }

  /** The id of a case of {@link Flow}. */
  static String flow(PassageKind kind, Shape shape) {
    return "buffer/flow/" + kind + "/" + shape;
  }

  /** The id of a case of {@link PingPong}. */
  static String pingPong(PassageKind kind, String threads) {
    return "buffer/ping-pong/" + kind + "/" + threads;
  }

  /** The id of a case of {@link Trickle}. */
  static String trickle(PassageKind kind, String threads) {
    return "buffer/trickle/" + kind + "/" + threads;
  }

  /** The id of a case of {@link Idle}. */
  static String idle(PassageKind kind, String threads) {
    return "buffer/idle/" + kind + "/" + threads;
  }

  /** The id of a case of {@link StatsCost}. */
  static String stats(String threads) {
    return "buffer/stats/" + threads;
  }

  @Override
  public void report(Results results, Path out) throws IOException {
    BufferReport report = new BufferReport(new BufferFigures(results));
    Files.writeString(out.resolve(name() + ".md"), report.markdown());
    for (Map.Entry<String, String> chart : report.charts().entrySet()) {
      Files.writeString(out.resolve(chart.getKey()), chart.getValue());
    }
    System.out.println(report.summary());
  }
}
