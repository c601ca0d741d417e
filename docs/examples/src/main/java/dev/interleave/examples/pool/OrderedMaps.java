// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.pool;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.interleave.Deadline;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.pool.Batch;
import dev.interleave.pool.BatchResult;
import dev.interleave.pool.MonitoredPool;
import dev.interleave.pool.Outcome;
import dev.interleave.pool.Outcomes;
import java.io.PrintStream;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Maps in order and as they come, with a time limit that ends what is late. */
public final class OrderedMaps implements Example {
  /** An image and what is to be done with it: two inputs of one call are a record. */
  private record Job(String image, List<String> operations) {}

  /** Made by the tour. */
  public OrderedMaps() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new OrderedMaps());
  }

  @Override
  public String shows() {
    return "Maps over many inputs on a pool: results in the order of the inputs, or the fastest"
        + " first, a failure that costs no other result, and a deadline that ends what is late.";
  }

  @Override
  public String run(PrintStream out) throws Exception {
    try (MonitoredPool pool = MonitoredPool.builder("maps").threads(4, 4).build()) {
      factorials(pool, out);
      digests(pool, out);
      images(pool, out);
      asCompleted(pool, out);
      late(pool, out);
      endless(pool, out);
    }
    return "10 factorials, 10 digests and 5 images in order; 1 failed alone, 1 was ended in time";
  }

  private static void factorials(MonitoredPool pool, PrintStream out) throws Exception {
    List<Integer> numbers = IntStream.rangeClosed(1, 10).boxed().toList();
    List<BigInteger> factorials =
        Batch.on(pool).name("factorials").window(4).map(numbers, n -> factorial(n % 20));
    out.println("factorials: " + factorials);
    Expect.equal("10!", BigInteger.valueOf(3_628_800), factorials.get(9));
  }

  private static BigInteger factorial(int n) {
    return IntStream.rangeClosed(2, n)
        .mapToObj(BigInteger::valueOf)
        .reduce(BigInteger.ONE, BigInteger::multiply);
  }

  private static void digests(MonitoredPool pool, PrintStream out) throws Exception {
    List<String> files = IntStream.range(0, 10).mapToObj(i -> "file-" + i + ".txt").toList();
    BatchResult<String, String> digests =
        Batch.on(pool).name("digests").collect(files, OrderedMaps::digest);
    out.println(digests.succeeded() + " of " + files.size() + " digests");
    Outcome.Failure<String, String> failed = digests.failures().get(0);
    out.println(failed.input() + ": " + failed.cause().getMessage());
    Expect.equal("the others are there", 9L, digests.succeeded());
    Expect.equal("the one that failed", 7L, failed.index());
  }

  private static String digest(String file) throws Exception {
    if (file.equals("file-7.txt")) {
      throw new IllegalStateException("cannot be read");
    }
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(file.repeat(400).getBytes(UTF_8));
    return HexFormat.of().formatHex(digest);
  }

  private static void images(MonitoredPool pool, PrintStream out) throws Exception {
    List<Job> jobs =
        List.of(
            new Job("photo1.jpg", List.of("resize", "compress")),
            new Job("photo2.jpg", List.of("filter")),
            new Job("photo3.jpg", List.of("resize", "filter")),
            new Job("photo4.jpg", List.of("compress")),
            new Job("photo5.jpg", List.of("resize", "compress", "filter")));
    List<String> done =
        Batch.on(pool)
            .name("images")
            .window(3)
            .map(jobs, job -> job.image() + " " + String.join("+", job.operations()));
    done.forEach(out::println);
    Expect.equal("the last is the last", "photo5.jpg resize+compress+filter", done.get(4));
  }

  /** Nothing is first because it was submitted first. */
  private static void asCompleted(MonitoredPool pool, PrintStream out) throws Exception {
    CountDownLatch othersShown = new CountDownLatch(1);
    List<String> order = new ArrayList<>();
    try (Outcomes<String, String> outcomes =
        Batch.on(pool)
            .name("downloads")
            .window(3)
            .asCompleted(
                List.of("slow", "fast", "faster").iterator(),
                name -> {
                  if (name.equals("slow")) {
                    othersShown.await();
                  }
                  return name;
                })) {
      for (Outcome<String, String> outcome : outcomes) {
        order.add(outcome.get());
        if (order.size() == 2) {
          othersShown.countDown();
        }
      }
    }
    out.println("the slow one comes " + (order.indexOf("slow") + 1) + ". of " + order.size());
    Expect.equal("last", "slow", order.get(2));
  }

  /** One that waits for what never comes does not hold up the batch, nor its thread. */
  private static void late(MonitoredPool pool, PrintStream out) throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    BatchResult<Integer, Integer> result =
        Batch.on(pool)
            .name("late")
            .deadline(Deadline.after(Duration.ofMillis(200)))
            .collect(
                List.of(1),
                n -> {
                  try {
                    never.await();
                    return n;
                  } catch (InterruptedException e) {
                    interrupted.countDown();
                    throw e;
                  }
                });
    Expect.that("it has been ended", result.left().equals(List.of(1)));
    Throwable why = Expect.present("reason", result.stopped().orElse(null));
    Expect.that("by the deadline", why instanceof TimeoutException);
    out.println(why.getMessage());
    if (result.cancelled() == 1) {
      interrupted.await();
    }
  }

  private static void endless(MonitoredPool pool, PrintStream out) throws Exception {
    AtomicInteger taken = new AtomicInteger();
    try (Outcomes<Integer, Integer> squares =
        Batch.on(pool)
            .name("squares")
            .window(4)
            .inOrder(
                IntStream.iterate(1, n -> n + 1).peek(n -> taken.incrementAndGet()).iterator(),
                n -> n * n)) {
      for (int n = 1; n <= 5; n++) {
        Outcome<Integer, Integer> square = Objects.requireNonNull(squares.takeOrNull());
        Expect.equal("square", n * n, square.get());
      }
      Expect.that("not more than a window ahead", taken.get() <= 5 + 4);
      out.println("5 squares of an endless stream, in order");
    }
  }
}
