// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import dev.interleave.Deadline;
import dev.interleave.ipc.rpc.Calls.Box;
import dev.interleave.ipc.transport.Polled;
import dev.interleave.ipc.transport.TransportException;
import dev.interleave.jcstress.ipc.Ends;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A request that has arrived at a server of its own, of whose method there may be one at once. */
final class Request implements Box {
  final CompletableFuture<Long> promise = new CompletableFuture<>();
  volatile boolean run;
  final ServerCall call;
  final Replays.@Nullable Replay replay;
  private final Ends ends = new Ends();
  private final RpcServer server;
  private final ServerMethod method;
  private final ServerLink link;

  Request(String name) {
    this(name, null);
  }

  /** With a key. */
  Request(String name, @Nullable String key) {
    server = Calls.started(Calls.server(this).limit(Box.class, "get", 1));
    method = method(server, name);
    byte[] arguments =
        method.shape.arguments().toBytes(name.equals("get") ? new Object[0] : new Object[] {1L});
    link = new ServerLink(server, ends.there);
    replay = key == null ? null : server.replays().begin(method, key, link, 1);
    call =
        new ServerCall(
            link, 1, method, Deadline.none(), 0, Map.of(), new Decoder(arguments), replay);
    if (replay != null) {
      replay.isOf(call);
    }
    if (!call.enter()) {
      throw new IllegalStateException("nobody else is there");
    }
  }

  static ServerMethod method(RpcServer server, String name) {
    for (int i = 0; ; i++) {
      ServerMethod method = server.method(i);
      if (method == null) {
        throw new IllegalArgumentException(name);
      }
      if (method.shape.method().getName().equals(name)) {
        return method;
      }
    }
  }

  @Override
  public long get() {
    run = true;
    return 1;
  }

  @Override
  public CompletableFuture<Long> later(long number) {
    run = true;
    return promise;
  }

  /** Somebody asks for it again. */
  void asksAgain(String key) {
    if (server.replays().begin(method, key, link, 2) != null) {
      throw new IllegalStateException("it is under way");
    }
  }

  /** Who has asked again gives that up. */
  void cancelsAgain(Replays.Replay under) {
    under.cancel(link, 2);
  }

  /** Whether a call with this key would not be executed any more. */
  boolean isRemembered(String key) {
    return server.replays().begin(method, key, link, 3) == null && server.replays().running() == 0;
  }

  /** Ends the server, and says what it has done. */
  RpcServerStats stats() {
    server.close();
    return server.stats();
  }

  /** How many replies were sent. */
  int replies() {
    return received(ends);
  }

  static int received(Ends ends) {
    int[] frames = new int[1];
    try {
      while (ends.here.tryReceive(frame -> frames[0]++) == Polled.FRAME) {
        // the next
      }
    } catch (TransportException e) {
      throw new IllegalStateException(e);
    }
    return frames[0];
  }

  /** Whether the future of the method is cancelled, or is about to be: another thread does it. */
  boolean isCancelled() {
    try {
      long unused = promise.get(10, TimeUnit.SECONDS);
      return false;
    } catch (CancellationException e) {
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** How many more there may be of the method; counted up to two. */
  int places() {
    int places = 0;
    while (places < 2 && method.enter()) {
      places++;
    }
    return places;
  }
}
