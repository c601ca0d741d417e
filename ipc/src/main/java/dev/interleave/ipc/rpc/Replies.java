// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Replies to several clients, of which some may not take what they are sent: they keep neither each
 * other waiting nor those that do. Who sends waits no longer than for one client.
 *
 * <p>Not thread-safe.
 */
final class Replies {
  private final Map<ServerLink, List<Supplier<ByteBuffer>>> waiting = new LinkedHashMap<>();

  /**
   * Sends a reply if there is room for it.
   *
   * @param reply makes it; a second time if it has to wait for room, so that it takes no memory
   *     meanwhile
   */
  void send(ServerLink link, Supplier<ByteBuffer> reply) {
    if (waiting.containsKey(link) || !link.sendAtOnce(reply.get())) {
      waiting.computeIfAbsent(link, first -> new ArrayList<>()).add(reply);
    }
  }

  /** Sends the others, to all clients at the same time, to each of them one after the other. */
  void sendRest() {
    List<Runnable> rest = new ArrayList<>();
    waiting.forEach(
        (link, replies) -> rest.add(() -> replies.forEach(reply -> link.send(reply.get()))));
    if (rest.size() == 1) {
      rest.getFirst().run();
    } else {
      Together.begin(rest).awaitAll();
    }
  }
}
