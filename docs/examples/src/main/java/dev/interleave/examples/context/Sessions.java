// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.context;

import dev.interleave.context.Context;
import dev.interleave.context.ContextLocal;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of users, which outlive their requests, and the request that is being served, which
 * is context. Within a request the session is as it was at its beginning, plus what the request has
 * set; what it has set is merged into the session at its end, unless it failed, or the session has
 * ended meanwhile.
 *
 * <p>There are so many at most: the one that was not used for the longest time makes room for a new
 * one.
 */
final class Sessions {
  private static final ContextLocal<Request> REQUEST = ContextLocal.named("request");

  private final ReentrantLock lock = new ReentrantLock();

  /** Guarded by the lock; the one that was used last comes last. */
  private final Map<String, Session> byUser;

  /**
   * None yet.
   *
   * @param most how many there may be
   */
  Sessions(int most) {
    byUser =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Session> eldest) {
            return size() > most;
          }
        };
  }

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
    Request request = new Request(id, begin(user), new HashMap<>());
    T result = Context.current().with(REQUEST, request).call(body);
    merge(user, request.changes);
    return result;
  }

  private Session begin(String user) {
    lock.lock();
    try {
      Session old = byUser.get(user);
      Session session = (old == null ? new Session(user, 0, Map.of()) : old).requested();
      byUser.put(user, session);
      return session;
    } finally {
      lock.unlock();
    }
  }

  private void merge(String user, Map<String, List<String>> changes) {
    lock.lock();
    try {
      byUser.computeIfPresent(user, (name, latest) -> latest.with(changes));
    } finally {
      lock.unlock();
    }
  }

  /** Ends the session of a user, who may begin another one. */
  void end(String user) {
    lock.lock();
    try {
      byUser.remove(user);
    } finally {
      lock.unlock();
    }
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

  /** Of a user who was here; null if there is none, or none any more. */
  @Nullable Session of(String user) {
    lock.lock();
    try {
      return byUser.get(user);
    } finally {
      lock.unlock();
    }
  }
}
