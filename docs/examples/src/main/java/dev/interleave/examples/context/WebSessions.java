// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.context;

import dev.interleave.context.ContextUnsetException;
import dev.interleave.examples.Crew;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Requests of two users on the threads of a pool, with one store of sessions. */
public final class WebSessions implements Example {
  private final Sessions sessions = new Sessions(1000);

  /** Made by the tour. */
  public WebSessions() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new WebSessions());
  }

  @Override
  public String shows() {
    return "A request is context, a session is shared state: no request sees another one's, and no"
        + " session loses what two requests of a user write at the same time.";
  }

  @Override
  public List<Class<?>> sources() {
    return List.of(getClass(), Sessions.class);
  }

  @Override
  public String run(PrintStream out) throws Exception {
    try (ExecutorService pool = Executors.newFixedThreadPool(1)) {
      serve(
          pool,
          "req_001",
          "1001",
          () -> {
            Sessions.set("cart_items");
            Sessions.set("preferences", "theme:dark");
            return Sessions.get("cart_items");
          });
      serve(
          pool,
          "req_002",
          "1001",
          () -> {
            Sessions.set("cart_items", "item_1", "item_2");
            return Sessions.get("preferences");
          });
      serve(
          pool,
          "req_003",
          "1002",
          () -> {
            Sessions.set("search_history", "laptop");
            return Sessions.get("cart_items");
          });
      List<String> history = serve(pool, "req_004", "1002", () -> Sessions.get("search_history"));
      List<String> cart = serve(pool, "req_005", "1001", () -> Sessions.get("cart_items"));
      out.println("req_005 finds the cart of req_002: " + cart);
      Expect.equal("cart of 1001", List.of("item_1", "item_2"), cart);
      Expect.equal("history of 1002", List.of("laptop"), history);
      Expect.that("no request is left in the pool", !pool.submit(Sessions::serving).get());
      Expect.equal("requests of 1001", 3, present("1001").requests());
      Expect.equal("requests of 1002", 2, present("1002").requests());
    }
    bothAtOnce();
    failing();
    ContextUnsetException outside =
        Expect.thrown(ContextUnsetException.class, () -> Sessions.get("cart_items"));
    Expect.equal("what is missing", "request", outside.local());
    out.println("sessions: " + sessions.of("1001") + ", " + sessions.of("1002"));
    return "5 requests of 2 users: 3 and 2; both keys of two requests at once are kept";
  }

  private static <T> T serve(
      ExecutorService pool, Sessions sessions, String id, String user, Callable<T> body)
      throws Exception {
    return pool.submit(() ->
            sessions.serve(
                id,
                user,
                () -> {
                  Expect.equal("the request", id, Sessions.request());
                  return body.call();
                }))
        .get();
  }

  private <T> T serve(ExecutorService pool, String id, String user, Callable<T> body)
      throws Exception {
    return serve(pool, sessions, id, user, body);
  }

  /** Two requests of one user, each of which has begun when the other ends. */
  private void bothAtOnce() throws Exception {
    CyclicBarrier both = new CyclicBarrier(2);
    try (Crew crew = new Crew()) {
      for (String key : List.of("a", "b")) {
        crew.virtual(
            "request-" + key,
            () ->
                sessions.serve(
                    key,
                    "1003",
                    () -> {
                      both.await();
                      Sessions.set(key, key);
                      both.await();
                      return key;
                    }));
      }
      crew.join();
    }
    Expect.equal("keys of both", 2, present("1003").data().size());
  }

  /** What a request has set that fails is not in the session. */
  private void failing() {
    Expect.thrown(
        IllegalStateException.class,
        () ->
            sessions.serve(
                "req_006",
                "1001",
                () -> {
                  Sessions.set("cart_items", "half an order");
                  throw new IllegalStateException("expected");
                }));
    Expect.equal(
        "cart after the failure",
        List.of("item_1", "item_2"),
        present("1001").data().get("cart_items"));
  }

  private Sessions.Session present(String user) {
    return Expect.present("session of " + user, sessions.of(user));
  }
}
