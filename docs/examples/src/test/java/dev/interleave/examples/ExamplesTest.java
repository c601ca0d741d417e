// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each example of the tour, with the outcome it must have. */
class ExamplesTest {
  private static final Map<String, String> RESULTS =
      Map.ofEntries(
          Map.entry(
              "lock.ReadWriteLockCache",
              "reads 400, writes 50, hits 400, misses 0, hit rate 100.00 %, size 10"),
          Map.entry(
              "lock.UpgradeRefused", "upgrade refused 4 times of 4, refilled once, downgraded"),
          Map.entry(
              "lock.WhoHoldsIt",
              "named: the writer, then 3 readers, one of them virtual and one that had ended"),
          Map.entry("lock.ReentrantResource", "3 threads x 2 rounds x 3 levels = 18 accesses"),
          Map.entry("lock.OptimisticPoint", "20000 moves, no reader saw half of one"),
          Map.entry(
              "lock.OrderedTransfers",
              "total 6500, always: after each of 200 days, and whenever the auditor looked"),
          Map.entry(
              "lock.TrafficLight",
              "15 cars crossed at green, 9 pedestrians at red, and one lamp was on whenever one"
                  + " looked"),
          Map.entry(
              "lock.LockWithTimeout", "timed out once, told why, and released by its holder only"),
          Map.entry(
              "lock.OrderedResources",
              "9 updates of 2 resources without a deadlock, 1 refused order, and 1 victim without"
                  + " one"),
          Map.entry(
              "diagnose.DeadlockDemo",
              "1 deadlock, 1 victim, everybody ended; the safe methods ended without one"),
          Map.entry(
              "diagnose.DeadlockAndRetry",
              "2 risky workers: 1 victim, 2 done; 3 safe workers: 0 victims of 1500 rounds"),
          Map.entry(
              "diagnose.PotentialDeadlockFound",
              "1 potential deadlock, told once, and nobody waited"),
          Map.entry(
              "diagnose.WhyIsItStuck",
              "3 blocked, 2 of them deadlocked, and the JVM sees none of it"),
          Map.entry(
              "state.ConfinedList",
              "final length 30, a miss is its caller's error, and what comes too late is rejected"),
          Map.entry(
              "state.GlobalState",
              "100 operations of 5 workers and 1 look at all: 101 accesses, 101 versions"),
          Map.entry(
              "buffer.QueueOrders",
              "5, 3 and 10 places filled and emptied: FIFO, LIFO, and a stable priority"),
          Map.entry(
              "buffer.PutAndTake",
              "4 items through 3 places; then full, timed out, closed and interrupted, each"
                  + " seen"),
          Map.entry(
              "buffer.EndOfStream",
              "5 items, 3 consumers, 1 close: all taken, all ended; an error with its cause;"
                  + " 2 returned"),
          Map.entry(
              "buffer.QueueMonitor",
              "sizes 0 to 5 and back, high-water mark 5, and who waited for the sixth"),
          Map.entry(
              "buffer.TasksDone",
              "9 tasks, 3 workers: 8 done, 1 failed, none forgotten; a lease ends once"),
          Map.entry(
              "buffer.ProducersAndConsumers",
              "24, 16 and 10,000 items, through 5 places and through 1: all put, all taken,"
                  + " all ended"),
          Map.entry(
              "buffer.SmartBuffer",
              "10 to 100 places in a burst of 120, 20 refused, none lost, and back to 10"),
          Map.entry(
              "buffer.FullButNotSilent",
              "25 items for 10 places: 15 dropped or refused, each told and counted"),
          Map.entry(
              "pool.ThreadPoolBasics", "8 tasks on 4 threads, in two waves; none after the close"),
          Map.entry("pool.WeatherInTwoStages", "5 cities, 0 failed"),
          Map.entry("pool.PoolMonitor", "9 tasks, 7 completed, 2 failed: 77.78 %"),
          Map.entry("pool.AsyncWorkers", "8 tasks of 3 types, 8 done, 0 failed; 1..99 is 4950"),
          Map.entry(
              "pool.OrderedMaps",
              "10 factorials, 10 digests and 5 images in order; 1 failed alone, 1 was ended in"
                  + " time"),
          Map.entry(
              "pool.Pipelines",
              "7 images through 3 stages in order, 1 failed in its place; 1 pipeline stopped"),
          Map.entry(
              "pool.OrderWorkflow",
              "6 orders: 2 confirmed, 3 refused, 1 undone; nothing oversold, nothing half done"),
          Map.entry(
              "pool.RetryBatch",
              "5 tasks: 3 succeeded after 1, 3 and 2 calls, 1 gave up after 4, 1 was not"
                  + " repeated"),
          Map.entry(
              "pool.TaskManager",
              "12 tasks on 4 threads: 10 done, 1 failed, 1 ended in time; none after the close"),
          Map.entry(
              "pool.FutureStates",
              "2 cancelled, 1 failed, 1 chain of 3 steps, 5 awaited of which 1 failed"),
          Map.entry(
              "context.WebSessions",
              "5 requests of 2 users: 3 and 2; both keys of two requests at once are kept"),
          Map.entry(
              "context.Tenants",
              "Quota 100 over 4 threads: 100 of 160 served, all audited; nobody is served outside"),
          Map.entry(
              "context.ConfigOverlay",
              "Timeouts 10, 20 and 15 in three workers; 30 before, after and when reset"),
          Map.entry(
              "context.CorrelatedLog",
              "108 entries of 9 requests, 13 and 10 for each; the spans of a request make a tree"),
          Map.entry(
              "context.PooledTransaction",
              "3 orders: two of one commit, one of its own; the one of the failed transaction is"
                  + " undone"),
          Map.entry(
              "pool.SizingAdvice",
              "8 threads to compute, 80 to wait nine times as long, 20 if there are 20"
                  + " connections"),
          Map.entry(
              "pool.SizeMeasured",
              "2 threads leave connections unused, and 16 wait for the 4 there are"),
          Map.entry(
              "pool.AdaptivePool",
              "from 2 threads to 8, each time for a reason, and every task completed"),
          Map.entry(
              "lifecycle.StoppableWorkers",
              "3 workers x 5 ticks, 1 woken by its stop, 1 failed and told"),
          Map.entry(
              "lifecycle.OrderedStart",
              "3 services up and down in order; 2 starts undone: 1 failed, 1 late; 1 cycle"
                  + " refused"),
          Map.entry(
              "lifecycle.BackgroundServices",
              "6 services: 5 stopped, 1 gave up after 3 failures in a row, and none was silent"),
          Map.entry(
              "lifecycle.ApplicationSkeleton",
              "4 tasks done; 4 told to stop; and SIGTERM: each time all ended, in order, once"),
          Map.entry(
              "channel.HalfClosedPipe",
              "5 words there, the end, 5 words back in order, and the end"),
          Map.entry("channel.Chat", "7 letters, 9 deliveries, none dead"),
          Map.entry(
              "channel.ReliablePipe",
              "50 messages of 5 kinds: each received once and in order; what was lost was sent"
                  + " again"),
          Map.entry(
              "rpc.CalculatorAndStrings",
              "18 calls of 3 clients, beside a slow one, and 9 failures told apart: over 6"
                  + " transports"),
          Map.entry(
              "rpc.NineHundredMessages",
              "900 messages of 3 senders: all taken, each once, and each sender's in order"),
          Map.entry(
              "rpc.Dispatch",
              "12 tasks, 2 groups in 2 processes: by priority, then as they came, each with its"
                  + " request"),
          Map.entry(
              "rpc.ManagerBank",
              "40 operations of 4 tellers: every coin accounted for, and 1 refused changed"
                  + " nothing"),
          Map.entry(
              "testing.BrokenBufferFound", "an item delivered twice: found, explained, fixed"));

  static Stream<Named<Example>> examples() {
    return Tour.registered().stream().map(example -> Named.of(example.name(), example));
  }

  static Stream<Named<Example>> once() {
    return Once.registered().stream().map(example -> Named.of(example.name(), example));
  }

  @ParameterizedTest
  @MethodSource("once")
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void hasItsResult(Example example) throws Exception {
    Recorder recorder = new Recorder(line -> {});
    assertThat(example.run(recorder.stream())).isEqualTo(RESULTS.get(example.name()));
    assertThat(recorder.end()).isNotBlank();
    assertThat(example.shows()).isNotBlank().endsWith(".");
  }

  @ParameterizedTest
  @MethodSource("examples")
  void hasAMainOfItsOwnAndItsSource(Example example) throws Exception {
    int main = example.getClass().getMethod("main", String[].class).getModifiers();
    assertThat(Modifier.isStatic(main)).isTrue();
    for (Class<?> type : example.sources()) {
      assertThat(SourceText.of(type))
          .hasValueSatisfying(java -> assertThat(java).startsWith("/**"));
    }
  }

  @Test
  void allAreRegistered() throws Exception {
    Path classes = Path.of(Example.class.getResource("/").toURI()).resolveSibling("classes");
    List<String> found;
    try (Stream<Path> files = Files.walk(classes)) {
      found =
          files
              .map(file -> classes.relativize(file).toString())
              .filter(file -> file.endsWith(".class") && !file.contains("module-info"))
              .map(file -> file.replaceAll("\\.class$", "").replace('/', '.').replace('\\', '.'))
              .filter(ExamplesTest::isExample)
              .toList();
    }
    assertThat(found).hasSameSizeAs(RESULTS.keySet());
    assertThat(Tour.registered())
        .extracting(example -> example.getClass().getName())
        .containsExactlyInAnyOrderElementsOf(found);
    assertThat(Tour.registered()).extracting(Example::name).doesNotHaveDuplicates();
  }

  private static boolean isExample(String name) {
    try {
      Class<?> type = Class.forName(name);
      return Example.class.isAssignableFrom(type) && !type.isInterface();
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }
}
