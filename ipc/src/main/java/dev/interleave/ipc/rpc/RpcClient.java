// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import dev.interleave.Deadline;
import dev.interleave.context.Context;
import dev.interleave.context.ContextCarrier;
import dev.interleave.ipc.transport.Transport;
import dev.interleave.ipc.transport.TransportException;
import dev.interleave.pool.PoolStats;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Calls the methods of objects that an {@link RpcServer} serves.
 *
 * <pre>{@code
 * try (var client = RpcClient.connect(transport)) {
 *   Calculator calculator = client.proxy(Calculator.class, Duration.ofSeconds(5));
 *   long sum = calculator.add(2, 3);
 *   CompletableFuture<Long> later = calculator.factorial(20);
 * }
 * }</pre>
 *
 * <h2>A call</h2>
 *
 * <p>It ends once, in one of these ways, which are all counted apart: by its result; by what the
 * method threw, a {@link RemoteException}; or by an {@link RpcException}, whose subclasses say why.
 * Every call has a deadline: that of the call or proxy ({@link CallOptions}), else that of the
 * method ({@link RpcOptions}), else that of the client; and if it is made while a request is being
 * served, never a later one than that has ({@link RpcServer#DEADLINE}). A call whose deadline
 * passes or whose thread is interrupted ends at once, and the server is told to interrupt it. A
 * blocked call is registered with {@link dev.interleave.diagnose.Waits}. An interrupted one throws
 * {@link CallCancelledException} with the thread still interrupted, or {@link InterruptedException}
 * if the method declares it.
 *
 * <p>A method that returns a {@code CompletableFuture} does not block but for room in the
 * transport. To cancel the future cancels the call. What depends on it runs on the {@link
 * Builder#completions} executor, or a thread of its own, so it may block.
 *
 * <h2>The end of the connection</h2>
 *
 * <p>When it ends all pending calls fail at once, with the reason. If {@link Builder#reconnect}
 * says so the client tries to connect again, and then pending calls that are marked as safe to
 * repeat, or have an idempotency key, or were not sent yet, are sent again, and new calls wait, up
 * to their deadlines, until there is a connection. Without it, the client is of no use after that.
 *
 * <p>Thread-safe; any number of threads share one connection. It is read by the threads that wait
 * for their replies, one at a time, which reads for the others, too; and by a platform thread of
 * the client if there are none, or only virtual ones, or calls that nobody waits for. Memory: what
 * the method did happens before the call returns, within one JVM. No argument may be {@code null},
 * but those of remote methods.
 */
public final class RpcClient implements AutoCloseable {
  private static final AtomicInteger NAMES = new AtomicInteger();

  private final String name;
  private final Codec codec;
  private final Duration timeout;
  private final ContextCarrier carrier;
  private final Executor completions;
  private final Map<String, Function<RemoteException, ? extends Exception>> mappings;
  private final ClientLink link;
  private final Map<String, Latency> latencies = new ConcurrentHashMap<>();

  private RpcClient(Builder from) throws TransportException, InterruptedException {
    name = from.name == null ? "rpc-client-" + NAMES.incrementAndGet() : from.name;
    codec = from.codec;
    timeout = from.timeout;
    carrier = from.carrier;
    completions = from.completions;
    mappings = Map.copyOf(from.mappings);
    link =
        new ClientLink(
            name, from.connecting, codec, from.connectTimeout, from.reconnect, from.maxPending);
  }

  /**
   * Connects with default options.
   *
   * @throws TransportException if there is no connection
   * @throws ServiceMismatchException if the two sides do not fit
   */
  public static RpcClient connect(Transport transport)
      throws TransportException, InterruptedException {
    return builder(transport).connect();
  }

  /** Starts to build a client. */
  public static Builder builder(Transport transport) {
    return new Builder(Objects.requireNonNull(transport, "transport")::connect);
  }

  /** As {@link #builder}, over connections that a test has made. */
  static Builder over(ClientLink.Connecting connecting) {
    return new Builder(connecting);
  }

  // ------------------------------------------------------------------ calls

  /** As {@link #proxy(Class, CallOptions)}, with nothing set. */
  public <T> T proxy(Class<T> type) {
    return proxy(type, CallOptions.unset());
  }

  /** As {@link #proxy(Class, CallOptions)}, with a timeout for each call. */
  public <T> T proxy(Class<T> type, Duration timeout) {
    return proxy(type, CallOptions.unset().withTimeout(timeout));
  }

  /** The service that has the simple name of the interface. */
  public <T> T proxy(Class<T> type, CallOptions options) {
    return proxy(type.getSimpleName(), type, options);
  }

  /**
   * An object whose abstract methods are calls. Default methods run here; {@code equals}, {@code
   * hashCode} and {@code toString} are about the proxy. Thread-safe, and cheap enough to make one
   * for a single call with special options.
   *
   * @throws UnknownMethodException if the server lacks the service, or one of the methods
   * @throws ServiceMismatchException if the types of a method differ there
   * @throws UnsupportedTypeException if the codec cannot handle a type
   * @throws IllegalArgumentException if the interface has no methods to call
   */
  public <T> T proxy(String service, Class<T> type, CallOptions options) {
    Objects.requireNonNull(service, "service");
    Objects.requireNonNull(options, "options");
    return ServiceProxy.of(this, service, type, options);
  }

  /**
   * Calls without an interface, and waits.
   *
   * @throws RemoteException if the method threw
   * @throws RpcException if the call failed otherwise
   */
  public @Nullable Object call(
      String service, RpcMethod method, CallOptions options, @Nullable Object... arguments) {
    return call(method(service, method), options, arguments);
  }

  /** As {@link #call(String, RpcMethod, CallOptions, Object...)}, with nothing set. */
  public @Nullable Object call(String service, RpcMethod method, @Nullable Object... arguments) {
    return call(service, method, CallOptions.unset(), arguments);
  }

  /**
   * Calls without an interface; the future fails with what {@link #call} would throw.
   *
   * @throws UnknownMethodException if the server lacks the service or the method, at once
   * @throws ServiceMismatchException if the types differ there, at once
   */
  public CompletableFuture<@Nullable Object> callAsync(
      String service, RpcMethod method, CallOptions options, @Nullable Object... arguments) {
    return callAsync(method(service, method), options, e -> e, arguments);
  }

  @Nullable Object call(ClientMethod method, CallOptions options, @Nullable Object[] arguments) {
    PendingCall call = begin(method, options, arguments, null);
    try {
      if (Thread.interrupted()) { // or it would depend on how fast the reply is
        throw new InterruptedException();
      }
      link.send(call);
      Outcome outcome = link.await(call);
      if (outcome == null && link.giveUp(call, Outcome.Kind.TIMED_OUT, () -> link.timeout(call))) {
        outcome = call.outcome();
      }
      return settled(call, outcome).get(call);
    } catch (InterruptedException e) {
      boolean unused =
          link.giveUp(
              call,
              Outcome.Kind.CANCELLED,
              () -> new CallCancelledException(name + ": " + call + " was interrupted", e));
      Outcome outcome = settled(call, call.outcome());
      Thread.currentThread().interrupt();
      return outcome.get(call);
    }
  }

  /** Who took the call out of the table is about to settle it. */
  private static Outcome settled(PendingCall call, @Nullable Outcome known) {
    return known != null ? known : call.awaitSettled();
  }

  CompletableFuture<@Nullable Object> callAsync(
      ClientMethod method,
      CallOptions options,
      Function<RemoteException, Throwable> mapping,
      @Nullable Object[] arguments) {
    CallFuture future = new CallFuture(link, completions, mapping);
    PendingCall call;
    try {
      call = begin(method, options, arguments, future);
    } catch (RpcException e) {
      future.failed(e);
      return future;
    }
    try {
      link.send(call);
    } catch (InterruptedException e) {
      boolean unused =
          link.giveUp(
              call,
              Outcome.Kind.CANCELLED,
              () -> new CallCancelledException(name + ": " + call + " was interrupted", e));
      Thread.currentThread().interrupt();
    }
    return future;
  }

  private PendingCall begin(
      ClientMethod method,
      CallOptions given,
      @Nullable Object[] arguments,
      @Nullable CallFuture future) {
    CallOptions options = given.orElse(method.options());
    Duration limit = options.timeout();
    Context context = Context.current();
    Deadline deadline =
        Deadline.after(limit == null ? timeout : limit)
            .min(context.orElse(RpcServer.DEADLINE, Deadline.none()));
    byte[] encoded = encoded(method, arguments);
    Map<String, String> headers = carrier.inject(context);
    RpcException gone = link.gone(method);
    if (gone != null) {
      link.counts.lost.increment();
      throw gone;
    }
    if (!link.pending.enter()) {
      link.counts.rejected.increment();
      throw new CallRejectedException(name + ": " + method + ": " + link.pending.full(), null);
    }
    PendingCall call =
        new PendingCall(link.pending.nextId(), method, options, deadline, headers, encoded, future);
    call.mayLead = future == null && link.mayBeRead() && !Thread.currentThread().isVirtual();
    link.pending.add(call);
    if (future != null) { // after that: an alarm finds what it is to end
      Future<?> alarm =
          deadline.isNone()
              ? null
              : ClientThreads.after(
                  deadline.remainingNanos(),
                  () -> link.giveUp(call, Outcome.Kind.TIMED_OUT, () -> link.timeout(call)));
      future.of(call, alarm);
    }
    return call;
  }

  private byte[] encoded(ClientMethod method, @Nullable Object[] arguments) {
    try {
      return method.arguments().toBytes(arguments);
    } catch (CodecException e) {
      link.counts.failed.increment();
      throw new BadArgumentException(name + ": " + method + ": " + e.getMessage(), e);
    }
  }

  ClientMethod method(String service, MethodShape shape, CallOptions options) {
    return checked(
        new ClientMethod(
            service,
            shape.signature(),
            shape.arguments(),
            shape.result(),
            options,
            latency(service, shape.signature())));
  }

  private ClientMethod method(String service, RpcMethod method) {
    String signature = method.signature();
    return checked(
        new ClientMethod(
            service,
            signature,
            codec.arguments(method.parameters().toArray(Type[]::new)),
            codec.coder(method.result()),
            CallOptions.unset(),
            latency(service, signature)));
  }

  private Latency latency(String service, String signature) {
    return latencies.computeIfAbsent(service + '.' + signature, key -> new Latency());
  }

  private ClientMethod checked(ClientMethod method) {
    link.check(method);
    return method;
  }

  Codec codec() {
    return codec;
  }

  /** What a remote exception is to be thrown as. */
  Throwable mapped(RemoteException e) {
    Function<RemoteException, ? extends @Nullable Exception> mapping =
        mappings.get(e.remoteClass());
    Exception mapped = mapping == null ? e : mapping.apply(e);
    return mapped == null ? e : mapped; // no reason to lose what the method threw
  }

  // ------------------------------------------------------------------ looking

  /** The name of this client. */
  public String name() {
    return name;
  }

  /** The name of the server, as it has said. */
  public String server() {
    return link.server();
  }

  /** The calls that wait for their replies, the oldest first: a snapshot. */
  public List<PendingRpc> pending() {
    List<PendingRpc> all = new ArrayList<>();
    for (PendingCall call : link.pending.all()) {
      all.add(
          new PendingRpc(
              call.id,
              call.method.toString(),
              Duration.ofNanos(System.nanoTime() - call.began),
              call.deadline.remaining(),
              call.sentOver.get() != null,
              call.safe));
    }
    all.sort(Comparator.comparingLong(PendingRpc::id));
    return List.copyOf(all);
  }

  /** What it has done so far. */
  public RpcClientStats stats() {
    Map<String, PoolStats.Times> latency = new HashMap<>();
    latencies.forEach((method, times) -> latency.put(method, times.times()));
    ClientCounts counts = link.counts;
    return new RpcClientStats(
        name,
        link.isConnected(),
        link.pending.size(),
        counts.ok.sum(),
        counts.failed.sum(),
        counts.timedOut.sum(),
        counts.rejected.sum(),
        counts.cancelled.sum(),
        counts.lost.sum(),
        counts.repeated.sum(),
        link.pending.late.sum(),
        link.pending.duplicate.sum(),
        link.pending.unknown.sum(),
        counts.ignored.sum(),
        counts.reconnects.sum(),
        latency);
  }

  /**
   * Closes the connection. All pending calls fail with {@link ClientClosedException}. Idempotent.
   */
  @Override
  public void close() {
    link.close();
  }

  /** The names of both sides. */
  @Override
  public String toString() {
    return "RpcClient[" + name + " of " + link.server() + ']';
  }

  // ------------------------------------------------------------------ building

  /**
   * Properties of a client; not thread-safe. Every method but {@link #connect} returns this builder
   * and checks nothing: that is done at once, by {@code connect}.
   */
  public static final class Builder {
    private final ClientLink.Connecting connecting;
    private final Map<String, Function<RemoteException, ? extends Exception>> mappings =
        new LinkedHashMap<>();
    private @Nullable String name;
    private Codec codec = Codec.compact();
    private Duration timeout = Duration.ofSeconds(10);
    private Duration connectTimeout = Duration.ofSeconds(5);
    private ContextCarrier carrier = ContextCarrier.of();
    private Executor completions = ClientThreads.COMPLETIONS;
    private int maxPending = 4096;
    private @Nullable Reconnect reconnect;

    private Builder(ClientLink.Connecting connecting) {
      this.connecting = connecting;
    }

    /** Stands in errors and names of threads. */
    public Builder name(String name) {
      this.name = name;
      return this;
    }

    /** The same as that of the server; by default {@link Codec#compact}. */
    public Builder codec(Codec codec) {
      this.codec = codec;
      return this;
    }

    /** How long a call may take that does not say; by default 10 s. */
    public Builder timeout(Duration timeout) {
      this.timeout = timeout;
      return this;
    }

    /** How long it may take to connect, handshakes included; by default 5 s. */
    public Builder connectTimeout(Duration timeout) {
      connectTimeout = timeout;
      return this;
    }

    /** What of the caller's context is sent. */
    public Builder carrier(ContextCarrier carrier) {
      this.carrier = carrier;
      return this;
    }

    /**
     * Completes futures; by default up to 32 threads that all clients of this JVM share, with 4096
     * places for what waits for them. When those are taken, too, or an executor rejects it, a
     * completion gets a virtual thread of its own, and what depends on the future may block there
     * as well: it holds a place of {@link #maxPending} until that has ended, so there are never
     * more of them than calls may be pending, and calls are rejected when they do not end. Neither
     * a thread that reads nor the clock of the deadlines runs it. So it is, too, if {@code execute}
     * throws anything else, which is logged.
     *
     * <p>With {@code Runnable::run} the thread that reads does it, which may be one that waits for
     * a reply of its own: faster, but whatever depends on a future must not block then. The same
     * holds for any executor that may block in {@code execute}, or run tasks there. The clock does
     * not even call an executor: when a deadline passes, the default threads do.
     */
    public Builder completions(Executor executor) {
      completions = executor;
      return this;
    }

    /**
     * How many calls may be pending, at least 1; by default 4096. More are rejected. Completions
     * that have a thread of their own count, too: see {@link #completions}. So do cancels that wait
     * for room in the transport, for a second at most.
     */
    public Builder maxPending(int calls) {
      maxPending = calls;
      return this;
    }

    /**
     * Connects again when the connection is lost: after a random time of up to {@code first}, then
     * up to twice as long each time, up to {@code most}; until {@code giveUpAfter} has passed.
     */
    public Builder reconnect(Duration first, Duration most, Duration giveUpAfter) {
      reconnect = new Reconnect(first, most, giveUpAfter);
      return this;
    }

    /**
     * Has proxies throw something else for a remote exception of exactly this class; if it is
     * checked, only where the method declares it. Futures of proxies fail with it in any case. If
     * the mapping gives {@code null}, the remote exception is thrown as it is.
     */
    public <E extends Exception> Builder map(
        Class<E> type, Function<? super RemoteException, ? extends E> mapping) {
      mappings.put(type.getName(), mapping::apply);
      return this;
    }

    /**
     * Checks everything, and connects.
     *
     * @throws IllegalArgumentException if arguments are wrong; the message names all of them
     * @throws TransportException if there is no connection
     * @throws ServiceMismatchException if the two sides do not fit
     * @throws PeerLostException if the server ends the connection during the handshake
     */
    public RpcClient connect() throws TransportException, InterruptedException {
      List<String> wrong = new ArrayList<>();
      if (name != null && name.isBlank()) {
        wrong.add("name is blank: \"" + name + '"');
      }
      positive("timeout", timeout, wrong);
      positive("connectTimeout", connectTimeout, wrong);
      if (maxPending < 1) {
        wrong.add("maxPending is less than 1: " + maxPending);
      }
      if (reconnect != null) {
        positive("first", reconnect.first(), wrong);
        positive("most", reconnect.most(), wrong);
        positive("giveUpAfter", reconnect.giveUpAfter(), wrong);
      }
      if (!wrong.isEmpty()) {
        throw new IllegalArgumentException(String.join("; ", wrong));
      }
      RpcClient client = new RpcClient(this);
      client.link.start();
      return client;
    }

    private static void positive(String what, Duration duration, List<String> wrong) {
      if (duration.isNegative() || duration.isZero()) {
        wrong.add(what + " is not positive: " + duration);
      }
    }
  }
}
