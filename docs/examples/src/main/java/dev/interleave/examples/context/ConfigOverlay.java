// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.context;

import dev.interleave.context.Context;
import dev.interleave.context.ContextLocal;
import dev.interleave.examples.Crew;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A configuration that all share, and overlays of it for the time of a call. */
public final class ConfigOverlay implements Example {
  private static final Config DEFAULTS =
      new Config(
          Map.of(
              "default_timeout", "30",
              "max_retries", "3",
              "log_level", "INFO",
              "debug_mode", "false"));

  private static final ContextLocal<Config> CONFIG =
      ContextLocal.<Config>named("config").withDefault(DEFAULTS);

  /** Immutable. */
  private record Config(Map<String, String> values) {
    Config with(String key, String value) {
      Map<String, String> next = new HashMap<>(values);
      next.put(key, value);
      return new Config(Map.copyOf(next));
    }

    String get(String key) {
      return Expect.present(key, values.get(key));
    }
  }

  /** Made by the tour. */
  public ConfigOverlay() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new ConfigOverlay());
  }

  @Override
  public String shows() {
    return "Three workers overlay the same configuration, each for itself; an overlay ends with its"
        + " call, and is undone within it by leaving it out.";
  }

  private static String get(String key) {
    return CONFIG.get().get(key);
  }

  private static void overlaid(String key, String value, Runnable body) {
    Context.current().with(CONFIG, CONFIG.get().with(key, value)).run(body);
  }

  @Override
  public String run(PrintStream out) throws Exception {
    Queue<String> seen = new ConcurrentLinkedQueue<>();
    try (Crew crew = new Crew()) {
      for (String timeout : List.of("10", "20", "15")) {
        crew.platform(
            "worker-" + timeout,
            () -> {
              overlaid(
                  "default_timeout",
                  timeout,
                  () -> {
                    overlaid(
                        "worker_id",
                        "w" + timeout,
                        () -> seen.add(get("default_timeout") + "/" + get("worker_id")));
                    Expect.that("the inner overlay is gone", !has("worker_id"));
                    Expect.equal("the outer one is not", timeout, get("default_timeout"));
                    Expect.equal("what nobody has overlaid", "3", get("max_retries"));
                    Context.current()
                        .without(CONFIG)
                        .run(() -> Expect.equal("reset", "30", get("default_timeout")));
                  });
              Expect.equal("after it", "30", get("default_timeout"));
            });
      }
      crew.join();
    }
    List<String> sorted = seen.stream().sorted().toList();
    out.println("seen: " + sorted);
    Expect.equal("seen", List.of("10/w10", "15/w15", "20/w20"), sorted);
    Expect.equal("the shared one", 4, DEFAULTS.values().size());
    return "Timeouts 10, 20 and 15 in three workers; 30 before, after and when reset";
  }

  private static boolean has(String key) {
    return CONFIG.get().values().containsKey(key);
  }
}
