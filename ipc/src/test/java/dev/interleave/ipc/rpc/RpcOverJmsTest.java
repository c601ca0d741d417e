// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import dev.interleave.ipc.transport.Broker;
import dev.interleave.ipc.transport.JmsTransport;
import dev.interleave.ipc.transport.Transport;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

@Tag("kit")
class RpcOverJmsTest extends RpcContract {
  private static Broker broker;

  @BeforeAll
  static void startBroker(@TempDir Path folder) throws Exception {
    broker = Broker.tcp(folder);
  }

  @AfterAll
  static void stopBroker() throws Exception {
    broker.close();
  }

  @Override
  Transport transport() {
    return new JmsTransport(broker.factory(), "rpc-" + NAMES.incrementAndGet());
  }
}
