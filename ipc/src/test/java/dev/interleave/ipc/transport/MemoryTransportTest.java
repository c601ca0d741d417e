// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;

@Tag("kit")
class MemoryTransportTest extends TransportContract {
  private static final AtomicInteger NAMES = new AtomicInteger();

  @Override
  Transport transport(TransportOptions options) {
    return Transport.memory("contract-" + NAMES.incrementAndGet(), options);
  }

  @Override
  Transport sameAddress(Transport address, TransportOptions options) {
    return Transport.memory(address.name().substring("memory:".length()), options);
  }
}
