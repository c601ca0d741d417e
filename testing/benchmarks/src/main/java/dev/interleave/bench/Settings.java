// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the user asked for, as arguments ({@code quick include=w10/8p}) or as system properties
 * ({@code -Dbench.quick=true -Dbench.include=w10/8p}); arguments win.
 *
 * @param quick fewer rounds, shorter iterations, and only what the bars ask for
 * @param include which cases, by their id; null for all
 * @param out the folder to write to
 * @param rounds how many forks of each case, interleaved
 * @param render whether only to make tables and plots anew from the JSON in {@code out}
 */
public record Settings(
    boolean quick, @Nullable Pattern include, Path out, int rounds, boolean render) {
  private static final Set<String> KEYS = Set.of("quick", "include", "out", "rounds", "render");

  /** Where a whole run goes: into the documentation. */
  private static final Path PUBLISHED = Path.of("docs", "benchmarks");

  /** Where a partial run goes, unless told otherwise: it must not replace a whole one. */
  static final Path SCRATCH = Path.of("testing", "benchmarks", "target", "bench");

  /** The flags of every JVM that measures; whoever repeats a figure needs no others. */
  public static final List<String> JVM_ARGUMENTS = List.of("-Xms2g", "-Xmx2g");

  /**
   * Reads arguments and system properties.
   *
   * @throws IllegalArgumentException if an argument is unknown or its value is not understood
   */
  static Settings parse(String[] arguments, Properties properties) {
    Map<String, String> given = new HashMap<>();
    for (String key : KEYS) {
      String value = properties.getProperty("bench." + key);
      if (value != null) {
        given.put(key, value);
      }
    }
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      String key = equals < 0 ? argument : argument.substring(0, equals);
      if (!KEYS.contains(key)) {
        throw new IllegalArgumentException(
            "unknown argument " + argument + "; known are " + new ArrayList<>(KEYS));
      }
      given.put(key, equals < 0 ? "true" : argument.substring(equals + 1));
    }
    boolean quick = Boolean.parseBoolean(given.get("quick"));
    String regex = given.get("include");
    Pattern include = regex == null ? null : Pattern.compile(regex, Pattern.CASE_INSENSITIVE);
    String out = given.get("out");
    String rounds = given.get("rounds");
    boolean whole = !quick && include == null;
    boolean render = Boolean.parseBoolean(given.get("render"));
    return new Settings(
        quick,
        include,
        out != null ? Path.of(out) : whole ? PUBLISHED : SCRATCH,
        rounds != null ? positive(rounds) : quick ? 2 : 3,
        render);
  }

  private static int positive(String rounds) {
    int value = Integer.parseInt(rounds);
    if (value < 1) {
      throw new IllegalArgumentException("rounds must be at least 1, was " + rounds);
    }
    return value;
  }

  /** Whether the case of that name is to be run. */
  boolean includes(String id) {
    return include == null || include.matcher(id).find();
  }

  /** JMH's iterations. */
  public Timing timing() {
    return quick ? Timing.QUICK : Timing.FULL;
  }

  /**
   * JMH's iterations in each fork.
   *
   * @param warmups how many before it measures
   * @param warmupMillis how long each
   * @param measurements how many measured
   * @param measurementMillis how long each
   */
  public record Timing(int warmups, int warmupMillis, int measurements, int measurementMillis) {
    static final Timing FULL = new Timing(2, 500, 3, 500);
    static final Timing QUICK = new Timing(2, 300, 3, 250);
  }
}
