// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.context;

import dev.interleave.context.Context;
import dev.interleave.context.ContextLocal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of users, which outlive their requests, and the request that is being served, which
 * is context. Within a request the session is as it was at its beginning, plus what the request has
 * set; what it has set is merged into the session at its end, unless it failed.
 */
final class Sessions {
  private static final ContextLocal<Request> REQUEST = ContextLocal.named("request");

  private final Map<String, Session> byUser = new ConcurrentHashMap<>();

  /** Immutable, so that no request sees what another one is about to do. */
  record Session(String user, int requests, Map<String, List<String>> data) {
    private Session with(Map<String, List<String>> changes) {
      Map<String, List<String>> next = new HashMap<>(data);
      next.putAll(changes);
      return new Session(user, requests, Map.copyOf(next));
    }

    private Session requested() {
      return new Session(user, requests + 1, data);
    }
  }

  /** Used by the thread that serves it. */
  private record Request(String id, Session session, Map<String, List<String>> changes) {}

  /** Serves a request of a user. */
  <T> T serve(String id, String user, Callable<T> body) throws Exception {
    Session session =
        byUser.compute(
            user, (name, old) -> (old == null ? new Session(name, 0, Map.of()) : old).requested());
    Request request = new Request(id, session, new HashMap<>());
    T result = Context.current().with(REQUEST, request).call(body);
    byUser.computeIfPresent(user, (name, latest) -> latest.with(request.changes));
    return result;
  }

  /** The id of the request that is being served. */
  static String request() {
    return REQUEST.get().id;
  }

  /** Whether there is a request. */
  static boolean serving() {
    return REQUEST.isSet();
  }

  static void set(String key, String... values) {
    REQUEST.get().changes.put(key, List.of(values));
  }

  static List<String> get(String key) {
    Request request = REQUEST.get();
    List<String> changed = request.changes.get(key);
    return changed != null ? changed : request.session.data.getOrDefault(key, List.of());
  }

  /** Of a user who was here. */
  @Nullable Session of(String user) {
    return byUser.get(user);
  }
}
