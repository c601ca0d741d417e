// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import dev.interleave.Deadline;
import dev.interleave.StopReport;
import dev.interleave.context.Context;
import dev.interleave.context.ContextCarrier;
import dev.interleave.context.ContextLocal;
import dev.interleave.ipc.transport.Connection;
import dev.interleave.ipc.transport.Listener;
import dev.interleave.ipc.transport.Transport;
import dev.interleave.ipc.transport.TransportClosedException;
import dev.interleave.ipc.transport.TransportException;
import dev.interleave.lifecycle.Threads;
import dev.interleave.pool.MonitoredPool;
import java.lang.invoke.MethodHandles;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets clients call the methods of objects here, over any {@link Transport}.
 *
 * <pre>{@code
 * interface Calculator {
 *   long add(long a, long b);
 *   CompletableFuture<Long> factorial(int n);
 * }
 *
 * var server = RpcServer.builder(transport).register(Calculator.class, impl).workers(4).start();
 * }</pre>
 *
 * <h2>What can be called</h2>
 *
 * <p>The abstract methods of an interface, overloads included; static and default methods, and
 * those of {@code Object}, are the client's own. All types of parameters and results have to be
 * known to the {@link Codec}, or {@link Builder#start} says which is not. A method that returns a
 * {@code CompletableFuture<T>} is asynchronous: it gives its worker back, and the reply is sent
 * when the future completes, by the thread that completes it.
 *
 * <h2>A request</h2>
 *
 * <ul>
 *   <li><b>Bounded.</b> It waits for a worker in a bounded queue. If that, the limit of its method
 *       or that of its connection is reached, or the server is closing, it is rejected at once, and
 *       the client gets {@link CallRejectedException}.
 *   <li><b>Deadline.</b> It carries how much time is left. If that passes while it waits it is
 *       never run; while it runs it is interrupted, and the future of an asynchronous one
 *       cancelled, on a virtual thread. Code that it runs finds the deadline in {@link #DEADLINE},
 *       and calls that it makes by an {@link RpcClient} are shortened to it.
 *   <li><b>Cancel.</b> If the client gives the call up, or its connection ends, a waiting request
 *       is dropped, a running one interrupted, and the future of an asynchronous one cancelled, on
 *       a virtual thread. With an {@linkplain CallOptions idempotency key} it goes on as long as
 *       others wait for it that asked again, of which there may be 64, and when the connection
 *       ends.
 *   <li><b>Order.</b> By arrival; or by lanes, see {@link Builder#aging}. Requests of one client
 *       run at the same time if there are workers.
 *   <li><b>Reply.</b> One at most. What the method throws goes to the client, as {@link
 *       RemoteException}. A client that does not take its replies is disconnected after {@link
 *       Builder#replyTimeout}, so that it does not hold up the workers.
 *   <li><b>Context.</b> It runs in an empty context, with the entries that the {@link
 *       Builder#carrier} lists and the client sent.
 * </ul>
 *
 * <p>Memory effects: what the caller did before the call happens before the method within one JVM;
 * that, before the call returns. What is registered is called by many threads at once.
 *
 * <p>Progress: one reader thread for each connection, none for a request; with {@link
 * Builder#direct} it executes them. Thread-safe. No argument may be {@code null}.
 */
public final class RpcServer implements AutoCloseable {
  /** The deadline of the request that is being served; unset if it has none. */
  public static final ContextLocal<Deadline> DEADLINE = ContextLocal.named("rpc.deadline");

  /** Which server this thread executes a request of. */
  private static final ThreadLocal<@Nullable RpcServer> SERVING = new ThreadLocal<>();

  private static final String CLOSING = "the server is closing";

  /** How long clients may take to be told that their requests end, as the server does. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private static final Threads LEAVING = Threads.virtual("interleave-rpc-leaving-{n}").build();
  private static final Logger LOG = LoggerFactory.getLogger(RpcServer.class);

  final ServerCounts counts = new ServerCounts();
  private final String name;
  private final Codec codec;
  private final ContextCarrier carrier;
  private final Duration handshakeTimeout;
  private final Duration replyTimeout;
  private final int maxConnections;
  private final int maxInFlight;
  private final long agingNanos;
  private final List<ServerMethod> methods;
  private final Listener listener;
  private final MonitoredPool pool;
  private final @Nullable DirectCalls direct;
  private final Threads readers;
  private final Thread acceptor;
  private final Replays replays;
  private final Set<ServerLink> links = ConcurrentHashMap.newKeySet();
  private final Map<ServerCall, CompletableFuture<?>> asynchronous = new ConcurrentHashMap<>();
  private final long born = System.nanoTime();

  /** What the pool has thrown away, as it is closed: whoever closes it rejects that. */
  private final Queue<ServerCall> thrownAway = new ConcurrentLinkedQueue<>();

  /** Whether it has been looked for what was thrown away; before that. */
  private volatile boolean swept;

  private volatile boolean closing;

  private RpcServer(Builder from, List<ServerMethod> methods) throws TransportException {
    this.methods = methods;
    name = from.name == null ? "rpc-" + from.transport.name() : from.name;
    codec = from.codec;
    carrier = from.carrier;
    handshakeTimeout = from.transport.options().handshakeTimeout();
    replyTimeout = from.replyTimeout;
    maxConnections = from.maxConnections;
    maxInFlight = from.maxInFlight;
    Duration aging = from.aging;
    agingNanos = aging == null ? 0 : TimeUnit.NANOSECONDS.convert(aging);
    replays = new Replays(from.rememberedReplies);
    direct = from.direct ? new DirectCalls(() -> closing) : null;
    readers = Threads.platform(name + "-reader-{n}").daemon(true).build();
    acceptor = Threads.platform(name + "-acceptor").daemon(true).build().newThread(this::accept);
    pool = pool(from); // before the address is taken: it says what it cannot be
    boolean listens = false;
    try {
      listener = from.transport.listen();
      listens = true;
    } finally {
      if (!listens) {
        pool.shutdown();
      }
    }
  }

  private MonitoredPool pool(Builder from) {
    MonitoredPool.Builder workers =
        MonitoredPool.builder(name).queueCapacity(from.queueCapacity).daemon(true);
    if (from.direct) {
      workers.threads(0, 1); // which are never needed
    } else if (from.virtual) {
      workers.virtual(from.workers);
    } else {
      workers.threads(Math.min(1, from.workers), from.workers);
    }
    if (from.aging != null) {
      workers.priority(Comparator.comparingLong(task -> ((ServerCall) task).order));
    }
    return workers.build();
  }

  /**
   * Starts to build a server that listens there. With the default options it has as many workers as
   * there are processors.
   */
  public static Builder builder(Transport transport) {
    return new Builder(transport);
  }

  // ------------------------------------------------------------------ connections

  private void accept() {
    for (; ; ) {
      try {
        admit(listener.accept(Deadline.none()));
      } catch (TransportClosedException e) {
        return; // by close
      } catch (TransportException e) {
        LOG.error("{} accepts no more connections", name, e);
        return;
      } catch (InterruptedException e) {
        LOG.error("{} accepts no more connections: its thread was interrupted", name, e);
        return;
      }
    }
  }

  private void admit(Connection connection) {
    counts.accepted.increment();
    ServerLink link = new ServerLink(this, connection);
    if (links.size() >= maxConnections) {
      counts.refused.increment();
      link.leave("the server has " + maxConnections + " connections, which are the most it takes");
      return;
    }
    links.add(link);
    if (closing) { // either close sees the link, or this sees that it closes
      link.leave(CLOSING);
    }
    readers.newThread(link).start();
  }

  void remove(ServerLink link) {
    links.remove(link);
  }

  /** Disconnects all clients, as a network would: for tests. */
  void dropConnections() {
    links.forEach(ServerLink::drop);
  }

  /** A connection has ended, by this. */
  void ended(ServerLink link, Exception reason) {
    LOG.debug("{}: {} has ended", name, link, reason);
  }

  void broken(ServerLink link, Exception reason) {
    counts.broken.increment();
    LOG.warn("{}: closes {}, which broke the protocol: {}", name, link, reason.getMessage());
  }

  void refused(ServerLink link, Exception reason) {
    counts.refused.increment();
    LOG.warn("{}: refuses {}: {}", name, link, reason.getMessage());
  }

  Duration handshakeTimeout() {
    return handshakeTimeout;
  }

  int maxInFlight() {
    return maxInFlight;
  }

  Duration replyTimeout() {
    return replyTimeout;
  }

  Codec codec() {
    return codec;
  }

  Replays replays() {
    return replays;
  }

  /** What a client is told first: all there is. */
  List<ByteBuffer> greeting(int maxFrame) {
    Map<String, List<ServerMethod>> services = new LinkedHashMap<>();
    methods.forEach(m -> services.computeIfAbsent(m.service, s -> new ArrayList<>()).add(m));
    List<ByteBuffer> messages = new ArrayList<>();
    Encoder hello = new Encoder(maxFrame);
    new Frames.Hello(name, codec.name()).write(hello);
    hello.writeUnsigned(services.size());
    messages.add(hello.toByteBuffer());
    services.forEach((service, all) -> {
      Encoder out = new Encoder(maxFrame);
      out.writeByte(Frames.SERVICE);
      out.writeString(service);
      out.writeUnsigned(all.size());
      for (ServerMethod method : all) {
        out.writeString(method.shape.signature());
        out.writeInt(method.shape.fingerprints().arguments());
        out.writeInt(method.shape.fingerprints().result());
      }
      messages.add(out.toByteBuffer());
    });
    return messages;
  }

  // ------------------------------------------------------------------ requests

  @Nullable ServerMethod method(long number) {
    return number >= 0 && number < methods.size() ? methods.get((int) number) : null;
  }

  /**
   * Where a request that arrives now stands among those that wait. That of a lane further back
   * counts as one that came later, by the time of aging for each lane: so it is overtaken only by
   * those that come in this time, and nothing has to be sorted anew as time passes.
   */
  long order(int lane) {
    return System.nanoTime() - born + lane * agingNanos;
  }

  Context context(Map<String, String> headers, Deadline deadline) {
    Context context = carrier.extract(Context.empty(), headers);
    return deadline.isNone() ? context : context.with(DEADLINE, deadline);
  }

  /** How requests run on the threads that read; null if they do not. */
  @Nullable DirectCalls direct() {
    return direct;
  }

  void submit(ServerCall call, int inFlight, DirectCalls.@Nullable Place here) {
    if (inFlight > maxInFlight) {
      call.reject(call.link.full());
    } else if (!call.enter()) {
      call.reject("the limit of " + call.method + " is reached");
    } else if (closing || (here != null && !here.take(call))) {
      call.reject(CLOSING);
    } else if (here == null) {
      try {
        call.submitted(pool.<@Nullable Void>submit(call, call.deadline));
      } catch (RejectedExecutionException e) {
        call.reject(closing ? CLOSING : "the queue of " + name + " is full");
      } catch (RuntimeException | Error e) {
        call.reject("it could not be run: " + e); // for want of a thread
        throw e;
      }
    }
  }

  /** It will not run, as the server closes. */
  void thrownAway(ServerCall call) {
    thrownAway.add(call);
    if (swept && thrownAway.remove(call)) { // its reader has been late to hear of it
      call.reject(CLOSING);
    }
  }

  /** Executes a request on this thread. */
  void serve(Runnable request) {
    SERVING.set(this);
    try {
      request.run();
    } finally {
      SERVING.remove();
    }
  }

  /** The future that a method has returned, until it completes. */
  void asynchronous(ServerCall call, CompletableFuture<?> running) {
    asynchronous.put(call, running);
    CompletableFuture<?> unused = running.whenComplete((value, error) -> asynchronous.remove(call));
  }

  // ------------------------------------------------------------------ the end

  /** Where clients can connect: with the port that the listener got, if the transport had none. */
  public Transport transport() {
    return listener.transport();
  }

  /** The name, which stands in the stacks of remote exceptions. */
  public String name() {
    return name;
  }

  /** What it has done so far. */
  public RpcServerStats stats() {
    return new RpcServerStats(
        name,
        links.size(),
        counts.accepted.sum(),
        counts.refused.sum(),
        counts.broken.sum(),
        links.stream().mapToInt(ServerLink::inFlight).sum(),
        counts.received.sum(),
        counts.ok.sum(),
        counts.failed.sum(),
        counts.rejected.sum(),
        counts.expired.sum(),
        counts.timedOut.sum(),
        counts.cancelled.sum(),
        counts.unknown.sum(),
        counts.bad.sum(),
        counts.repeated.sum(),
        counts.repliesLost.sum(),
        counts.ignored.sum(),
        pool.stats());
  }

  /** As {@link #close(Duration)}, with five seconds; what did not end by then is logged. */
  @Override
  public void close() {
    StopReport report = close(Duration.ofSeconds(5));
    if (!report.isClean()) {
      LOG.warn("{}", report);
    }
  }

  /**
   * Takes no more connections, rejects requests that come, and lets those that are here end for so
   * long. Then it rejects those that wait, interrupts those that run, cancels asynchronous ones,
   * and disconnects all clients at the same time, whose pending calls fail. Idempotent; each call
   * reports what it has found itself. If the thread is interrupted, the rest of the time is not
   * waited for; it is still interrupted when this returns.
   *
   * <p>For clients that do not take what they are told, and for what depends on a cancelled future,
   * it does not wait longer than a second.
   *
   * @param drain how long to let requests run; not at all if zero or negative
   * @return what was still running, with stacks; asynchronous requests that were cancelled count as
   *     discarded
   * @throws IllegalStateException if the caller is a method that is being called: it would wait for
   *     itself; nothing is closed then
   */
  public StopReport close(Duration drain) {
    if (SERVING.get() == this) {
      throw new IllegalStateException(
          "A method that is called by "
              + name
              + " cannot close, and wait for, "
              + name
              + ": it would wait for itself");
    }
    Deadline deadline = Deadline.after(drain);
    closing = true;
    listener.close();
    StopReport report = direct == null ? pool.close(drain) : closeDirect(direct, drain);
    int cancelled = end(awaitAsynchronous(deadline));
    disconnect();
    return new StopReport(
        name,
        report.took(),
        report.drained(),
        report.interrupted(),
        report.abandoned(),
        report.discarded() + cancelled);
  }

  /** Each link may linger, so they leave at the same time. */
  private void disconnect() {
    List<Thread> leaving = new ArrayList<>();
    for (ServerLink link : links) {
      Thread thread = LEAVING.newThread(() -> link.leave("the server is closed"));
      thread.start();
      leaving.add(thread);
    }
    boolean interrupted = false;
    for (Thread thread : leaving) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
          leaving.forEach(Thread::interrupt); // so that they do not linger any more
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private StopReport closeDirect(DirectCalls calls, Duration drain) {
    StopReport report = calls.close(name, drain);
    StopReport unused = pool.close(Duration.ZERO); // it has run nothing
    return report;
  }

  /** Gives those that have not ended. */
  private List<CompletableFuture<?>> awaitAsynchronous(Deadline deadline) {
    List<CompletableFuture<?>> running = List.copyOf(asynchronous.values());
    try {
      Object unused =
          CompletableFuture.allOf(running.toArray(CompletableFuture<?>[]::new))
              .get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
      return List.of();
    } catch (ExecutionException e) {
      return List.of(); // all have ended; who failed has been told to its client
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException e) {
      LOG.debug("{}: asynchronous requests did not end in time", name, e);
    }
    return running.stream().filter(future -> !future.isDone()).toList();
  }

  /**
   * Cancels these, and rejects what the pool has thrown away. It is not waited for long: what
   * depends on a future may block, and clients may not take what they are told.
   *
   * @return how many were cancelled
   */
  private int end(List<CompletableFuture<?>> running) {
    List<Runnable> all = new ArrayList<>();
    Map<ServerLink, List<ServerCall>> rejected = new LinkedHashMap<>();
    swept = true;
    for (ServerCall call = thrownAway.poll(); call != null; call = thrownAway.poll()) {
      rejected.computeIfAbsent(call.link, link -> new ArrayList<>()).add(call);
    }
    for (List<ServerCall> calls : rejected.values()) {
      all.add(() -> calls.forEach(call -> call.reject(CLOSING)));
    }
    for (CompletableFuture<?> future : running) {
      all.add(() -> future.cancel(true));
    }
    Together.begin(all).await(Deadline.after(GRACE));
    return (int) running.stream().filter(CompletableFuture::isCancelled).count();
  }

  /** The name, where it listens, and whether it is closing. */
  @Override
  public String toString() {
    return "RpcServer[" + name + " at " + listener.name() + (closing ? ", closing]" : "]");
  }

  // ------------------------------------------------------------------ building

  /**
   * Properties of a server to be started; not thread-safe. Every method but {@link #start} returns
   * this builder and checks nothing: that is done at once, by {@code start}.
   */
  public static final class Builder {
    private record Service(String name, Class<?> type, Object target) {}

    private final Transport transport;
    private final List<Service> services = new ArrayList<>();
    private final Map<String, Integer> limits = new LinkedHashMap<>();
    private final List<MethodHandles.Lookup> lookups = new ArrayList<>();
    private @Nullable String name;
    private Codec codec = Codec.compact();
    private ContextCarrier carrier = ContextCarrier.of();
    private int workers = Runtime.getRuntime().availableProcessors();
    private boolean virtual;
    private boolean direct;
    private int queueCapacity = 1024;
    private int maxConnections = 1024;
    private int maxInFlight = 4096;
    private int rememberedReplies = 1024;
    private @Nullable Duration aging;
    private Duration replyTimeout = Duration.ofSeconds(5);

    private Builder(Transport transport) {
      this.transport = Objects.requireNonNull(transport, "transport");
      lookups.add(MethodHandles.publicLookup());
      lookups.add(MethodHandles.lookup());
    }

    /** Stands in errors, threads and remote stacks; by default it is made of the transport's. */
    public Builder name(String name) {
      this.name = name;
      return this;
    }

    /** The same as that of the clients; by default {@link Codec#compact}. */
    public Builder codec(Codec codec) {
      this.codec = codec;
      return this;
    }

    /** Serves an object under the simple name of the interface. */
    public <T> Builder register(Class<T> type, T target) {
      return register(type.getSimpleName(), type, target);
    }

    /** Serves an object under a name. */
    public <T> Builder register(String service, Class<T> type, T target) {
      services.add(new Service(service, type, target));
      return this;
    }

    /** Reaches interfaces that are not public. */
    public Builder lookup(MethodHandles.Lookup lookup) {
      lookups.add(lookup);
      return this;
    }

    /** How many platform threads execute requests, at least 1. */
    public Builder workers(int workers) {
      this.workers = workers;
      virtual = false;
      direct = false;
      return this;
    }

    /** Executes each request on a virtual thread, and so many at once, at least 1. */
    public Builder virtualWorkers(int maxConcurrent) {
      workers = maxConcurrent;
      virtual = true;
      direct = false;
      return this;
    }

    /**
     * Executes each request on the thread that reads its connection, which saves two changes of
     * threads. Only for methods that are short and never block: as long as one runs, nothing else
     * of this client is read. So
     *
     * <ul>
     *   <li>the requests of one client run one after the other, in the order of their arrival, and
     *       those of different clients at the same time, on one thread for each client; there is no
     *       queue, and lanes and {@link #queueCapacity} mean nothing;
     *   <li>neither deadline nor cancel nor the end of the connection interrupts one that runs. The
     *       reply of one that has run for too long goes to the client, who counts it as late. A
     *       cancel is read when the request has ended, and ignored;
     *   <li>what waits behind one that runs is not read yet, and how long it waits is not known. So
     *       it is run although its time may be up; its reply is late, too;
     *   <li>an asynchronous method gives the thread back when it returns its future, which deadline
     *       and cancel reach as ever;
     *   <li>{@link RpcServer#close(Duration)} waits for those that run, and then interrupts them,
     *       as ever.
     * </ul>
     */
    public Builder direct() {
      direct = true;
      return this;
    }

    /** How many requests may wait for a worker, at least 1; by default 1024. */
    public Builder queueCapacity(int requests) {
      queueCapacity = requests;
      return this;
    }

    /**
     * How many requests of a method may be here at once, waiting or running; all overloads of it
     * each for itself. One that is cancelled, or whose time is up, counts until its method has
     * ended.
     */
    public Builder limit(Class<?> type, String method, int requests) {
      limits.put(type.getSimpleName() + '.' + method, requests);
      return this;
    }

    /**
     * Lets requests of a lane further to the front overtake. A lane is worth so much time: a
     * request of lane 9 is overtaken by one of lane 0 that comes up to nine times this later, and
     * by none after that, so nobody starves. By default there are no lanes, and the queue is
     * faster.
     */
    public Builder aging(Duration perLane) {
      aging = perLane;
      return this;
    }

    /** What of the clients' contexts is taken over. */
    public Builder carrier(ContextCarrier carrier) {
      this.carrier = carrier;
      return this;
    }

    /** How many clients may be connected, at least 1; by default 1024. */
    public Builder maxConnections(int connections) {
      maxConnections = connections;
      return this;
    }

    /**
     * How many requests of one connection may be here, at least 1; by default 4096. Those that wait
     * for another one with their key count, too. One with a key that goes on although its client
     * has gone, or has given it up, does not: {@link #limit} bounds these.
     */
    public Builder maxInFlight(int requests) {
      maxInFlight = requests;
      return this;
    }

    /** For how many idempotency keys replies are kept, at least 1; by default 1024, and 16 MiB. */
    public Builder rememberedReplies(int replies) {
      rememberedReplies = replies;
      return this;
    }

    /** How long a client may take to take a reply, when all between is full; by default 5 s. */
    public Builder replyTimeout(Duration timeout) {
      replyTimeout = timeout;
      return this;
    }

    /**
     * Checks everything, and begins to listen.
     *
     * @throws IllegalArgumentException if arguments are wrong, two services have the same name, or
     *     an interface cannot be served; the message names all of it
     * @throws UnsupportedTypeException if the codec cannot handle a type of a method
     * @throws TransportException if the transport cannot listen
     */
    public RpcServer start() throws TransportException {
      List<String> wrong = new ArrayList<>();
      atLeastOne("workers", workers, wrong);
      atLeastOne("queueCapacity", queueCapacity, wrong);
      atLeastOne("maxConnections", maxConnections, wrong);
      atLeastOne("maxInFlight", maxInFlight, wrong);
      atLeastOne("rememberedReplies", rememberedReplies, wrong);
      limits.forEach((method, limit) -> atLeastOne("limit of " + method, limit, wrong));
      if (name != null && name.isBlank()) {
        wrong.add("name is blank: \"" + name + '"');
      }
      if (aging != null && (aging.isNegative() || aging.compareTo(Duration.ofHours(1)) > 0)) {
        wrong.add("aging is not in 0 to an hour: " + aging);
      }
      if (replyTimeout.isNegative() || replyTimeout.isZero()) {
        wrong.add("replyTimeout is not positive: " + replyTimeout);
      }
      List<ServerMethod> methods = methods(wrong);
      if (!wrong.isEmpty()) {
        throw new IllegalArgumentException(String.join("; ", wrong));
      }
      RpcServer server = new RpcServer(this, methods);
      server.acceptor.start();
      return server;
    }

    private static void atLeastOne(String what, int value, List<String> wrong) {
      if (value < 1) {
        wrong.add(what + " is less than 1: " + value);
      }
    }

    private List<ServerMethod> methods(List<String> wrong) {
      Map<String, Service> byName = new HashMap<>();
      Map<String, Integer> unusedLimits = new LinkedHashMap<>(limits);
      List<ServerMethod> methods = new ArrayList<>();
      for (Service service : services) {
        if (service.name.isBlank()) {
          wrong.add("the name of a service is blank: " + service.type.getName());
        }
        if (byName.putIfAbsent(service.name, service) != null) {
          wrong.add("service is registered twice: " + service.name);
          continue;
        }
        if (!service.type.isInstance(service.target)) {
          wrong.add("target of " + service.name + " is not a " + service.type.getName());
          continue;
        }
        try {
          for (MethodShape shape : MethodShape.of(service.type, codec)) {
            String limited = service.type.getSimpleName() + '.' + shape.method().getName();
            unusedLimits.remove(limited);
            methods.add(
                new ServerMethod(
                    service.name, shape, service.target, limits.get(limited), lookups));
          }
        } catch (UnsupportedTypeException e) {
          throw e;
        } catch (IllegalArgumentException e) {
          wrong.add(String.valueOf(e.getMessage()));
        }
      }
      if (services.isEmpty()) {
        wrong.add("no service is registered");
      }
      unusedLimits.keySet().forEach(m -> wrong.add("limit of a method that is not there: " + m));
      return List.copyOf(methods);
    }
  }
}
