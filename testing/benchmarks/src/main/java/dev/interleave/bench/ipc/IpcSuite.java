// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.ipc;

import dev.interleave.bench.JmhCase;
import dev.interleave.bench.ProgramCase;
import dev.interleave.bench.Results;
import dev.interleave.bench.Settings;
import dev.interleave.bench.Suite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Transports and RPC between two processes, or two threads, against their peers. */
public final class IpcSuite implements Suite {
  /** Messages of so many bytes. */
  static final List<Integer> SIZES = List.of(64, 4096);

  static final int SMALL = 64;

  /** Those of which only a small message to and fro is of interest. */
  static final List<PipeKind> SEND_FEW = List.of(PipeKind.UNIX, PipeKind.TCP);

  /** Two JVMs have to fit. */
  private static final List<String> HEAP = List.of("-Xms512m", "-Xmx512m");

  private static final long MILLISECOND = 1_000_000;

  /** The one suite of this package. */
  public IpcSuite() {}

  @Override
  public String name() {
    return "ipc";
  }

  @Override
  public List<JmhCase> jmhCases(Settings settings) {
    return List.of(); // it knows of one process only
  }

  @Override
  public List<ProgramCase> programCases(Settings settings) {
    int warmUp = settings.quick() ? 800 : 1500;
    int measured = settings.quick() ? 500 : 1000;
    List<ProgramCase> cases = new ArrayList<>();
    for (int bytes : SIZES) {
      for (PipeKind kind : PipeKind.values()) {
        if (bytes == SMALL || !SEND_FEW.contains(kind)) {
          cases.add(pipe(settings, kind, PipeRun.Mode.PING, bytes, 2 * warmUp, measured));
        }
      }
    }
    for (int bytes : SIZES) {
      for (PipeKind kind : PipeKind.values()) {
        if (!SEND_FEW.contains(kind)) {
          cases.add(pipe(settings, kind, PipeRun.Mode.FLOW, bytes, warmUp, measured));
        }
      }
    }
    for (PipeKind kind : List.of(PipeKind.SHARED, PipeKind.UNIX, PipeKind.BARE_UNIX)) {
      cases.add(pipe(settings, kind, PipeRun.Mode.PACED, SMALL, 2 * warmUp, 2 * measured));
      cases.add(pipe(settings, kind, PipeRun.Mode.CORE, SMALL, 2 * warmUp, measured));
    }
    int idle = settings.quick() ? 5_000 : 10_000;
    cases.add(pipe(settings, PipeKind.SHARED, PipeRun.Mode.IDLE, SMALL, warmUp, idle));
    for (RpcKind kind : RpcKind.values()) {
      // gRPC runs through ten times as much code, which has to be compiled.
      int factor = !kind.isGrpc() ? 4 : kind.isInProcess() ? 5 : 10;
      cases.add(rpc(settings, kind, 0, "call", factor * warmUp, measured));
    }
    cases.add(rpc(settings, RpcKind.SHARED_DIRECT, MILLISECOND, "paced", 2 * warmUp, 2 * measured));
    for (RpcKind kind : List.of(RpcKind.SHARED_DIRECT, RpcKind.SHARED)) {
      cases.add(rpc(settings, kind, RpcPing.IDLE, "idle", warmUp, idle));
    }
    cases.add(
        new ProgramCase(
            id("python", "multiprocessing", SMALL),
            PythonRun.class,
            List.of(),
            List.of(),
            settings.rounds()));
    return cases;
  }

  static String id(String question, String kind, int bytes) {
    return "ipc/" + question + "/" + kind + "/" + bytes;
  }

  private static ProgramCase pipe(
      Settings settings, PipeKind kind, PipeRun.Mode mode, int bytes, int warmUp, int measured) {
    List<String> flags = new ArrayList<>(HEAP);
    flags.addAll(kind.jvmArguments());
    return new ProgramCase(
        id(mode.question(), kind.name(), bytes),
        PipeRun.class,
        List.of(
            kind.name(),
            mode.question(),
            String.valueOf(bytes),
            String.valueOf(warmUp),
            String.valueOf(measured)),
        flags,
        settings.rounds());
  }

  private static ProgramCase rpc(
      Settings settings, RpcKind kind, long period, String question, int warmUp, int measured) {
    List<String> flags = new ArrayList<>(HEAP);
    if (kind.isGrpc()) {
      flags.add("--enable-native-access=ALL-UNNAMED"); // it loads a library, and the JVM would warn
    }
    return new ProgramCase(
        id(question, "RPC_" + kind.name(), SMALL),
        RpcPing.class,
        List.of(
            kind.name(),
            String.valueOf(SMALL),
            String.valueOf(period),
            String.valueOf(warmUp),
            String.valueOf(measured)),
        flags,
        settings.rounds());
  }

  @Override
  public void report(Results results, Path out) throws IOException {
    IpcPage page = new IpcPage(new IpcFigures(results));
    Files.writeString(out.resolve(name() + ".md"), page.markdown());
    for (Map.Entry<String, String> chart : page.charts().entrySet()) {
      Files.writeString(out.resolve(chart.getKey()), chart.getValue());
    }
    System.out.println(page.summary());
  }
}
