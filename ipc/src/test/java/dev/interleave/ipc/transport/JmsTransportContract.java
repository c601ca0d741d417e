// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Over one broker for all tests of a class. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class JmsTransportContract extends TransportContract {
  private final AtomicInteger names = new AtomicInteger();

  private Broker broker;

  abstract Broker start(Path folder) throws Exception;

  @BeforeAll
  void startBroker(@TempDir Path folder) throws Exception {
    broker = start(folder);
  }

  @AfterAll
  void stopBroker() throws Exception {
    broker.close();
  }

  @Override
  boolean isExclusive() {
    return false; // a work queue
  }

  @Override
  Transport transport(TransportOptions options) {
    return new JmsTransport(broker.factory(), "contract-" + names.incrementAndGet(), options);
  }

  @Override
  Transport sameAddress(Transport address, TransportOptions options) {
    return new JmsTransport(broker.factory(), address.name().substring("jms:".length()), options);
  }
}
