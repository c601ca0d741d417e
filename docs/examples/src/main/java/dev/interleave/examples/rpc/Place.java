// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.rpc;

import jakarta.jms.ConnectionFactory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.jspecify.annotations.Nullable;

/**
 * What the transports of an example need: a folder for sockets and files and, from when they are
 * asked for, a certificate and a broker. For one thread.
 */
final class Place implements AutoCloseable {
  private static final AtomicInteger BROKERS = new AtomicInteger();

  /** Of a key that lives as long as the example. */
  private static final char[] PASSWORD = "changeit".toCharArray();

  private final Path folder;
  private @Nullable SSLContext certificate;
  private @Nullable Running broker;

  /** A broker, and how it is reached. */
  private record Running(EmbeddedActiveMQ server, ConnectionFactory factory) {}

  Place() throws IOException {
    folder = Files.createTempDirectory("ipc");
  }

  Path folder() {
    return folder;
  }

  /** One that signs itself, for this machine: both sides have it, and trust it and no other. */
  SSLContext certificate() throws Exception {
    SSLContext known = certificate;
    if (known != null) {
      return known;
    }
    Path file = folder.resolve("loopback.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "loopback",
                "-keyalg",
                "EC",
                "-dname",
                "CN=loopback",
                "-ext",
                "SAN=dns:localhost,ip:127.0.0.1,ip:0:0:0:0:0:0:0:1",
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                file.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.out").toFile())
            .start();
    if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
      keytool.destroyForcibly();
      throw new IOException("keytool: " + Files.readString(folder.resolve("keytool.out")));
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD);
    }
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(store, PASSWORD);
    KeyStore trust = KeyStore.getInstance("PKCS12");
    trust.load(null, null);
    trust.setCertificateEntry("loopback", store.getCertificate("loopback"));
    TrustManagerFactory trusted =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trusted.init(trust);
    SSLContext made = SSLContext.getInstance("TLS");
    made.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
    certificate = made;
    return made;
  }

  /** Apache Artemis within this JVM, which keeps nothing. */
  ConnectionFactory broker() throws Exception {
    Running known = broker;
    if (known != null) {
      return known.factory();
    }
    String url = "vm://" + BROKERS.incrementAndGet();
    Path home = folder.resolve("broker");
    Configuration configuration =
        new ConfigurationImpl()
            .setPersistenceEnabled(false)
            .setSecurityEnabled(false)
            .setJMXManagementEnabled(false)
            .setBindingsDirectory(home.resolve("bindings").toString())
            .setJournalDirectory(home.resolve("journal").toString())
            .setLargeMessagesDirectory(home.resolve("large").toString())
            .setPagingDirectory(home.resolve("paging").toString())
            .setNodeManagerLockDirectory(home.resolve("lock").toString())
            .addAcceptorConfiguration("acceptor", url);
    configuration.setBrokerInstance(home.toFile());
    EmbeddedActiveMQ server = new EmbeddedActiveMQ().setConfiguration(configuration);
    Running started = new Running(server, new ActiveMQConnectionFactory(url));
    broker = started; // also if it starts by half: close() stops it
    server.start();
    return started.factory();
  }

  @Override
  public void close() throws Exception {
    Running running = broker;
    if (running != null) {
      broker = null;
      running.server().stop();
    }
    List<Path> paths;
    try (Stream<Path> all = Files.walk(folder)) {
      paths = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.deleteIfExists(path);
    }
  }
}
