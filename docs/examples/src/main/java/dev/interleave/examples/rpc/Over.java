// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.rpc;

import dev.interleave.ipc.transport.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** The one switch: over what the calls go. */
enum Over {
  THREADS,
  SHARED_MEMORY,
  UNIX_SOCKET,
  TCP;

  private static final AtomicInteger NAMES = new AtomicInteger();

  /** An address of its own at which nobody listens yet. */
  Transport at(Path folder) {
    String name = "examples-" + NAMES.incrementAndGet();
    return switch (this) {
      case THREADS -> Transport.memory(name);
      case SHARED_MEMORY -> Transport.sharedMemory(folder.resolve(name));
      case UNIX_SOCKET -> Transport.unixSocket(folder.resolve(name));
      case TCP -> Transport.tcp(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    };
  }

  /** For the sockets and files of an example; {@link #delete} it. */
  static Path folder() throws IOException {
    return Files.createTempDirectory("ipc");
  }

  /** Deletes a folder and what is in it. */
  static void delete(Path folder) throws IOException {
    List<Path> paths;
    try (Stream<Path> all = Files.walk(folder)) {
      paths = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.delete(path);
    }
  }
}
