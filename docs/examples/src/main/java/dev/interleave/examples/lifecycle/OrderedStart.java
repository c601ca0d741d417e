// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.lifecycle;

import dev.interleave.Deadline;
import dev.interleave.StopReport;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.lifecycle.GroupStartException;
import dev.interleave.lifecycle.Service;
import dev.interleave.lifecycle.ServiceGroup;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Services that need one another: all of them start, or none. */
public final class OrderedStart implements Example {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final List<String> events = new CopyOnWriteArrayList<>();

  /** Made by the tour. */
  public OrderedStart() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new OrderedStart());
  }

  @Override
  public String shows() {
    return "A database, a cache that needs it, and a web server that needs both: started in that"
        + " order, stopped in the reverse one; and a start that fails half way, which is undone.";
  }

  @Override
  public String run(PrintStream out) throws Exception {
    ServiceGroup shop = group(service("web"), LONG);
    shop.start(Deadline.after(LONG));
    StopReport report = shop.stop(LONG);
    out.println(String.join(" ", events));
    Expect.equal(
        "order", List.of("+database", "+cache", "+web", "-web", "-cache", "-database"), events);
    Expect.equal("ended by themselves", 3L, report.drained());

    events.clear();
    ServiceGroup broken = group(failing(), LONG);
    GroupStartException error =
        Expect.thrown(
            GroupStartException.class,
            () -> {
              broken.start(Deadline.after(LONG));
              return "started";
            });
    out.println(String.join(" ", events));
    out.println(error.getMessage());
    Expect.equal("order", List.of("+database", "+cache", "-cache", "-database"), events);

    events.clear();
    Service slow = Service.builder("web", (stop, ready) -> stop.await()).build(); // never ready
    ServiceGroup late = group(slow, Duration.ofMillis(50));
    GroupStartException tooLate =
        Expect.thrown(
            GroupStartException.class,
            () -> {
              late.start(Deadline.after(LONG));
              return "started";
            });
    Expect.equal("late", List.of("web"), tooLate.late());
    out.println(tooLate.getMessage());

    out.println(
        Expect.thrown(
                IllegalArgumentException.class,
                () ->
                    ServiceGroup.builder("shop")
                        .add(service("hen"), "egg")
                        .add(service("egg"), "hen")
                        .build())
            .getMessage());
    return "3 services up and down in order; 2 starts undone: 1 failed, 1 late; 1 cycle refused";
  }

  private ServiceGroup group(Service web, Duration startTimeout) {
    return ServiceGroup.builder("shop")
        .add(web, "database", "cache")
        .add(service("cache"), "database")
        .add(service("database"))
        .startTimeout("web", startTimeout)
        .build();
  }

  private Service service(String name) {
    return Service.builder(
            name,
            (stop, ready) -> {
              events.add("+" + name);
              ready.run();
              stop.await();
              events.add("-" + name);
            })
        .build();
  }

  private static Service failing() {
    return Service.builder(
            "web",
            (stop, ready) -> {
              throw new IOException("port 80 is in use");
            })
        .onError(e -> {}) // the group tells
        .build();
  }
}
