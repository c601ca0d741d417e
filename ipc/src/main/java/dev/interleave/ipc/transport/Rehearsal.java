// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.LoggerFactory;

/**
 * What takes longest when a JVM connects over shared memory for the first time, done once before it
 * is needed: by a thread that begins when somebody listens, or while the two sides shake hands.
 *
 * <p>Most of it is the first mapping of a file, which the JDK makes through reflection, for which
 * it has to make code at run time; nothing of a file is enough for that. If it fails, it is done
 * where it is needed.
 *
 * <p>Designs that were measured, of two cold JVMs on two cores, medians of 10 forks each, taken in
 * turn: with lambdas, string concatenation by {@code invokedynamic}, loggers that are there from
 * the beginning, and messages that are put together before they are needed, 172 ms (153 to 181);
 * with nothing of that in the way of a connection, 115 (92 to 148); and this rehearsed by the
 * thread that listens or connects, 87 (79 to 106); or by its own, 78 (71 to 101), which was kept. A
 * mapping by an arena, which Java 22 has, took 25 ms where this one took 54 on a busy machine, but
 * would have to be called through method handles.
 */
final class Rehearsal implements Runnable {
  private static final AtomicBoolean BEGUN = new AtomicBoolean();

  /** A file wherever there are Unix sockets. */
  private static final Path EMPTY = Path.of("/dev/null");

  private Rehearsal() {}

  /** Begins it, unless that was done in this JVM before; does not wait. */
  static void begin() {
    if (BEGUN.compareAndSet(false, true)) {
      Thread.ofPlatform().daemon().name("interleave rehearsal").start(new Rehearsal());
    }
  }

  @Override
  public void run() {
    try (FileChannel file =
        FileChannel.open(EMPTY, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer unused = file.map(FileChannel.MapMode.READ_WRITE, 0, 0);
    } catch (IOException | RuntimeException e) {
      LoggerFactory.getLogger(Transport.class).debug("Nothing could be rehearsed", e);
    }
    long unused = ProcessHandle.current().pid(); // in what the sides say first: slow once, too
  }
}
