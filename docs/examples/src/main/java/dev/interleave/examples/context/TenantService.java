// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.context;

import dev.interleave.context.Context;
import dev.interleave.context.ContextLocal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;

/**
 * Data of tenants. Whose they are is context; that it is theirs alone is enforced here, where the
 * data are, and so are quota, features and the audit.
 */
final class TenantService {
  private static final ContextLocal<Tenant> TENANT = ContextLocal.named("tenant");
  private static final ContextLocal<String> USER = ContextLocal.named("user");
  private static final Set<String> RESERVED = Set.of("id", "tenant_id", "database");

  private final BlockingQueue<Entry> audit;

  /**
   * Nobody has done anything yet.
   *
   * @param unread how many entries of the audit may wait to be read; with more nobody is served, as
   *     nothing is done that is not audited
   */
  TenantService(int unread) {
    audit = new ArrayBlockingQueue<>(unread);
  }

  /** Whether a tenant is served. */
  enum Status {
    ACTIVE,
    SUSPENDED
  }

  /**
   * A tenant; the quota is one for all threads.
   *
   * @param requests how many are left
   */
  record Tenant(String name, Status status, Set<String> features, Semaphore requests) {
    static Tenant of(String name, Status status, int quota, String... features) {
      return new Tenant(name, status, Set.of(features), new Semaphore(quota));
    }
  }

  /** Who did what. */
  record Entry(String tenant, String user, String operation) {}

  /** A tenant has not got, or is not allowed, what it asks for. */
  static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RefusedException(String why) {
      super(why);
    }
  }

  /** Serves a user of a tenant; the one way in. */
  <T> T as(Tenant tenant, String user, Callable<T> body) throws Exception {
    if (tenant.status != Status.ACTIVE) {
      throw new RefusedException(tenant.name + " is " + tenant.status);
    }
    return Context.current().with(TENANT, tenant).with(USER, user).call(body);
  }

  /** The database of the tenant; there is none of nobody. */
  String database() {
    return "tenant_" + TENANT.get().name + "_db";
  }

  /** Rows of a table. */
  List<Map<String, String>> query(String table) {
    begin("query " + table, 1);
    return List.of(Map.of("tenant_id", TENANT.get().name, "database", database()));
  }

  /** A user of the tenant. */
  Map<String, String> create(Map<String, String> given) {
    for (String key : given.keySet()) {
      if (RESERVED.contains(key)) {
        throw new RefusedException(key + " is not the caller's to set");
      }
    }
    begin("create user", 1);
    Map<String, String> user = new HashMap<>(given);
    user.put("tenant_id", TENANT.get().name);
    return Map.copyOf(user);
  }

  /** A figure, for those who have paid for it. */
  int analytics(String metric) {
    if (!TENANT.get().features.contains("advanced_analytics")) {
      throw new RefusedException(TENANT.get().name + " has no advanced_analytics");
    }
    begin("analytics " + metric, 1);
    return 42;
  }

  private void begin(String operation, int units) {
    Tenant tenant = TENANT.get(); // before anything else: nothing is done for nobody
    if (!tenant.requests.tryAcquire(units)) {
      throw new RefusedException(tenant.name + " has used up its quota");
    }
    if (!audit.offer(new Entry(tenant.name, USER.get(), operation))) {
      tenant.requests.release(units);
      throw new RefusedException("the audit is full");
    }
  }

  /** What was done since this was last asked. */
  List<Entry> takeAudit() {
    List<Entry> taken = new ArrayList<>();
    audit.drainTo(taken);
    return taken;
  }
}
