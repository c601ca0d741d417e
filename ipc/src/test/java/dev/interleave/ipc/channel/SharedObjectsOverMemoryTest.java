// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.ipc.transport.Transport;

class SharedObjectsOverMemoryTest extends SharedObjectsContract {

  @Override
  Transport transport() {
    return Transport.memory("shared-objects-" + NAMES.incrementAndGet());
  }
}
