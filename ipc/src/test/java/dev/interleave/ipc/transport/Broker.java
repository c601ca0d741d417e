// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import jakarta.jms.ConnectionFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.activemq.artemis.api.core.ActiveMQNotConnectedException;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.postoffice.QueueBinding;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/** Apache Artemis, within this JVM; it keeps nothing, and its folders lie where a test says. */
public final class Broker implements AutoCloseable {
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private static final Duration BY_DEFAULT = Duration.ofSeconds(30);

  private final String url;
  private final Path folder;
  private final Duration clearing;
  private EmbeddedActiveMQ server;

  private Broker(String url, Path folder, Duration clearing) throws Exception {
    this.url = url;
    this.folder = folder;
    this.clearing = clearing;
    server = started();
  }

  /** One that is reached within the JVM. */
  public static Broker inVm(Path folder) throws Exception {
    return new Broker("vm://" + NUMBERS.incrementAndGet(), folder, BY_DEFAULT);
  }

  /** One that is reached over TCP, on this machine. */
  public static Broker tcp(Path folder) throws Exception {
    return tcp(folder, BY_DEFAULT);
  }

  /**
   * One that is reached over TCP.
   *
   * @param clearing how often it looks for what has expired, and for queues that nobody uses
   */
  static Broker tcp(Path folder, Duration clearing) throws Exception {
    return new Broker("tcp://127.0.0.1:" + freePort(), folder, clearing);
  }

  /** It has to be the same one after a restart, so the system cannot choose it each time. */
  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  public void start() throws Exception {
    server = started();
  }

  private EmbeddedActiveMQ started() throws Exception {
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
            .setMessageExpiryScanPeriod(clearing.toMillis())
            .setAddressQueueScanPeriod(clearing.toMillis())
            .addAcceptorConfiguration("acceptor", url);
    configuration.setBrokerInstance(folder.toFile());
    EmbeddedActiveMQ made = new EmbeddedActiveMQ().setConfiguration(configuration);
    made.start();
    return made;
  }

  /** Forgets all that it has; whoever is connected loses its connection. */
  public void stop() throws Exception {
    server.stop();
  }

  /**
   * Where it is, for other processes too. By default this provider sleeps for two seconds before it
   * says that there is no broker, when it might be back.
   */
  public String url() {
    return url + "?retryInterval=20";
  }

  /** How users of it connect. */
  public ConnectionFactory factory() {
    return new ActiveMQConnectionFactory(url());
  }

  ActiveMQServer server() {
    return server.getActiveMQServer();
  }

  /** The queues that there are, but for those of the broker itself. */
  Set<String> queues() {
    return server()
        .getPostOffice()
        .getAllBindings()
        .filter(QueueBinding.class::isInstance)
        .map(binding -> binding.getUniqueName().toString())
        .filter(name -> !name.startsWith("$") && !name.startsWith("activemq."))
        .collect(Collectors.toSet());
  }

  /** Cuts all connections, as a network does that breaks. */
  void cut() {
    List.copyOf(server().getRemotingService().getConnections())
        .forEach(connection -> connection.fail(new ActiveMQNotConnectedException("cut")));
  }

  @Override
  public void close() throws Exception {
    stop();
  }
}
