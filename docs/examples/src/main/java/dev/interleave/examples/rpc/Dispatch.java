// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.rpc;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.interleave.context.Context;
import dev.interleave.context.ContextCarrier;
import dev.interleave.context.ContextCodec;
import dev.interleave.context.ContextLocal;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.ipc.rpc.CallOptions;
import dev.interleave.ipc.rpc.RpcClient;
import dev.interleave.ipc.rpc.RpcServer;
import dev.interleave.ipc.transport.Transport;
import dev.interleave.pool.PoolStats;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A dispatcher here, two groups of workers in processes of their own, and priorities to them. */
public final class Dispatch implements Example {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Which request a task belongs to: it travels with the calls, through both of them. */
  private static final ContextLocal<String> REQUEST =
      ContextLocal.<String>builder("request").carried(ContextCodec.text()).build();

  private static final ContextCarrier HEADERS = ContextCarrier.of(REQUEST);

  /** As they come; the number is the priority, and 1 goes first. */
  private static final List<String> TASKS =
      List.of("3 low1", "1 high1", "2 mid1", "1 high2", "3 low2", "2 mid2");

  /** Made by the tour. */
  public Dispatch() {}

  /** Runs this example alone; or, with a path and a name, a group of workers. */
  public static void main(String[] args) throws Exception {
    if (args.length == 0) {
      Example.runAlone(new Dispatch());
    } else {
      work(Transport.unixSocket(Path.of(args[0])), args[1]);
    }
  }

  @Override
  public String shows() {
    return "Tasks go through a dispatcher to two groups in other processes. What is urgent"
        + " overtakes what waits there, equals keep their order, and each task knows the"
        + " request that it belongs to.";
  }

  @Override
  public List<Class<?>> sources() {
    return List.of(getClass(), Over.class, Place.class);
  }

  /** The upper level. */
  public interface Dispatcher {
    CompletableFuture<String> dispatch(String group, int priority, String task);
  }

  /** The lower one. */
  public interface Group {
    CompletableFuture<String> run(String task);

    /** What has run, in order. */
    List<String> ran();
  }

  // ------------------------------------------------------------------ a group, in its process

  private static final class Workers implements Group {
    final CountDownLatch goOn = new CountDownLatch(1);
    private final List<String> ran = Collections.synchronizedList(new ArrayList<>());
    private final String name;

    Workers(String name) {
      this.name = name;
    }

    @Override
    public CompletableFuture<String> run(String task) {
      if (task.equals("pause")) {
        try {
          goOn.await();
        } catch (InterruptedException e) {
          return CompletableFuture.failedFuture(e);
        }
      }
      ran.add(task);
      return CompletableFuture.completedFuture(task + " by " + name + " for " + REQUEST.get());
    }

    @Override
    public List<String> ran() {
      return List.copyOf(ran);
    }
  }

  /** Serves until its input ends. A number there: goes on when so many requests have come. */
  private static void work(Transport transport, String name) throws Exception {
    Workers workers = new Workers(name);
    try (RpcServer server =
            RpcServer.builder(transport)
                .name(name)
                .register(Group.class, workers)
                .workers(1)
                .aging(Duration.ofMinutes(1))
                .carrier(HEADERS)
                .start();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
      System.out.println("ready");
      String line;
      while ((line = in.readLine()) != null) {
        int requests = Integer.parseInt(line);
        Expect.soon("all have come", () -> isInLine(server.stats().pool(), requests - 1));
        workers.goOn.countDown();
      }
    }
  }

  /** Whether one request runs, and so many wait behind it. */
  private static boolean isInLine(PoolStats workers, int requests) {
    return workers.active() == 1 && workers.queued() == requests;
  }

  // ------------------------------------------------------------------ the dispatcher

  /** A process with a group, and a client of it. */
  private static final class Far implements AutoCloseable {
    private final Process process;
    private final RpcClient client;

    Far(Path folder, String name) throws Exception {
      Path socket = folder.resolve(name);
      String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
      process =
          new ProcessBuilder(
                  java,
                  "-cp",
                  System.getProperty("java.class.path"),
                  Dispatch.class.getName(),
                  socket.toString(),
                  name)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      boolean connected = false;
      try {
        Expect.equal("first line", "ready", process.inputReader().readLine());
        client =
            RpcClient.builder(Transport.unixSocket(socket))
                .name("to-" + name)
                .carrier(HEADERS)
                .connect();
        connected = true;
      } finally {
        if (!connected) {
          process.destroyForcibly();
        }
      }
    }

    Group group(int priority) {
      return client.proxy(
          Group.class, CallOptions.unset().withTimeout(PATIENCE).withPriority(priority));
    }

    void goOn(int requests) throws Exception {
      Writer in = process.outputWriter();
      in.write(requests + "\n");
      in.flush();
    }

    @Override
    public void close() throws IOException {
      client.close();
      process.outputWriter().close();
      boolean ended = false;
      try {
        ended = process.waitFor(30, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      process.destroyForcibly();
      Expect.that("the group ends with its input", ended);
    }
  }

  @Override
  public String run(PrintStream out) throws Exception {
    try (Place place = new Place();
        Far north = new Far(place.folder(), "north");
        Far south = new Far(place.folder(), "south")) {
      Map<String, Far> groups = Map.of("north", north, "south", south);
      Dispatcher dispatching =
          (group, priority, task) ->
              Expect.present(group, groups.get(group)).group(priority).run(task);
      try (RpcServer server =
              RpcServer.builder(Over.THREADS.at(place))
                  .register(Dispatcher.class, dispatching)
                  .workers(1) // so that equals stay in order; it hands on, and does not wait
                  .carrier(HEADERS)
                  .start();
          RpcClient client = RpcClient.builder(server.transport()).carrier(HEADERS).connect()) {
        Dispatcher dispatcher = client.proxy(Dispatcher.class, PATIENCE);
        for (String group : List.of("north", "south")) {
          List<CompletableFuture<String>> results = dispatch(dispatcher, group);
          Expect.present(group, groups.get(group)).goOn(1 + TASKS.size());
          for (CompletableFuture<String> result : results) {
            out.println(result.get(30, TimeUnit.SECONDS));
          }
          Expect.equal("the third", "2 mid1 by " + group + " for req-3", results.get(3).join());
          Expect.equal(
              "in " + group,
              List.of("pause", "1 high1", "1 high2", "2 mid1", "2 mid2", "3 low1", "3 low2"),
              Expect.present(group, groups.get(group)).group(0).ran());
        }
      }
    }
    return "12 tasks, 2 groups in 2 processes: by priority, then as they came, each with its"
        + " request";
  }

  /** First one that makes the group wait, so that the others wait there. */
  private static List<CompletableFuture<String>> dispatch(Dispatcher dispatcher, String group)
      throws Exception {
    List<CompletableFuture<String>> results = new ArrayList<>();
    Context first = Context.current().with(REQUEST, "req-0");
    results.add(first.call(() -> dispatcher.dispatch(group, 0, "pause")));
    for (String task : TASKS) {
      Context request = Context.current().with(REQUEST, "req-" + results.size());
      int priority = task.charAt(0) - '0';
      results.add(request.call(() -> dispatcher.dispatch(group, priority, task)));
    }
    return results;
  }
}
