// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** Files of a real run, with round figures put in. */
public final class Canned {
  private Canned() {}

  /** Both files. */
  public static Results results() {
    return Results.parse(text("lock.json"), text("lock-run.json"));
  }

  /** The same run in which JMH measured nothing, and no program was run. */
  public static Results nothing() {
    Run run = results().run();
    return new Results(
        List.of(),
        new Run(
            run.machine(),
            run.jmh(),
            run.quick(),
            run.timing(),
            run.calibrations(),
            List.of(),
            List.of()));
  }

  private static String text(String name) {
    try (InputStream in = Canned.class.getResourceAsStream("/" + name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
