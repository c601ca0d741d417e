// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.ipc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.bench.Canned;
import dev.interleave.bench.ProgramCase;
import dev.interleave.bench.Results;
import dev.interleave.bench.Settings;
import dev.interleave.bench.Svg;
import dev.interleave.bench.Verdict;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpcSuiteTest {
  private static final List<String> FIGURES =
      List.of(
          "median",
          "p99",
          "p99.9",
          "trips",
          "firstMillis",
          "connectMillis",
          "perSecond",
          "percent",
          "otherPercent",
          "pipe",
          "queue");

  private final IpcSuite suite = new IpcSuite();

  private static Settings settings(boolean quick) {
    return new Settings(quick, null, Path.of("out"), 3, false);
  }

  private Results all(double ours, double others) {
    return Canned.all(
        suite,
        settings(true),
        id -> id.contains("/SHARED") || id.contains("RPC_SHARED_DIRECT") ? ours : others,
        FIGURES);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void everyCaseNamesAProgram(boolean quick) throws Exception {
    for (ProgramCase c : suite.programCases(settings(quick))) {
      assertThat(c.main().getMethod("main", String[].class)).as(c.id()).isNotNull();
    }
    assertThat(suite.programCases(settings(quick)))
        .extracting(ProgramCase::id)
        .doesNotHaveDuplicates()
        .contains("ipc/ping/AERON/4096", "ipc/call/RPC_GRPC_UNIX/64", "ipc/core/SHARED/64")
        .allMatch(id -> id.startsWith("ipc/"));
  }

  @Test
  void everyBarIsMeasured() {
    List<Verdict> verdicts = IpcBars.judge(new IpcFigures(all(1, 50)));
    assertThat(verdicts).hasSize(17).allSatisfy(v -> assertThat(v.met()).isNotNull());
  }

  @Test
  void writesPageAndPlot(@TempDir Path out) throws IOException {
    suite.report(all(1, 50), out);
    String page = Files.readString(out.resolve("ipc.md"));
    assertThat(page)
        .contains(
            "| a call over shared memory is faster | 2 JVMs | ≥ 40 × gRPC over TCP, direct | 50")
        .contains("✗ missed")
        .contains("](ipc-calls.svg)")
        .contains("Python's multiprocessing, queue")
        .doesNotContain("null", "NaN", "/tmp", "/home");
    assertThat(Svg.parse(Files.readString(out.resolve("ipc-calls.svg"))).texts())
        .contains("two processes", "one process");
  }

  @Test
  void anEmptyRunHasAPage() {
    IpcPage page = new IpcPage(new IpcFigures(Canned.nothing()));
    assertThat(page.charts()).isEmpty();
    assertThat(page.summary()).isEqualTo("0 of 0 bars met.");
    assertThat(page.markdown()).contains("not measured").doesNotContain(".svg", "null");
  }

  /** Aeron needs flags that this JVM has not. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AERON")
  void whatIsSentIsReceived(PipeKind kind, @TempDir Path folder) throws Exception {
    Path path = folder.resolve("pipe");
    CompletableFuture<Integer> ready = new CompletableFuture<>();
    FutureTask<Integer> other =
        new FutureTask<>(() -> {
          int received = 0;
          try (Pipe pipe = kind.accept(path, ready::complete)) {
            while (received < 1000) {
              received += pipe.receive();
            }
            pipe.send(ByteBuffer.allocateDirect(4096), false);
          }
          return received;
        });
    Thread.ofPlatform().daemon().start(other);
    try (Pipe pipe = kind.connect(path, ready.get(30, TimeUnit.SECONDS))) {
      for (int i = 1; i <= 1000; i++) {
        pipe.send(ByteBuffer.allocateDirect(64), i < 1000);
      }
      assertThat(pipe.receive()).isEqualTo(1);
    }
    assertThat(other.get(30, TimeUnit.SECONDS)).isEqualTo(1000);
  }

  @ParameterizedTest
  @EnumSource
  void whatIsCalledGivesBackWhatItGot(RpcKind kind, @TempDir Path folder) throws Exception {
    Path path = folder.resolve("echo");
    byte[] bytes = {1, 2, 3};
    try (RpcKind.Serving serving = kind.serve(path);
        Caller caller = kind.connect(path, serving.port())) {
      for (int i = 0; i < 100; i++) {
        assertThat(caller.call(bytes)).isEqualTo(bytes);
      }
    }
  }

  @Test
  void timesHaveQuantiles() {
    Times times = new Times(1000);
    for (int i = 1; i <= 1001; i++) {
      times.add(i * 1000L);
    }
    assertThat(times.isFull()).isTrue();
    assertThat(times.figures())
        .containsEntry("median", 501.0)
        .containsEntry("p99", 991.0)
        .containsEntry("p99.9", 1000.0)
        .containsEntry("trips", 1000.0);
  }
}
