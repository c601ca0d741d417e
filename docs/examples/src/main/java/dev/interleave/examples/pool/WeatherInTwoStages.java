// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.pool;

import dev.interleave.Deadline;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.pool.MonitoredPool;
import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Five cities are asked for their weather on one pool, and their answers worked on by another. */
public final class WeatherInTwoStages implements Example {
  private static final List<String> CITIES =
      List.of("Beijing", "Shanghai", "Guangzhou", "Shenzhen", "Hangzhou");
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Made by the tour. */
  public WeatherInTwoStages() {}

  private record Weather(String city, int celsius, int humidity, boolean sunny) {
    String words() {
      return String.format(
          Locale.ROOT,
          "%s: %d°C/%.1f°F, humidity %d %%, %s",
          city,
          celsius,
          celsius * 9 / 5.0 + 32,
          humidity,
          sunny ? "sunny" : "cloudy");
    }
  }

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new WeatherInTwoStages());
  }

  @Override
  public String shows() {
    return "Two pools in a row, without a barrier between them: what the first has done for a city"
        + " goes on to the second at once. One deadline is for each whole question.";
  }

  @Override
  public String run(PrintStream out) throws Exception {
    Map<String, CompletableFuture<String>> answers = new LinkedHashMap<>();
    Deadline deadline = Deadline.after(PATIENCE);
    try (MonitoredPool fetching = MonitoredPool.builder("fetch").threads(0, 3).build();
        MonitoredPool processing = MonitoredPool.builder("process").threads(0, 2).build()) {
      for (String city : CITIES) {
        answers.put(
            city,
            fetching
                .submit("weather of " + city, () -> fetch(city), deadline)
                .thenApplyAsync(Weather::words, processing));
      }
      for (CompletableFuture<String> answer : answers.values()) {
        out.println(answer.get());
      }
      Expect.equal("fetched", 5L, fetching.stats().completed());
      Expect.that("by three at most", fetching.stats().peak() <= 3);
      Expect.that("by two at most", processing.stats().peak() <= 2);
    }
    Expect.equal(
        "of Shanghai",
        "Shanghai: 28°C/82.4°F, humidity 48 %, sunny",
        Expect.present("answer", answers.get("Shanghai")).get());
    return "5 cities, 0 failed";
  }

  private static Weather fetch(String city) {
    int length = city.length();
    return new Weather(city, 20 + length % 15, 40 + length % 40, length % 2 == 0);
  }
}
