// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/** Over a broker in this JVM. */
@Tag("kit")
class JmsTransportTest extends JmsTransportContract {
  @Override
  Broker start(Path folder) throws Exception {
    return Broker.inVm(folder);
  }
}
