// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import dev.interleave.ipc.transport.Transport;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

@Tag("kit")
class RpcOverUnixSocketTest extends RpcContract {
  @TempDir private Path folder;

  @Override
  Transport transport() {
    return Transport.unixSocket(folder.resolve("s" + NAMES.incrementAndGet()));
  }
}
