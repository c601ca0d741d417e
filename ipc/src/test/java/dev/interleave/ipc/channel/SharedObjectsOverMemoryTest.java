// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.ipc.transport.Transport;
import org.junit.jupiter.api.Tag;

@Tag("kit")
class SharedObjectsOverMemoryTest extends SharedObjectsContract {

  @Override
  Transport transport() {
    return Transport.memory("shared-objects-" + NAMES.incrementAndGet());
  }
}
