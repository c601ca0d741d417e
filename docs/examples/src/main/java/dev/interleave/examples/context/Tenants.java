// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.context;

import dev.interleave.context.Context;
import dev.interleave.context.ContextUnsetException;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.examples.context.TenantService.RefusedException;
import dev.interleave.examples.context.TenantService.Status;
import dev.interleave.examples.context.TenantService.Tenant;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Three tenants on one pool: quota, features and audit, enforced; and nothing without a tenant. */
public final class Tenants implements Example {
  private static final int QUOTA = 100;
  private static final int ASKED = 160;

  private final TenantService service = new TenantService(1000);

  /** Made by the tour. */
  public Tenants() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new Tenants());
  }

  @Override
  public String shows() {
    return "Tenants share threads and nothing else: what is asked for outside of any tenant fails,"
        + " a quota is one for all threads, a suspended tenant does not get in.";
  }

  @Override
  public List<Class<?>> sources() {
    return List.of(getClass(), TenantService.class);
  }

  @Override
  public String run(PrintStream out) throws Exception {
    Tenant first = Tenant.of("001", Status.ACTIVE, QUOTA, "advanced_analytics");
    Tenant second = Tenant.of("002", Status.ACTIVE, QUOTA);
    Tenant third = Tenant.of("003", Status.SUSPENDED, QUOTA);

    ContextUnsetException outside =
        Expect.thrown(ContextUnsetException.class, () -> service.query("products"));
    out.println(outside.local() + " is not set: refused");
    Expect.thrown(ContextUnsetException.class, service::database);

    refused(out, "003 is SUSPENDED", () -> service.as(third, "eve", () -> service.query("x")));
    refused(
        out,
        "002 has no advanced_analytics",
        () -> service.as(second, "bob", () -> service.analytics("revenue")));
    refused(
        out,
        "tenant_id is not the caller's to set",
        () -> service.as(second, "bob", () -> service.create(Map.of("tenant_id", "001"))));
    Expect.equal(
        "analytics of 001", 42, service.as(first, "ann", () -> service.analytics("revenue")));

    String inner =
        service.as(
            first,
            "ann",
            () -> {
              String within = service.as(second, "bob", service::database);
              Expect.equal("the outer one, after it", "tenant_001_db", service.database());
              return within;
            });
    Expect.equal("the inner one", "tenant_002_db", inner);

    int served = crowd(second);
    Expect.equal("served of " + ASKED, QUOTA, served);
    Expect.equal("of 001, which was not asked", QUOTA - 1, first.requests().availablePermits());
    Expect.equal(
        "audited for 002",
        (long) QUOTA,
        service.takeAudit().stream()
            .filter(entry -> entry.tenant().equals("002") && entry.user().equals("bob"))
            .count());
    out.println(served + " of " + ASKED + " requests on 4 threads are within the quota of 002");
    return "Quota 100 over 4 threads: 100 of 160 served, all audited; nobody is served outside";
  }

  private static void refused(
      PrintStream out, String why, java.util.concurrent.Callable<?> action) {
    RefusedException refused = Expect.thrown(RefusedException.class, action);
    out.println("refused: " + refused.getMessage());
    Expect.equal("why", why, refused.getMessage());
  }

  /** Many requests at once; how many were served. */
  private int crowd(Tenant tenant) throws Exception {
    int served = 0;
    try (ExecutorService pool = Context.propagating(Executors.newFixedThreadPool(4))) {
      List<Future<?>> all = new ArrayList<>();
      service.as(
          tenant,
          "bob",
          () -> {
            for (int i = 0; i < ASKED; i++) {
              all.add(pool.submit(() -> service.query("orders")));
            }
            return all.size();
          });
      for (Future<?> each : all) {
        try {
          each.get();
          served++;
        } catch (ExecutionException e) {
          if (!(e.getCause() instanceof RefusedException)) {
            throw e;
          }
        }
      }
    }
    return served;
  }
}
