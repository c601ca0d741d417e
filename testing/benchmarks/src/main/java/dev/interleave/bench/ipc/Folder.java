// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.ipc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A folder for sockets and rings, in memory if the system has such a place. */
final class Folder {
  private static final Path MEMORY = Path.of("/dev/shm");

  private Folder() {}

  static Path create() throws IOException {
    return Files.isDirectory(MEMORY)
        ? Files.createTempDirectory(MEMORY, "bench")
        : Files.createTempDirectory("bench");
  }

  static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      all.sorted(Comparator.reverseOrder()).forEach(Folder::deleteOne);
    }
  }

  private static void deleteOne(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
