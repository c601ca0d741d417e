// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.pool;

import dev.interleave.StopReport;
import dev.interleave.examples.Crew;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.pool.Outcome;
import dev.interleave.pool.Pipeline;
import dev.interleave.pool.StageException;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Images that are downloaded, made smaller and saved, while others are before and behind them. */
public final class Pipelines implements Example {
  private static final int IMAGES = 7;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private record Image(int id, int kilobytes) {}

  /** Made by the tour. */
  public Pipelines() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new Pipelines());
  }

  @Override
  public String shows() {
    return "A pipeline of three stages: each item goes on as soon as it is done, in order, one that"
        + " fails comes out in its place and says where it failed, and the end stops everything.";
  }

  @Override
  public String run(PrintStream out) throws Exception {
    Pipeline<Integer, String> images =
        Pipeline.<Integer>named("images")
            .stage("download", 3, Pipelines::download)
            .ordered()
            .stage("shrink", 2, image -> new Image(image.id(), image.kilobytes() * 8 / 10))
            .ordered()
            .stage("save", 1, Pipelines::save)
            .open();
    List<Outcome<Integer, String>> outcomes = new ArrayList<>();
    try (Crew crew = new Crew()) {
      crew.virtual(
          "producer",
          () -> {
            for (int id = 1; id <= IMAGES; id++) {
              images.put(id);
            }
            images.close();
          });
      images.takeAll(outcomes::add);
      crew.join();
    } finally {
      StopReport report = images.close(PATIENCE);
      Expect.that(report.toString(), report.isClean());
    }
    for (Outcome<Integer, String> outcome : outcomes) {
      switch (outcome) {
        case Outcome.Success<Integer, String> success -> out.println(success.value());
        case Outcome.Failure<Integer, String> failure -> out.println(failure.cause().getMessage());
        case Outcome.Cancelled<Integer, String> c -> throw new AssertionError(c);
        case Outcome.NotStarted<Integer, String> n -> throw new AssertionError(n);
      }
    }
    Expect.equal("outcomes", IMAGES, outcomes.size());
    for (int i = 0; i < IMAGES; i++) {
      Expect.equal("in order", i + 1, outcomes.get(i).input());
    }
    stopped(out);
    return "7 images through 3 stages in order, 1 failed in its place; 1 pipeline stopped";
  }

  private static Image download(Integer id) throws IOException {
    if (id == 4) {
      throw new IOException("connection reset");
    }
    return new Image(id, id * 100);
  }

  private static String save(Image image) {
    return "image " + image.id() + ": " + image.kilobytes() + " KB";
  }

  /** The first failure ends it, and who puts hears why. */
  private static void stopped(PrintStream out) throws Exception {
    Pipeline<Integer, Image> strict =
        Pipeline.<Integer>named("strict")
            .stage("download", 2, Pipelines::download)
            .failFast()
            .open();
    IllegalStateException refused =
        Expect.thrown(
            IllegalStateException.class,
            () -> {
              for (int id = 1; ; id++) {
                strict.put(1 + id % IMAGES);
                strict.takeOrNull();
              }
            });
    out.println(refused.getMessage());
    Throwable why = Expect.present("reason", strict.stopped().orElse(null));
    Expect.equal("stage", "download", ((StageException) why).stage());
    strict.close(PATIENCE);
  }
}
