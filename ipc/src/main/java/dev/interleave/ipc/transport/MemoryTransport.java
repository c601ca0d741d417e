// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import dev.interleave.Deadline;
import dev.interleave.buffer.BufferClosedException;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** Between threads of this JVM. */
final class MemoryTransport implements Transport {
  private static final ConcurrentHashMap<String, MemoryListener> LISTENERS =
      new ConcurrentHashMap<>();

  private final String name;
  private final TransportOptions options;

  MemoryTransport(String name, TransportOptions options) {
    Objects.requireNonNull(name, "name");
    if (name.isBlank()) {
      throw new IllegalArgumentException("name is blank: \"" + name + '"');
    }
    this.name = "memory:" + name;
    this.options = Objects.requireNonNull(options, "options");
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
    MemoryListener listener = new MemoryListener();
    if (LISTENERS.putIfAbsent(name, listener) != null) {
      throw new AddressInUseException(name + ": somebody listens already");
    }
    return listener;
  }

  @Override
  public Connection connect(Deadline deadline) throws TransportException, InterruptedException {
    MemoryListener listener = LISTENERS.get(name);
    if (listener == null) {
      throw new NoListenerException(name + ": nobody listens");
    }
    return listener.take(options, deadline);
  }

  /** For messages: the name. */
  @Override
  public String toString() {
    return name;
  }

  private final class MemoryListener implements Listener {
    private final ReadyConnections ready = new ReadyConnections(name, options.backlog());

    RingConnection take(TransportOptions theirs, Deadline deadline)
        throws TransportException, InterruptedException {
      MemoryLink.Pair pair = MemoryLink.pair(name, theirs, options);
      try {
        if (!ready.put(pair.accepted(), deadline)) {
          throw new TransportTimeoutException(name + ": the listener accepts nobody");
        }
      } catch (BufferClosedException e) {
        throw new NoListenerException(name + ": nobody listens any more", e);
      }
      return pair.connecting();
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Transport transport() {
      return MemoryTransport.this;
    }

    @Override
    public Connection accept(Deadline deadline) throws TransportException, InterruptedException {
      return ready.accept(deadline);
    }

    @Override
    public long refused() {
      return 0;
    }

    @Override
    public void close() {
      boolean unused = LISTENERS.remove(name, this);
      ready.close();
    }

    /** For messages: the name. */
    @Override
    public String toString() {
      return "listener at " + name;
    }
  }
}
