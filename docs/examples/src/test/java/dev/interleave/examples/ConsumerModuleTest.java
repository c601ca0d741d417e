// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.Transport;
import dev.interleave.testing.Stress;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

/**
 * A module that requires ours compiles with nothing on its module path but what is not optional. It
 * did not while the optional ones were required with {@code static transitive}: that makes them
 * mandatory for whoever compiles against the module.
 */
class ConsumerModuleTest {
  @TempDir Path folder;

  @Test
  void coreNeedsNothingOptional() throws IOException {
    assertThat(
            compile(
                "requires dev.interleave.core;",
                """
                import dev.interleave.context.*;
                import dev.interleave.lock.*;
                import dev.interleave.pool.*;

                class Consumer {
                  static final ContextLocal<String> USER = ContextLocal.named("user");

                  void run() {
                    try (MonitoredPool pool = MonitoredPool.builder("p").threads(1, 2).build()) {
                      pool.execute(() -> new BiasedReadWriteLock().readLock().lock());
                    }
                  }
                }
                """,
                Deadline.class,
                Logger.class))
        .isEmpty();
  }

  @Test
  void ipcNeedsNothingOptional() throws IOException {
    assertThat(
            compile(
                "requires dev.interleave.ipc;",
                """
                import dev.interleave.ipc.rpc.*;
                import dev.interleave.ipc.transport.*;

                class Consumer {
                  RpcClient client(Transport transport) throws Exception {
                    RpcServer server = RpcServer.builder(transport).start();
                    return switch (transport) {
                      case Transport any -> RpcClient.connect(server.transport());
                    };
                  }
                }
                """,
                Transport.class,
                Deadline.class,
                Logger.class))
        .isEmpty();
  }

  @Test
  void theHarnessNeedsNothingOptional() throws IOException {
    assertThat(
            compile(
                "requires dev.interleave.testing;",
                """
                import dev.interleave.testing.*;

                class Consumer {
                  Object stress() {
                    return Stress.on(java.util.concurrent.atomic.AtomicInteger::new);
                  }
                }
                """,
                Stress.class))
        .isEmpty();
  }

  /** What the compiler says: nothing if it is content. */
  private String compile(String requires, String source, Class<?>... path) throws IOException {
    Path module = folder.resolve("module-info.java");
    Path consumer = folder.resolve("consumer/Consumer.java");
    Files.createDirectories(folder.resolve("consumer"));
    Files.writeString(module, "module consumer { " + requires + " }");
    Files.writeString(consumer, "package consumer;\n" + source);
    List<String> options =
        List.of(
            "--release",
            "21",
            "-proc:none",
            "-d",
            folder.resolve("classes").toString(),
            "-p",
            modulePath(path));
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    StringWriter said = new StringWriter();
    try (StandardJavaFileManager files = javac.getStandardFileManager(null, Locale.ROOT, UTF_8)) {
      boolean done =
          javac
              .getTask(said, files, null, options, null, files.getJavaFileObjects(module, consumer))
              .call();
      return done ? "" : said.toString();
    }
  }

  private static String modulePath(Class<?>... path) {
    return Stream.of(path)
        .map(type -> type.getProtectionDomain().getCodeSource().getLocation())
        .map(url -> Path.of(URI.create(url.toString())).toString())
        .collect(Collectors.joining(File.pathSeparator));
  }
}
