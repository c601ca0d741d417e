// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.Deadline;
import dev.interleave.context.Context;
import dev.interleave.ipc.channel.SharedService.Applied;
import dev.interleave.ipc.channel.SharedService.Bytes;
import dev.interleave.ipc.channel.SharedService.Element;
import dev.interleave.ipc.channel.SharedService.Kind;
import dev.interleave.ipc.channel.SharedService.Op;
import dev.interleave.ipc.channel.SharedService.Step;
import dev.interleave.ipc.rpc.CallOptions;
import dev.interleave.ipc.rpc.Codec;
import dev.interleave.ipc.rpc.Coder;
import dev.interleave.ipc.rpc.RemoteException;
import dev.interleave.ipc.rpc.RpcClient;
import dev.interleave.ipc.rpc.RpcException;
import dev.interleave.ipc.rpc.RpcServer;
import dev.interleave.ipc.transport.Transport;
import dev.interleave.ipc.transport.TransportException;
import java.lang.invoke.MethodHandles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Maps, lists, counters and values that live at a {@link SharedObjectsHost} and are used from here.
 *
 * <pre>{@code
 * try (var objects = SharedObjects.connect(transport)) {
 *   SharedMap<String, Long> accounts = objects.map("accounts", String.class, Long.class);
 *   SharedCounter transfers = objects.counter("transfers");
 *   objects.atomically(Deadline.after(Duration.ofSeconds(1)), tx -> {
 *     tx.put(accounts, "anna", tx.require(accounts, "anna") - 100);
 *     tx.put(accounts, "bert", tx.require(accounts, "bert") + 100);
 *     tx.add(transfers, 1);
 *     return true;
 *   });
 * }
 * }</pre>
 *
 * <h2>Atomicity</h2>
 *
 * <p>Every method of an object is one call, and atomic: linearizable, its linearization point lies
 * at the host, between the call and its return. A read, and then a write that depends on it, are
 * two, and others may come between. For those there are methods that do both ({@link
 * SharedMap#putIfAbsent}, {@link SharedCounter#add}), writes that are done only if nothing has
 * changed since ({@link SharedMap#replace}), and {@link #atomically}, for any number of objects.
 * There are no locks to hold, so none that a process that dies could leave behind.
 *
 * <p>A value that was read is a copy. To change it changes nothing at the host.
 *
 * <h2>Errors</h2>
 *
 * <p>{@link SharedObjectException}: there is no room, or the object has other types; nothing was
 * done. {@link RpcException}: as for every call; after a timeout, an interrupt or a lost connection
 * it is not known whether a change was done, but it was as a whole or not at all. An interrupted
 * thread gets {@link dev.interleave.ipc.rpc.CallCancelledException}, and is still interrupted.
 * Every call ends within the timeout, and within the deadline of the request that it is made for
 * ({@link RpcServer#DEADLINE}).
 *
 * <p>Values and keys are encoded with the {@link Builder#codec}. Keys are equal if their bytes are,
 * as with {@link Codec#compact} they are if the keys are. No key and no value is {@code null}.
 *
 * <p>Thread-safe, as are all objects of it. No argument may be {@code null}. Memory: what was done
 * before a change happens before a read that returns it, within one JVM.
 */
public final class SharedObjects implements AutoCloseable {
  private final RpcClient client;
  private final Codec codec;
  private final SharedService service;

  private SharedObjects(RpcClient client, Codec codec) {
    this.client = client;
    this.codec = codec;
    service = client.proxy(SharedService.NAME, SharedService.class, CallOptions.unset());
  }

  /**
   * Connects with default options.
   *
   * @throws TransportException if there is no connection
   * @throws RpcException if there is no host of shared objects
   */
  public static SharedObjects connect(Transport transport)
      throws TransportException, InterruptedException {
    return builder(transport).connect();
  }

  /** Starts to build one that connects there. */
  public static Builder builder(Transport transport) {
    return new Builder(transport);
  }

  // ------------------------------------------------------------------ objects

  /**
   * The map of this name, which is made if there is none.
   *
   * @throws SharedObjectTypeException if the object of this name is something else
   * @throws SharedObjectFullException if there are too many objects
   * @throws dev.interleave.ipc.rpc.UnsupportedTypeException if the codec cannot handle a type
   */
  public <K, V> SharedMap<K, V> map(String name, Class<K> keys, Class<V> values) {
    Coder<K> key = codec.coder(keys);
    Coder<V> value = codec.coder(values);
    open(name, Kind.MAP, key.fingerprint(), value.fingerprint());
    return new SharedMap<>(this, name, key, value);
  }

  /** The list of this name; otherwise as {@link #map}. */
  public <E> SharedList<E> list(String name, Class<E> elements) {
    Coder<E> element = codec.coder(elements);
    open(name, Kind.LIST, 0, element.fingerprint());
    return new SharedList<>(this, name, element);
  }

  /** The counter of this name; otherwise as {@link #map}. A new one stands at 0. */
  public SharedCounter counter(String name) {
    open(name, Kind.COUNTER, 0, 0);
    return new SharedCounter(this, name);
  }

  /** The value of this name; otherwise as {@link #map}. A new one is not set. */
  public <T> SharedValue<T> value(String name, Class<T> type) {
    Coder<T> coder = codec.coder(type);
    open(name, Kind.VALUE, 0, coder.fingerprint());
    return new SharedValue<>(this, name, coder);
  }

  /** The objects whose names begin with this and a slash. It is made of them, and of no more. */
  public SharedNamespace namespace(String name) {
    return new SharedNamespace(this, name);
  }

  /** The names of all objects, sorted. */
  public Set<String> names() {
    return names("");
  }

  Set<String> names(String prefix) {
    return Collections.unmodifiableSet(new TreeSet<>(service.names(prefix).keySet()));
  }

  private void open(String name, Kind kind, int keys, int values) {
    service.open(Objects.requireNonNull(name, "name"), kind, keys, values);
  }

  // ------------------------------------------------------------------ transactions

  /**
   * Runs a function, and does all that it has asked for at once, if nothing of what it has read has
   * changed until then; else it begins anew, with a new transaction, until the deadline passes.
   * Somebody's transaction is done each time another one has to begin anew.
   *
   * <p>The function may run many times, so it should do nothing but work on the transaction. What
   * it reads one after the other may be of different moments; then it is never done. If it throws,
   * nothing is done.
   *
   * @return what the function has returned when it was done
   * @throws dev.interleave.ipc.rpc.CallTimeoutException if the deadline passes first
   * @throws RuntimeException what the function throws
   */
  public <R extends @Nullable Object> R atomically(
      Deadline deadline, Function<? super SharedTransaction, R> function) {
    Objects.requireNonNull(function, "function");
    Deadline given = Context.current().orElse(RpcServer.DEADLINE, Deadline.none());
    Deadline end = deadline.min(given);
    if (end.isNone()) {
      return repeat(function);
    }
    List<R> result = new ArrayList<>(1);
    Context.current().with(RpcServer.DEADLINE, end).run(() -> result.add(repeat(function)));
    return result.get(0);
  }

  private <R extends @Nullable Object> R repeat(Function<? super SharedTransaction, R> function) {
    while (true) {
      SharedTransaction transaction = new SharedTransaction(this);
      R result;
      try {
        result = function.apply(transaction);
      } finally {
        transaction.end();
      }
      if (transaction.isDone()) {
        return result;
      }
    }
  }

  // ------------------------------------------------------------------ for the objects

  Element read(String object, Bytes key) {
    return service.read(object, key);
  }

  Applied apply(List<Step> steps) {
    return service.apply(steps);
  }

  /** A change that depends on nothing: what it has found, or added up to. */
  Element change(Op op, String object, Bytes key, long number, byte @Nullable [] value) {
    Step step = new Step(op, object, key, number, value == null ? null : new Bytes(value));
    return service.apply(List.of(step)).elements().get(0);
  }

  /** A change that is done if the element has this version. */
  Applied changeIf(long version, Step step) {
    return service.apply(
        List.of(new Step(Op.CHECK, step.object(), step.key(), version, null), step));
  }

  List<SharedService.Pair> content(String object) {
    return service.content(object);
  }

  int size(String object) {
    return service.size(object);
  }

  /** Closes the connection. What waits fails; the objects stay at the host. Idempotent. */
  @Override
  public void close() {
    client.close();
  }

  /** The names of both sides. */
  @Override
  public String toString() {
    return "SharedObjects[" + client + ']';
  }

  /**
   * Properties of a connection; not thread-safe. Every method but {@link #connect} returns this
   * builder and checks nothing: that is done at once, by {@code connect}.
   */
  public static final class Builder {
    private final RpcClient.Builder client;
    private Codec codec = Codec.compact();

    private Builder(Transport transport) {
      client =
          RpcClient.builder(transport)
              .codec(Codec.compact(MethodHandles.lookup()))
              .map(
                  SharedObjectFullException.class,
                  e -> new SharedObjectFullException(e.remoteMessage().orElse(""), e))
              .map(
                  SharedObjectTypeException.class,
                  e -> new SharedObjectTypeException(e.remoteMessage().orElse(""), e))
              .map(ArithmeticException.class, e -> caused(new ArithmeticException(text(e)), e))
              .map(IllegalArgumentException.class, e -> new IllegalArgumentException(text(e), e))
              .map(
                  IndexOutOfBoundsException.class,
                  e -> caused(new IndexOutOfBoundsException(text(e)), e));
    }

    private static String text(RemoteException e) {
      return e.remoteMessage().orElse("");
    }

    private static <E extends Exception> E caused(E exception, Throwable cause) {
      exception.initCause(cause);
      return exception;
    }

    /** Stands in errors and names of threads. */
    public Builder name(String name) {
      client.name(name);
      return this;
    }

    /** Of keys and values; by default {@link Codec#compact}. All clients of a host use the same. */
    public Builder codec(Codec codec) {
      this.codec = Objects.requireNonNull(codec, "codec");
      return this;
    }

    /** How long a call may take; by default 10 s. */
    public Builder timeout(Duration timeout) {
      client.timeout(timeout);
      return this;
    }

    /** How long it may take to connect; by default 5 s. */
    public Builder connectTimeout(Duration timeout) {
      client.connectTimeout(timeout);
      return this;
    }

    /**
     * Checks everything, and connects.
     *
     * @throws IllegalArgumentException if arguments are wrong; the message names all of them
     * @throws TransportException if there is no connection
     * @throws RpcException if there is no host of shared objects
     */
    public SharedObjects connect() throws TransportException, InterruptedException {
      RpcClient connected = client.connect();
      boolean done = false;
      try {
        SharedObjects objects = new SharedObjects(connected, codec);
        done = true;
        return objects;
      } finally {
        if (!done) {
          connected.close();
        }
      }
    }
  }
}
