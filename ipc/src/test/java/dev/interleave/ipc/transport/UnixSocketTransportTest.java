// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

@Tag("kit")
class UnixSocketTransportTest extends TransportContract {
  private final AtomicInteger names = new AtomicInteger();

  @TempDir private Path folder;

  @Override
  Transport transport(TransportOptions options) {
    return Transport.unixSocket(folder.resolve("socket-" + names.incrementAndGet()), options);
  }

  @Override
  Transport sameAddress(Transport address, TransportOptions options) {
    return Transport.unixSocket(
        Path.of(address.name().substring(address.name().indexOf(':') + 1)), options);
  }
}
