// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.pool;

import dev.interleave.Deadline;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.pool.Batch;
import dev.interleave.pool.BatchResult;
import dev.interleave.pool.MonitoredPool;
import dev.interleave.pool.Outcome;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Orders that never sell what is not there, and undo what was done when a later step fails. */
public final class OrderWorkflow implements Example {
  private static final Duration LIMIT = Duration.ofSeconds(15); // for all steps of an order

  /** An order of some pieces of one product. */
  private record Order(String id, String product, int pieces, double amount) {}

  /** What can be taken back. */
  @FunctionalInterface
  private interface Undo {
    void run();
  }

  private final Map<String, Integer> stock = new ConcurrentHashMap<>();
  private final Map<String, Double> payments = new ConcurrentHashMap<>();
  private final Set<String> parcels = ConcurrentHashMap.newKeySet();
  private final Set<String> mails = ConcurrentHashMap.newKeySet();

  /** Made by the tour. */
  public OrderWorkflow() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new OrderWorkflow());
  }

  @Override
  public String shows() {
    return "Orders on one pool: stock is reserved in one step, so three orders of 40 on a stock of"
        + " 50 sell 40 and not 120; when a step fails, those before it are undone in reverse"
        + " order.";
  }

  @Override
  public String run(PrintStream out) throws Exception {
    stock.putAll(Map.of("product_1", 100, "product_2", 50, "product_3", 75, "product_4", 200));
    List<Order> orders =
        List.of(
            new Order("ORD001", "product_1", 2, 299.99),
            new Order("ORD002", "product_2", 40, 599.99),
            new Order("ORD003", "product_2", 40, 449.99),
            new Order("ORD004", "product_2", 40, 449.99),
            new Order("ORD005", "product_3", 5, -1),
            new Order("ORD006", "product_9", 1, 10));
    BatchResult<Order, String> result;
    // Orders and steps have pools of their own: an order never waits for a thread it takes up.
    try (MonitoredPool steps = MonitoredPool.builder("steps").threads(4, 4).build();
        MonitoredPool desk = MonitoredPool.builder("orders").threads(3, 3).build()) {
      result = Batch.on(desk).name("orders").collect(orders, order -> process(order, steps));
    }
    Map<String, AtomicInteger> counts = new TreeMap<>();
    for (Outcome<Order, String> outcome : result.outcomes()) {
      String status = outcome.get();
      if (!outcome.input().product().equals("product_2")) {
        out.println(outcome.input().id() + ": " + status);
      }
      counts.computeIfAbsent(status, s -> new AtomicInteger()).incrementAndGet();
    }
    out.println("three orders of 40 on a stock of 50: " + stock.get("product_2") + " are left");
    check(counts);
    return "6 orders: 2 confirmed, 3 refused, 1 undone; nothing oversold, nothing half done";
  }

  private void check(Map<String, AtomicInteger> counts) {
    Expect.equal("left of product_2", 10, stock.get("product_2"));
    Expect.equal("left of product_1", 98, stock.get("product_1"));
    Expect.equal("left of product_3: given back", 75, stock.get("product_3"));
    Expect.equal(
        "outcomes",
        "{confirmed=2, refused: no such product=1, refused: not in stock=2,"
            + " undone: payment declined=1}",
        counts.toString());
    Expect.equal("payments", 2, payments.size());
    Expect.equal("parcels", payments.keySet(), parcels);
    Expect.equal("mails", payments.keySet(), mails);
  }

  /** Reserve; pay and pack at the same time; confirm. */
  private String process(Order order, MonitoredPool steps) throws InterruptedException {
    Deque<Undo> undo = new ArrayDeque<>();
    String refused = reserve(order);
    if (refused != null) {
      return "refused: " + refused;
    }
    undo.push(() -> stock.merge(order.product(), order.pieces(), Integer::sum));
    Batch batch =
        Batch.on(steps).name(order.id()).deadline(Deadline.after(LIMIT)); // one for all steps
    boolean confirmed = false;
    try {
      payAndPack(order, batch, undo);
      batch.map(List.of(order), o -> mails.add(o.id())); // only now that all else is certain
      confirmed = true;
      return "confirmed";
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      return "undone: " + (cause == null ? e.getMessage() : cause.getMessage());
    } catch (TimeoutException | CancellationException e) {
      return "undone: too late";
    } finally {
      if (!confirmed) { // also when this order itself is interrupted
        undo.forEach(Undo::run);
      }
    }
  }

  /** Checks and takes in one atomic step: null if it is reserved. */
  private @Nullable String reserve(Order order) {
    List<String> refused = new ArrayList<>(1);
    Integer left =
        stock.computeIfPresent(
            order.product(),
            (product, pieces) -> {
              if (pieces < order.pieces()) {
                refused.add("not in stock");
                return pieces;
              }
              return pieces - order.pieces();
            });
    if (left == null) {
      return "no such product";
    }
    return refused.isEmpty() ? null : refused.get(0);
  }

  /** Both are waited for, so that what has been done is known and can be undone. */
  private void payAndPack(Order order, Batch batch, Deque<Undo> undo)
      throws InterruptedException, ExecutionException {
    // Before, and by what was done, not by what was heard of it: what is cancelled may have
    // effects.
    undo.push(() -> parcels.remove(order.id()));
    undo.push(() -> payments.remove(order.id()));
    BatchResult<String, Boolean> both =
        batch.collect(
            List.of("pay", "pack"),
            step -> step.equals("pay") ? pay(order) : parcels.add(order.id()));
    for (Outcome<String, Boolean> outcome : both.outcomes()) {
      if (!outcome.isSuccess()) {
        Boolean unused = outcome.get();
      }
    }
  }

  private boolean pay(Order order) {
    if (order.amount() < 0) {
      throw new IllegalStateException("payment declined");
    }
    payments.put(order.id(), order.amount());
    return true;
  }
}
