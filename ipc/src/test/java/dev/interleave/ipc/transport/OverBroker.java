// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import static dev.interleave.ipc.transport.TransportContract.number;
import static dev.interleave.ipc.transport.TransportContract.received;
import static dev.interleave.ipc.transport.TransportContract.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.testing.contract.Waiting;
import jakarta.jms.ConnectionFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What is special about a broker in between: one for all tests of a class, a queue for each. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OverBroker {
  Broker broker;
  String queue;

  private final List<AutoCloseable> open = new ArrayList<>();

  @BeforeAll
  void startBroker(@TempDir Path folder) throws Exception {
    broker = Broker.tcp(folder);
  }

  @AfterAll
  void stopBroker() throws Exception {
    broker.close();
  }

  @BeforeEach
  void nameQueue(TestInfo test) {
    queue = "conversations-" + test.getTestMethod().orElseThrow().getName();
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
    open.clear();
  }

  <T extends AutoCloseable> T closed(T later) {
    open.add(later);
    return later;
  }

  static TransportOptions.Builder options() {
    return TransportOptions.builder()
        .bufferBytes(4096)
        .maxFrame(1024)
        .linger(Duration.ofMillis(100));
  }

  Transport transport(TransportOptions.Builder options) {
    return new JmsTransport(broker.factory(), queue, options.build());
  }

  Transport transport(ConnectionFactory factory) {
    return new JmsTransport(factory, queue, options().build());
  }

  static void until(BooleanSupplier condition, String what) throws InterruptedException {
    Waiting.until(condition, TransportContract.PATIENCE, () -> "never: " + what);
  }

  /** The two ends of a connection. */
  record Ends(Connection here, Connection there) {
    void assertWork() throws Exception {
      here.send(number(1), soon());
      assertThat(received(there)).isEqualTo(1);
      there.send(number(2), soon());
      assertThat(received(here)).isEqualTo(2);
    }
  }

  Ends connect(Transport connecting, Listener listener) throws Exception {
    return new Ends(closed(connecting.connect(soon())), closed(listener.accept(soon())));
  }

  /** This side's provider does what the test wants. */
  Ends faulty(FaultyFactory provider) throws Exception {
    Listener listener = closed(transport(options()).listen());
    return connect(transport(provider.factory()), listener);
  }
}
