// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import dev.interleave.Deadline;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Between processes that meet at a socket. */
final class SocketTransport implements Transport {
  private final Endpoint endpoint;
  private final WireKind kind;
  private final TransportOptions options;
  private final String name;

  SocketTransport(Endpoint endpoint, WireKind kind, TransportOptions options) {
    this.endpoint = endpoint;
    this.kind = kind;
    this.options = Objects.requireNonNull(options, "options");
    name = kind.scheme + ':' + endpoint.name();
  }

  Endpoint endpoint() {
    return endpoint;
  }

  WireKind kind() {
    return kind;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public TransportOptions options() {
    return options;
  }

  @Override
  public Listener listen() throws TransportException {
    try {
      Endpoint.Bound bound = endpoint.bind();
      SocketListener listener =
          new SocketListener(new SocketTransport(bound.endpoint(), kind, options), bound);
      listener.start();
      return listener;
    } catch (IOException e) {
      throw refused(e);
    }
  }

  @Override
  public Connection connect(Deadline deadline) throws TransportException, InterruptedException {
    SocketChannel channel;
    try {
      channel = endpoint.open();
    } catch (IOException e) {
      throw refused(e);
    }
    Result result = new Result();
    Opening opening = new Opening(this, channel, false, result);
    opening.start();
    return await(opening, result.future, deadline);
  }

  private static final class Result implements Opening.Taker {
    final CompletableFuture<RingConnection> future = new CompletableFuture<>();

    @Override
    public boolean ready(RingConnection connection) {
      return future.complete(connection);
    }

    @Override
    public void failed(TransportException why) {
      future.completeExceptionally(why);
    }
  }

  private RingConnection await(
      Opening opening, CompletableFuture<RingConnection> future, Deadline deadline)
      throws TransportException, InterruptedException {
    Wait wait =
        Waits.enter(
            new TransportResource(opening.name(), "connection"),
            "a connection",
            deadline.isNone() ? Wait.Exit.INTERRUPT : Wait.Exit.TIMEOUT);
    TransportWaitEvent event = TransportWaits.begin(name, "a connection");
    try {
      return future.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw rethrown(e);
    } catch (TimeoutException e) {
      throw new TransportTimeoutException(name + ": no connection", e);
    } catch (InterruptedException e) {
      throw Waits.causedBy(wait, e);
    } finally {
      wait.leave();
      if (event != null) {
        event.commit();
      }
      if (future.cancel(false)) { // nobody waits for it any more
        opening.cancel();
      }
    }
  }

  /** What the other thread saw, with the stack of this one added. */
  private static TransportException rethrown(ExecutionException e) {
    if (e.getCause() instanceof TransportException why) {
      why.addSuppressed(e);
      return why;
    }
    throw new AssertionError(e);
  }

  private TransportException refused(IOException e) {
    return e instanceof TransportException known
        ? known
        : new TransportFailedException(name + ": " + e.getMessage(), e);
  }

  /** For messages: the name. */
  @Override
  public String toString() {
    return name;
  }
}
