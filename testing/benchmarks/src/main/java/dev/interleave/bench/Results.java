// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that is known of a run, read from its two files.
 *
 * @param scores measured by JMH
 * @param run the rest
 */
public record Results(List<Score> scores, Run run) {
  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().serializeSpecialFloatingPointValues().create();

  /** JMH's own file. */
  static Path jmhFile(Path out, String suite) {
    return out.resolve(suite + ".json");
  }

  /** What JMH's file does not hold. */
  static Path runFile(Path out, String suite) {
    return out.resolve(suite + "-run.json");
  }

  static void write(Run run, Path file) throws IOException {
    Files.writeString(file, GSON.toJson(run) + "\n");
  }

  /** Whether there are both files of a suite. */
  static boolean exist(Path out, String suite) {
    return Files.exists(jmhFile(out, suite)) && Files.exists(runFile(out, suite));
  }

  /** Reads both files of a suite. */
  public static Results read(Path out, String suite) throws IOException {
    return parse(Files.readString(jmhFile(out, suite)), Files.readString(runFile(out, suite)));
  }

  /** From the texts of both files. */
  public static Results parse(String jmh, String run) {
    List<Score> scores = new ArrayList<>();
    for (JsonElement element : JsonParser.parseString(jmh).getAsJsonArray()) {
      scores.add(score(element.getAsJsonObject()));
    }
    return new Results(List.copyOf(scores), GSON.fromJson(run, Run.class));
  }

  private static Score score(JsonObject o) {
    String[] name = o.get("benchmark").getAsString().split("\\.", -1);
    boolean virtual =
        o.getAsJsonArray("jvmArgs").asList().stream()
            .anyMatch(argument -> argument.getAsString().equals(ThreadSetting.VIRTUAL_ARGUMENT));
    Map<String, String> params = new LinkedHashMap<>();
    if (o.has("params")) {
      o.getAsJsonObject("params").asMap().forEach((k, v) -> params.put(k, v.getAsString()));
    }
    JsonObject primary = o.getAsJsonObject("primaryMetric");
    List<Double> rounds = new ArrayList<>();
    for (JsonElement fork : primary.getAsJsonArray("rawData")) {
      rounds.add(
          fork.getAsJsonArray().asList().stream()
              .mapToDouble(JsonElement::getAsDouble)
              .average()
              .orElseThrow());
    }
    Map<String, Double> secondary = new LinkedHashMap<>();
    o.getAsJsonObject("secondaryMetrics")
        .asMap()
        .forEach((k, v) -> secondary.put(k, v.getAsJsonObject().get("score").getAsDouble()));
    return new Score(
        name[name.length - 2] + "." + name[name.length - 1],
        new ThreadSetting(o.get("threads").getAsInt(), virtual),
        Map.copyOf(params),
        primary.get("score").getAsDouble(),
        primary.get("scoreError").getAsDouble(),
        primary.get("scoreUnit").getAsString(),
        List.copyOf(rounds),
        Map.copyOf(secondary));
  }

  /** One figure of a program, by round; empty if it was not run. */
  public List<Double> figures(String id, String figure) {
    List<Double> values = new ArrayList<>();
    for (Run.Program program : run.programs()) {
      Double value = program.figures().get(figure);
      if (program.id().equals(id) && value != null) {
        values.add(value);
      }
    }
    return values;
  }
}
