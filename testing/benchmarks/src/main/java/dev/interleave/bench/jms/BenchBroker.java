// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.jms;

import jakarta.jms.ConnectionFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/** Apache Artemis in this JVM, which keeps nothing. */
final class BenchBroker implements AutoCloseable {
  private final Path folder;
  private final String url;
  private final EmbeddedActiveMQ server;

  /** Reached there: {@code vm://1}, or an address of TCP. */
  BenchBroker(String url) throws Exception {
    this.url = url;
    folder = Files.createTempDirectory("broker");
    Configuration configuration =
        new ConfigurationImpl()
            .setPersistenceEnabled(false)
            .setSecurityEnabled(false)
            .setJMXManagementEnabled(false)
            .setBindingsDirectory(folder.resolve("bindings").toString())
            .setJournalDirectory(folder.resolve("journal").toString())
            .setLargeMessagesDirectory(folder.resolve("large").toString())
            .setPagingDirectory(folder.resolve("paging").toString())
            .setNodeManagerLockDirectory(folder.resolve("lock").toString())
            .addAcceptorConfiguration("acceptor", url);
    configuration.setBrokerInstance(folder.toFile());
    server = new EmbeddedActiveMQ().setConfiguration(configuration);
    server.start();
  }

  ConnectionFactory factory() {
    return new ActiveMQConnectionFactory(url);
  }

  @Override
  public void close() throws Exception {
    server.stop();
    List<Path> all;
    try (Stream<Path> found = Files.walk(folder)) {
      all = found.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      delete(path);
    }
  }

  private static void delete(Path path) throws IOException {
    Files.deleteIfExists(path);
  }
}
