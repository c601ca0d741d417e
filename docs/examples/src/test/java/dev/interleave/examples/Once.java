// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** An example that runs once for all tests together, and then tells again what it has told. */
record Once(Example example) implements Example {
  private static final Map<String, Told> TOLD = new ConcurrentHashMap<>();

  private record Told(String printed, String result) {}

  /** Those of the tour. */
  static List<Example> registered() {
    return Tour.registered().stream().<Example>map(Once::new).toList();
  }

  @Override
  public String name() {
    return example.name();
  }

  @Override
  public String shows() {
    return example.shows();
  }

  @Override
  public List<Class<?>> sources() {
    return example.sources();
  }

  @Override
  public String run(PrintStream out) throws Exception {
    Told told = TOLD.get(name());
    if (told == null) {
      Recorder recorder = new Recorder(line -> {});
      String result = example.run(recorder.stream());
      told = new Told(recorder.end(), result);
      TOLD.put(name(), told);
    }
    out.print(told.printed);
    return told.result;
  }
}
