// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import dev.interleave.Deadline;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.Objects;

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
    prepare();
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
    prepare();
    SocketChannel channel;
    try {
      channel = endpoint.open();
    } catch (IOException e) {
      throw refused(e);
    }
    Handover handover = new Handover();
    Opening opening = new Opening(this, channel, false, handover);
    opening.start();
    return handover.await(name, opening.name(), deadline, opening::cancel);
  }

  private void prepare() {
    if (kind == WireKind.SHARED_MEMORY) {
      Rehearsal.begin();
    }
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
