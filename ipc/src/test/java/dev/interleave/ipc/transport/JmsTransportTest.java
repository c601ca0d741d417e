// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** Over a broker in this JVM. */
@Tag("kit")
class JmsTransportTest extends TransportContract {
  private static final AtomicInteger NAMES = new AtomicInteger();

  private static Broker broker;

  @BeforeAll
  static void startBroker(@TempDir Path folder) throws Exception {
    broker = Broker.inVm(folder);
  }

  @AfterAll
  static void stopBroker() throws Exception {
    broker.close();
  }

  @Override
  boolean isExclusive() {
    return false; // a work queue
  }

  @Override
  Transport transport(TransportOptions options) {
    return new JmsTransport(broker.factory(), "contract-" + NAMES.incrementAndGet(), options);
  }

  @Override
  Transport sameAddress(Transport address, TransportOptions options) {
    return new JmsTransport(broker.factory(), address.name().substring("jms:".length()), options);
  }
}
