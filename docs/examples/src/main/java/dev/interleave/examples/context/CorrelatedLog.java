// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.context;

import dev.interleave.context.Context;
import dev.interleave.examples.Crew;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Nine requests to three services that hand parts of them to a pool: one log, told apart. */
public final class CorrelatedLog implements Example {
  private final Trace trace = new Trace(1000);

  /** Made by the tour. */
  public CorrelatedLog() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new CorrelatedLog());
  }

  @Override
  public String shows() {
    return "Each line of a log knows its request and its span, also where a pool has written it;"
        + " and the id of a request travels to another service in a header.";
  }

  @Override
  public List<Class<?>> sources() {
    return List.of(getClass(), Trace.class);
  }

  @Override
  public String run(PrintStream out) throws Exception {
    try (ExecutorService pool = Context.propagating(Executors.newFixedThreadPool(2));
        Crew crew = new Crew()) {
      List<List<String>> services =
          List.of(
              List.of("req_001", "health_001", "req_002"),
              List.of("req_003", "req_004", "health_002"),
              List.of("health_003", "req_005", "req_006"));
      for (List<String> requests : services) {
        crew.virtual(
            "service",
            () -> {
              for (String id : requests) {
                trace.request(id, () -> id.startsWith("req") ? user(pool) : health(pool));
              }
            });
      }
      crew.join();
    }

    List<String> tree = trace.tree("req_004");
    tree.forEach(out::println);
    Expect.equal(
        "spans of req_004",
        List.of("process_user_request", "  validate_user", "  business_logic", "    save_result"),
        tree);

    Map<String, Long> perRequest =
        trace.entries().stream()
            .collect(Collectors.groupingBy(Trace.Entry::request, Collectors.counting()));
    Expect.equal("requests", 9, perRequest.size());
    perRequest.forEach((id, entries) ->
        Expect.equal("entries of " + id, id.startsWith("req") ? 13L : 10L, entries));
    Map<String, Long> perLevel =
        trace.entries().stream()
            .map(Trace.Entry::level)
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    Expect.equal("entries by level", Map.of("DEBUG", 84L, "INFO", 24L), perLevel);
    Expect.equal("dropped", 0L, trace.dropped());

    Map<String, String> headers =
        trace.request("req_007", () -> Trace.HEADERS.inject(Context.current()));
    String there = Trace.HEADERS.extract(Context.empty(), headers).call(Trace.REQUEST::get);
    Expect.equal("the request, in another service", "req_007", there);
    return "108 entries of 9 requests, 13 and 10 for each; the spans of a request make a tree";
  }

  private String user(ExecutorService pool) throws Exception {
    return trace.span(
        "process_user_request",
        () -> {
          trace.info("received");
          pool.submit(() ->
                  trace.span(
                      "validate_user",
                      () -> {
                        trace.debug("looking");
                        trace.info("valid");
                        return "";
                      }))
              .get();
          return trace.span(
              "business_logic",
              () -> {
                trace.info("done");
                return pool.submit(() ->
                        trace.span(
                            "save_result",
                            () -> {
                              trace.info("saved");
                              return "";
                            }))
                    .get();
              });
        });
  }

  private String health(ExecutorService pool) throws Exception {
    return trace.span(
        "health_check",
        () -> {
          for (String part : List.of("check_database", "check_external_services")) {
            pool.submit(() ->
                    trace.span(
                        part,
                        () -> {
                          trace.debug("asking");
                          trace.debug("healthy");
                          return "";
                        }))
                .get();
          }
          return "healthy";
        });
  }
}
