// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.ChildJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A host in this process, and tellers in others, one of which is killed at its work. */
@Tag("kit")
class SharedObjectsTwoProcessesTest {
  private static final int TRANSFERS = 500;
  private static final long MONEY = 3_000;

  @TempDir private Path folder;

  /** The teller: moves money to and fro. */
  public static void main(String[] args) throws Exception {
    try (SharedObjects objects =
        SharedObjects.connect(ChildJvm.transport(args[0], Path.of(args[1])))) {
      Random random = new Random(args[2].hashCode());
      for (int i = 0; args[2].equals("endless") || i < TRANSFERS; i++) {
        transfer(objects, random.nextInt(3), random.nextInt(3), random.nextInt(50));
      }
      System.out.println("done");
    }
  }

  private static void transfer(SharedObjects objects, int from, int to, long amount) {
    SharedMap<Integer, Long> bank = objects.map("bank", Integer.class, Long.class);
    SharedCounter transfers = objects.counter("transfers");
    boolean unused =
        objects.atomically(
            Deadline.after(Duration.ofMinutes(1)),
            tx -> {
              tx.put(bank, from, tx.require(bank, from) - amount);
              tx.put(bank, to, tx.require(bank, to) + amount);
              tx.add(transfers, 1);
              return true;
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"shm", "unix"})
  void nothingIsLostNotEvenByATellerThatIsKilled(String kind) throws Exception {
    Path path = folder.resolve("s");
    try (SharedObjectsHost host = SharedObjectsHost.start(ChildJvm.transport(kind, path));
        SharedObjects objects = SharedObjects.connect(host.transport())) {
      SharedMap<Integer, Long> bank = objects.map("bank", Integer.class, Long.class);
      for (int i = 0; i < 3; i++) {
        bank.put(i, MONEY / 3);
      }
      try (ChildJvm endless = teller(kind, path, "endless")) {
        SharedObjectsContract.until(() -> host.stats().applied() > 100, "the teller is at work");
        endless.kill();
        assertThat(endless.awaitExit()).isNotZero();
        SharedObjectsContract.until(
            () -> host.stats().calls().connections() == 1, "it is not connected any more");
      }
      assertThat(sum(bank)).isEqualTo(MONEY);
      long before = objects.counter("transfers").get();
      try (ChildJvm one = teller(kind, path, "one");
          ChildJvm two = teller(kind, path, "two")) {
        one.awaitLine("done");
        two.awaitLine("done");
      }
      assertThat(sum(bank)).isEqualTo(MONEY);
      assertThat(objects.counter("transfers").get()).isEqualTo(before + 2 * TRANSFERS);
    }
  }

  private static ChildJvm teller(String kind, Path path, String which) throws Exception {
    return new ChildJvm(SharedObjectsTwoProcessesTest.class, kind, path.toString(), which);
  }

  private static long sum(SharedMap<Integer, Long> bank) {
    return bank.snapshot().values().stream().mapToLong(Long::longValue).sum();
  }
}
