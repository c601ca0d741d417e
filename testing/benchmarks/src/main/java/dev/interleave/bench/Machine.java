// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * Where and what was measured.
 *
 * @param processor its model
 * @param cores how many the JVM sees
 * @param system the operating system
 * @param jdk vendor and version
 * @param date the day, UTC
 * @param commit of the sources, with {@code -dirty} if they were changed
 */
public record Machine(
    String processor, int cores, String system, String jdk, String date, String commit) {

  /** This machine, today. */
  static Machine here() {
    return new Machine(
        findProcessor(),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("os.name") + " " + System.getProperty("os.arch"),
        System.getProperty("java.vm.vendor") + " " + System.getProperty("java.vm.version"),
        LocalDate.now(ZoneOffset.UTC).toString(),
        findCommit());
  }

  private static String findProcessor() {
    try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      return System.getProperty("os.arch"); // not Linux
    }
  }

  private static String findCommit() {
    try {
      Process git =
          new ProcessBuilder("git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*")
              .redirectErrorStream(true)
              .start();
      String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return git.waitFor() == 0 ? said.strip() : "unknown";
    } catch (IOException e) {
      return "unknown"; // no git, or no repository: then the figures stand without
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "unknown";
    }
  }
}
