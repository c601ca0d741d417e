// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import dev.interleave.Deadline;
import java.io.BufferedReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.Assertions;

/**
 * A process of its own, which does one of the things below at the other end of a connection, or
 * what another class does.
 */
public final class ChildJvm implements AutoCloseable {
  /** What the child does. */
  enum Program {
    /** Sends back what it gets, until the end. */
    ECHO,
    /** Sends as fast as it can, and receives nothing. */
    SEND,
    /** Receives as fast as it can, and sends nothing. */
    RECEIVE,
    /** Does neither. */
    NOTHING,
    /** Listens, says so, and accepts nobody. */
    LISTEN
  }

  private final Process process;
  private final BufferedReader out;

  ChildJvm(Program program, String kind, Path path) throws Exception {
    this(program, kind, path.toString());
  }

  ChildJvm(Program program, String kind, String address) throws Exception {
    this(ChildJvm.class, program.name(), kind, address);
  }

  /** Runs a {@code main} of the test's class path. */
  public ChildJvm(Class<?> main, String... args) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx128m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(main.getName());
    command.addAll(List.of(args));
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    out = process.inputReader();
  }

  /** {@code shm} or {@code unix}. */
  public static Transport transport(String kind, Path path) {
    return transport(kind, path.toString());
  }

  /**
   * {@code shm} or {@code unix} and a path; {@code tcp} and a port of this machine, 0 for a free
   * one; or the URL of a broker and a queue, where a peer that is silent for two seconds is dead.
   */
  public static Transport transport(String kind, String address) {
    return switch (kind) {
      case "shm" -> Transport.sharedMemory(Path.of(address));
      case "unix" -> Transport.unixSocket(Path.of(address));
      case "tcp" ->
          Transport.tcp(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(address)));
      default ->
          new JmsTransport(
              new ActiveMQConnectionFactory(kind),
              address,
              TransportOptions.builder().peerTimeout(Duration.ofSeconds(4)).build());
    };
  }

  /** Where a listener for {@code tcp} listens, as another process is to be told. */
  public static String port(Listener listener) {
    String name = listener.transport().name();
    return name.substring(name.lastIndexOf(':') + 1);
  }

  long pid() {
    return process.pid();
  }

  public void awaitLine(String expected) throws Exception {
    Assertions.assertEquals(expected, out.readLine());
  }

  /** SIGKILL. */
  public void kill() {
    process.destroyForcibly();
  }

  public int awaitExit() throws InterruptedException {
    Assertions.assertTrue(process.waitFor(1, TimeUnit.MINUTES), "the child does not end");
    return process.exitValue();
  }

  /** Kills it, and waits until it is gone. */
  @Override
  public void close() throws Exception {
    kill();
    int unused = awaitExit();
    out.close();
  }

  // ------------------------------------------------------------------ in the child

  public static void main(String[] args) throws Exception {
    Program program = Program.valueOf(args[0]);
    Transport transport = transport(args[1], args[2]);
    if (program == Program.LISTEN) {
      try (Listener listener = transport.listen()) {
        System.out.println("listens");
        new CountDownLatch(1).await();
      }
      return;
    }
    try (Connection connection = transport.connect(Deadline.after(Duration.ofSeconds(30)))) {
      work(program, connection);
    }
  }

  private static void work(Program program, Connection connection) throws Exception {
    switch (program) {
      case ECHO -> {
        ByteBuffer frame;
        while ((frame = connection.receive(Deadline.none())) != null) {
          connection.send(frame);
        }
      }
      case SEND -> {
        ByteBuffer frame = ByteBuffer.allocate(100);
        while (true) {
          connection.send(frame.clear());
        }
      }
      case RECEIVE -> {
        while (connection.receive(f -> {}, Deadline.none())) {
          // the next
        }
      }
      default -> new CountDownLatch(1).await();
    }
  }
}
