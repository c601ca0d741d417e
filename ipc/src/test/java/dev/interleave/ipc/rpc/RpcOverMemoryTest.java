// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import dev.interleave.ipc.transport.Transport;
import org.junit.jupiter.api.Tag;

@Tag("kit")
class RpcOverMemoryTest extends RpcContract {
  @Override
  Transport transport() {
    return Transport.memory("rpc-" + NAMES.incrementAndGet());
  }
}
