// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.StopReport;
import dev.interleave.ipc.rpc.Codec;
import dev.interleave.ipc.rpc.RpcServer;
import dev.interleave.ipc.transport.Transport;
import dev.interleave.ipc.transport.TransportException;
import java.lang.invoke.MethodHandles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Owns objects that others use through {@link SharedObjects}: other threads, processes, machines.
 *
 * <pre>{@code
 * try (var host = SharedObjectsHost.start(Transport.sharedMemory(path))) {
 *   …
 * }
 * }</pre>
 *
 * <p>An object is made when somebody first asks for it by its name, and stays until the host is
 * closed: nothing is kept on a disk. All that it holds is bounded: how many objects there are, how
 * large one is, how large all are. Whoever can connect can use all objects.
 *
 * <p>Nobody ever holds anything here between two calls, so a client that dies leaves nothing
 * behind: what it did is done, as a whole or not at all.
 *
 * <p>Thread-safe. No argument may be {@code null}.
 */
public final class SharedObjectsHost implements AutoCloseable {
  private final SharedStore store;
  private final RpcServer server;

  private SharedObjectsHost(SharedStore store, RpcServer server) {
    this.store = store;
    this.server = server;
  }

  /**
   * Starts one with default limits.
   *
   * @throws TransportException if the transport cannot listen
   */
  public static SharedObjectsHost start(Transport transport) throws TransportException {
    return builder(transport).start();
  }

  /** Starts to build a host that listens there. */
  public static Builder builder(Transport transport) {
    return new Builder(transport);
  }

  /** Where clients can connect. */
  public Transport transport() {
    return server.transport();
  }

  /** What it has done so far. */
  public SharedObjectsStats stats() {
    return new SharedObjectsStats(
        store.objects(),
        store.bytes(),
        store.reads.sum(),
        store.applied.sum(),
        store.conflicts.sum(),
        store.full.sum(),
        server.stats());
  }

  /** As {@link RpcServer#close()}. The objects are gone then. */
  @Override
  public void close() {
    server.close();
  }

  /** As {@link RpcServer#close(Duration)}. The objects are gone then. */
  public StopReport close(Duration drain) {
    return server.close(drain);
  }

  /** The name and where it listens. */
  @Override
  public String toString() {
    return "SharedObjectsHost[" + server + ']';
  }

  /**
   * Properties of a host; not thread-safe. Every method but {@link #start} returns this builder and
   * checks nothing: that is done at once, by {@code start}.
   */
  public static final class Builder {
    /** What a message has beside the elements of an object. */
    private static final int ENVELOPE = 1024;

    private final Transport transport;
    private String name = "shared-objects";
    private int workers = 2;
    private int maxObjects = 1024;
    private long maxObjectBytes;
    private long maxBytes = 64L << 20;

    private Builder(Transport transport) {
      this.transport = Objects.requireNonNull(transport, "transport");
      maxObjectBytes = (long) transport.options().maxFrame() - ENVELOPE;
    }

    /** Stands in errors and names of threads. */
    public Builder name(String name) {
      this.name = name;
      return this;
    }

    /** How many threads serve, at least 1; by default 2. */
    public Builder workers(int workers) {
      this.workers = workers;
      return this;
    }

    /** How many objects there may be, at least 1; by default 1024. */
    public Builder maxObjects(int objects) {
      maxObjects = objects;
      return this;
    }

    /**
     * How large an object may be, with 64 bytes added for each element; by default, and at most, as
     * large as a frame of the transport, less 1 KiB: so that a snapshot of it is one message.
     */
    public Builder maxObjectBytes(long bytes) {
      maxObjectBytes = bytes;
      return this;
    }

    /** How large all objects together may be; by default 64 MiB. */
    public Builder maxBytes(long bytes) {
      maxBytes = bytes;
      return this;
    }

    /**
     * Checks everything, and begins to listen.
     *
     * @throws IllegalArgumentException if arguments are wrong; the message names all of them
     * @throws TransportException if the transport cannot listen
     */
    public SharedObjectsHost start() throws TransportException {
      List<String> wrong = new ArrayList<>();
      long most = (long) transport.options().maxFrame() - ENVELOPE;
      if (maxObjects < 1) {
        wrong.add("maxObjects is less than 1: " + maxObjects);
      }
      if (maxObjectBytes < 1 || maxObjectBytes > most) {
        wrong.add("maxObjectBytes is not in 1 to " + most + ": " + maxObjectBytes);
      }
      if (maxBytes < 1) {
        wrong.add("maxBytes is less than 1: " + maxBytes);
      }
      if (name.isBlank()) {
        wrong.add("name is blank: \"" + name + '"');
      }
      if (workers < 1) {
        wrong.add("workers is less than 1: " + workers);
      }
      if (!wrong.isEmpty()) {
        throw new IllegalArgumentException(String.join("; ", wrong));
      }
      SharedStore store = new SharedStore(maxObjects, maxObjectBytes, maxBytes);
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      return new SharedObjectsHost(
          store,
          RpcServer.builder(transport)
              .name(name)
              .codec(Codec.compact(lookup))
              .lookup(lookup)
              .register(SharedService.NAME, SharedService.class, store)
              .workers(workers)
              .start());
    }
  }
}
