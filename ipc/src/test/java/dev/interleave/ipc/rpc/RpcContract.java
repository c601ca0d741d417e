// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.interleave.Deadline;
import dev.interleave.StopReport;
import dev.interleave.context.Context;
import dev.interleave.context.ContextCarrier;
import dev.interleave.context.ContextCodec;
import dev.interleave.context.ContextLocal;
import dev.interleave.diagnose.Waits;
import dev.interleave.ipc.transport.Connection;
import dev.interleave.ipc.transport.Transport;
import dev.interleave.testing.contract.Waiting;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What calls keep over every kind of transport. */
abstract class RpcContract {
  static final Duration PATIENCE = Duration.ofSeconds(30);
  static final ContextLocal<String> TENANT =
      ContextLocal.<String>builder("rpc-test-tenant").carried(ContextCodec.text()).build();

  private final List<AutoCloseable> open = new ArrayList<>();
  final Desk desk = new Desk();

  /** An address at which nobody listens. */
  abstract Transport transport() throws Exception;

  record Order(String item, int count) {}

  interface Counter {
    long add(long a, long b);

    long add(long a, long b, long c);

    String upper(String text);

    Order twice(Order order);

    void nothing();

    double divide(int a, int b);

    void read(String file) throws IOException;

    CompletableFuture<Long> later(long value);

    CompletableFuture<String> never();

    String tenant();

    long hold(int number);

    @RpcOptions(retrySafe = true)
    long holdSafely(int number);

    long waitInterruptibly(int number) throws InterruptedException;

    boolean hasDeadline();

    /** In nanoseconds. */
    long timeLeft();

    byte[] bytes(int size);

    static int local() {
      return 1;
    }
  }

  /** Held calls wait until they are let go; what happened to them is written down. */
  static final class Desk implements Counter {
    final CountDownLatch letGo = new CountDownLatch(1);
    final List<Integer> begun = Collections.synchronizedList(new ArrayList<>());
    final List<Integer> interrupted = Collections.synchronizedList(new ArrayList<>());
    final CompletableFuture<String> never = new CompletableFuture<>();

    @Override
    public long add(long a, long b) {
      return a + b;
    }

    @Override
    public long add(long a, long b, long c) {
      return a + b + c;
    }

    @Override
    public String upper(String text) {
      return text.toUpperCase(Locale.ROOT);
    }

    @Override
    public Order twice(Order order) {
      return new Order(order.item(), order.count() * 2);
    }

    @Override
    public void nothing() {}

    @Override
    public double divide(int a, int b) {
      int quotient = a / b; // of integers, so that 0 throws
      return quotient;
    }

    @Override
    public void read(String file) throws IOException {
      throw new IOException("no " + file);
    }

    @Override
    public CompletableFuture<Long> later(long value) {
      return CompletableFuture.supplyAsync(() -> value);
    }

    @Override
    public CompletableFuture<String> never() {
      begun.add(-1);
      return never;
    }

    @Override
    public String tenant() {
      return TENANT.orElse("none");
    }

    @Override
    public long hold(int number) {
      begun.add(number);
      try {
        letGo.await();
      } catch (InterruptedException e) {
        interrupted.add(number);
        throw new IllegalStateException("interrupted", e);
      }
      return number;
    }

    @Override
    public long holdSafely(int number) {
      return hold(number);
    }

    @Override
    public long waitInterruptibly(int number) {
      return hold(number);
    }

    @Override
    public boolean hasDeadline() {
      return RpcServer.DEADLINE.isSet();
    }

    @Override
    public long timeLeft() {
      return RpcServer.DEADLINE.orElse(Deadline.none()).remainingNanos();
    }

    @Override
    public byte[] bytes(int size) {
      return new byte[size];
    }
  }

  @AfterEach
  void close() throws Exception {
    desk.letGo.countDown();
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private RpcServer.Builder server() throws Exception {
    return RpcServer.builder(transport())
        .name("desk")
        .codec(codec())
        .register(Counter.class, desk)
        .workers(2);
  }

  static Codec codec() {
    return Codec.compact(MethodHandles.lookup());
  }

  private <T extends AutoCloseable> T closed(T later) {
    open.add(later);
    return later;
  }

  private RpcClient client(RpcServer server) throws Exception {
    return closed(RpcClient.builder(server.transport()).codec(codec()).connect());
  }

  private Counter counter(RpcServer.Builder server) throws Exception {
    return client(closed(server.start())).proxy(Counter.class, PATIENCE);
  }

  static void until(BooleanSupplier condition, String what) throws InterruptedException {
    Waiting.until(condition, PATIENCE, () -> "never: " + what);
  }

  private static <T> FutureTask<T> start(Callable<T> call) {
    FutureTask<T> task = new FutureTask<>(call);
    Thread.ofPlatform().daemon().name("caller").start(task);
    return task;
  }

  private static Throwable failure(CompletableFuture<?> future) throws Exception {
    try {
      Object value = future.get(30, TimeUnit.SECONDS);
      throw new AssertionError("it succeeded: " + value);
    } catch (ExecutionException e) {
      return requireNonNull(e.getCause());
    }
  }

  // ------------------------------------------------------------------ calls

  @Test
  void callsReturnWhatTheMethodReturns() throws Exception {
    Counter counter = counter(server());
    assertThat(counter.add(2, 3)).isEqualTo(5);
    assertThat(counter.add(2, 3, 4)).isEqualTo(9);
    assertThat(counter.upper("hello")).isEqualTo("HELLO");
    assertThat(counter.twice(new Order("tea", 2))).isEqualTo(new Order("tea", 4));
    counter.nothing();
    assertThat(counter.later(7).get(30, TimeUnit.SECONDS)).isEqualTo(7);
  }

  @Test
  void methodsOfObjectAreAboutTheProxy() throws Exception {
    RpcServer server = closed(server().start());
    RpcClient client = client(server);
    Counter one = client.proxy(Counter.class);
    assertThat(one.equals(one)).isTrue();
    assertThat(one).isNotEqualTo(client.proxy(Counter.class));
    assertThat(one.hashCode()).isEqualTo(System.identityHashCode(one));
    assertThat(one.toString()).contains("Counter").contains("desk");
    assertThat(server.stats().received()).isZero();
  }

  @Test
  void untypedCallsNeedNoInterface() throws Exception {
    RpcClient client = client(closed(server().start()));
    RpcMethod add = RpcMethod.of("add", long.class, long.class, long.class);
    assertThat(client.call("Counter", add, 2L, 3L)).isEqualTo(5L);
    assertThat(
            client.callAsync("Counter", add, CallOptions.unset(), 4L, 5L).get(30, TimeUnit.SECONDS))
        .isEqualTo(9L);
    assertThatThrownBy(() -> client.call("Counter", add, 2L, "three"))
        .isInstanceOf(BadArgumentException.class)
        .hasMessageContaining("argument 2");
  }

  @Test
  void nineHundredMessagesFromThreeThreadsNoneIsLost() throws Exception {
    RpcServer server = closed(server().start());
    RpcClient client = client(server);
    Counter counter = client.proxy(Counter.class, PATIENCE);
    List<FutureTask<Long>> tasks = new ArrayList<>();
    for (int t = 0; t < 3; t++) {
      int thread = t;
      tasks.add(
          start(() -> {
            long wrong = 0;
            for (int i = 0; i < 300; i++) {
              wrong += counter.add(thread, i) == thread + i ? 0 : 1;
            }
            return wrong;
          }));
    }
    for (FutureTask<Long> task : tasks) {
      assertThat(task.get(30, TimeUnit.SECONDS)).isZero();
    }
    assertThat(server.stats().ok()).isEqualTo(900);
    RpcClientStats stats = client.stats();
    assertThat(stats.ok()).isEqualTo(900);
    assertThat(stats.inFlight()).isZero();
    assertThat(requireNonNull(stats.latency().get("Counter.add(JJ)")).count()).isEqualTo(900);
    assertThat(stats.lateReplies() + stats.duplicateReplies() + stats.unknownReplies()).isZero();
  }

  @Test
  void listedEntriesOfTheContextTravelAndOthersDoNot() throws Exception {
    RpcServer server = closed(server().carrier(ContextCarrier.of(TENANT)).start());
    RpcClient with =
        closed(
            RpcClient.builder(server.transport())
                .codec(codec())
                .carrier(ContextCarrier.of(TENANT))
                .connect());
    Counter counter = with.proxy(Counter.class, PATIENCE);
    assertThat(Context.current().with(TENANT, "acme").call(counter::tenant)).isEqualTo("acme");
    Counter without = client(server).proxy(Counter.class, PATIENCE);
    assertThat(Context.current().with(TENANT, "acme").call(without::tenant)).isEqualTo("none");
  }

  @Test
  void theDeadlineOfTheRequestIsKnownToTheMethod() throws Exception {
    assertThat(counter(server()).hasDeadline()).isTrue();
  }

  @Test
  void aMethodSeesHowMuchOfTheTimeIsLeft() throws Exception {
    RpcClient client = client(closed(server().start()));
    for (Duration timeout : List.of(Duration.ofHours(1), PATIENCE)) {
      Counter counter = client.proxy(Counter.class, timeout);
      Deadline all = Deadline.after(timeout);
      long left = counter.timeLeft();
      assertThat(left).isBetween(1L, timeout.toNanos());
      // Nor more than it had lost on the way: at most what the whole call has taken.
      assertThat(left).isGreaterThanOrEqualTo(all.remainingNanos());
    }
  }

  @Test
  void aCallWithinARequestIsShortenedToItsDeadline() throws Exception {
    RpcClient client = client(closed(server().start()));
    Counter counter = client.proxy(Counter.class, PATIENCE);
    Context late = Context.current().with(RpcServer.DEADLINE, Deadline.after(Duration.ZERO));
    assertThatThrownBy(() -> late.call(() -> counter.hold(1)))
        .isInstanceOf(CallTimeoutException.class);
    assertThat(client.stats().timedOut()).isEqualTo(1);
  }

  // ------------------------------------------------------------------ failures of methods

  @Test
  void whatTheMethodThrowsComesWithClassMessageAndServer() throws Exception {
    Counter counter = counter(server());
    assertThatThrownBy(() -> counter.divide(1, 0))
        .isInstanceOfSatisfying(
            RemoteException.class,
            e -> {
              assertThat(e.isA(ArithmeticException.class)).isTrue();
              assertThat(e.remoteMessage()).hasValue("/ by zero");
              assertThat(e.server()).isEqualTo("desk");
            });
    assertThatThrownBy(() -> counter.read("x")).isInstanceOf(RemoteException.class);
  }

  private RpcClient mapping(RpcServer server) throws Exception {
    return closed(
        RpcClient.builder(server.transport())
            .codec(codec())
            .map(IOException.class, e -> new IOException(e.remoteMessage().orElse(""), e))
            .connect());
  }

  @Test
  void aDeclaredExceptionCanBeMapped() throws Exception {
    RpcServer server = closed(server().start());
    RpcClient client = mapping(server);
    Counter counter = client.proxy(Counter.class, PATIENCE);
    assertThatThrownBy(() -> counter.read("x")).isInstanceOf(IOException.class).hasMessage("no x");
  }

  @Test
  void aFutureFailsWithWhatTheExceptionIsMappedTo() throws Exception {
    RpcServer server = closed(server().start());
    RpcClient client = mapping(server);
    Counter counter = client.proxy(Counter.class, PATIENCE);
    RpcMethod never = RpcMethod.of("never", String.class);
    desk.never.completeExceptionally(new IOException("no x"));
    assertThat(failure(counter.never())).isInstanceOf(IOException.class).hasMessage("no x");
    assertThat(failure(client.callAsync("Counter", never, CallOptions.unset())))
        .as("calls without an interface are not mapped")
        .isInstanceOf(RemoteException.class);
  }

  // ------------------------------------------------------------------ mismatches

  interface Other {
    long hold(int number);

    long missing(int number);
  }

  @Test
  void anUnknownServiceOrMethodIsRefusedByProxy() throws Exception {
    RpcClient client = client(closed(server().start()));
    assertThatThrownBy(() -> client.proxy(Other.class))
        .isInstanceOf(UnknownMethodException.class)
        .hasMessageContaining("Other");
    assertThatThrownBy(() -> client.proxy("Counter", Other.class, CallOptions.unset()))
        .isInstanceOf(UnknownMethodException.class)
        .hasMessageContaining("missing(I)");
  }

  interface OtherResult {
    int hold(int number);
  }

  @Test
  void otherTypesAreRefusedByProxyAndNotByTheCall() throws Exception {
    RpcClient client = client(closed(server().start()));
    assertThatThrownBy(() -> client.proxy("Counter", OtherResult.class, CallOptions.unset()))
        .isInstanceOf(ServiceMismatchException.class)
        .hasMessageContaining("hold(I)");
  }

  @Test
  void anotherCodecIsRefusedByConnect() throws Exception {
    RpcServer server = closed(server().start());
    Codec other = Codec.json(new ObjectMapper());
    assertThatThrownBy(() -> RpcClient.builder(server.transport()).codec(other).connect())
        .isInstanceOf(ServiceMismatchException.class)
        .hasMessageContaining("compact/1");
    until(() -> server.stats().refused() == 1, "the server counts it");
  }

  interface Unsupported {
    void when(Date date);
  }

  @Test
  void whatCannotBeServedIsRefusedWhenTheServerStarts() throws Exception {
    RpcServer.Builder twice = server().register(Counter.class, desk);
    assertThatThrownBy(twice::start)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("registered twice: Counter");
    Unsupported unsupported = date -> {};
    RpcServer.Builder type = server().register(Unsupported.class, unsupported);
    assertThatThrownBy(type::start)
        .isInstanceOf(UnsupportedTypeException.class)
        .hasMessageContaining("Unsupported.when");
    RpcServer.Builder figures = server().workers(0).queueCapacity(-1).limit(Counter.class, "x", 1);
    assertThatThrownBy(figures::start)
        .hasMessageContaining("workers is less than 1: 0")
        .hasMessageContaining("queueCapacity is less than 1: -1")
        .hasMessageContaining("Counter.x");
  }

  @Test
  void whatDoesNotFitIntoAFrameIsABadArgumentOrResult() throws Exception {
    RpcClient client = client(closed(server().start()));
    Counter counter = client.proxy(Counter.class, PATIENCE);
    assertThatThrownBy(() -> counter.upper("x".repeat(1 << 20)))
        .isInstanceOf(BadArgumentException.class);
    assertThatThrownBy(() -> counter.bytes(1 << 20)).isInstanceOf(BadResultException.class);
    assertThat(counter.add(1, 1)).as("the connection works on").isEqualTo(2);
  }

  // ------------------------------------------------------------------ room

  @Test
  void aFullQueueRejectsAtOnce() throws Exception {
    RpcServer server = closed(server().workers(1).queueCapacity(1).start());
    RpcClient client = client(server);
    Counter counter = client.proxy(Counter.class, PATIENCE);
    FutureTask<Long> running = start(() -> counter.hold(1));
    until(() -> desk.begun.contains(1), "the worker is busy");
    FutureTask<Long> waiting = start(() -> counter.hold(2));
    until(() -> server.stats().inFlight() == 2, "the queue is full");
    assertThatThrownBy(() -> counter.hold(3))
        .isInstanceOf(CallRejectedException.class)
        .hasMessageContaining("full");
    desk.letGo.countDown();
    assertThat(running.get(30, TimeUnit.SECONDS)).isEqualTo(1);
    assertThat(waiting.get(30, TimeUnit.SECONDS)).isEqualTo(2);
    assertThat(desk.begun).containsExactly(1, 2);
    assertThat(client.stats().rejected()).isEqualTo(1);
    assertThat(server.stats().rejected()).isEqualTo(1);
  }

  @Test
  void theLimitOfAMethodLeavesRoomForOthers() throws Exception {
    Counter counter = counter(server().limit(Counter.class, "hold", 1));
    FutureTask<Long> running = start(() -> counter.hold(1));
    until(() -> desk.begun.contains(1), "it runs");
    assertThatThrownBy(() -> counter.hold(2))
        .isInstanceOf(CallRejectedException.class)
        .hasMessageContaining("limit of Counter.hold(I)");
    assertThat(counter.add(1, 2)).isEqualTo(3);
    desk.letGo.countDown();
    assertThat(running.get(30, TimeUnit.SECONDS)).isEqualTo(1);
    assertThat(counter.hold(3)).as("the place is free again").isEqualTo(3);
  }

  @Test
  void thePendingTableIsBoundedAndListed() throws Exception {
    RpcServer server = closed(server().start());
    RpcClient client =
        closed(RpcClient.builder(server.transport()).codec(codec()).maxPending(1).connect());
    Counter counter = client.proxy(Counter.class, PATIENCE);
    FutureTask<Long> running = start(() -> counter.hold(1));
    until(() -> desk.begun.contains(1), "it runs");
    assertThat(client.pending())
        .singleElement()
        .satisfies(call -> assertThat(call.method()).isEqualTo("Counter.hold(I)"));
    assertThatThrownBy(() -> counter.add(1, 2)).isInstanceOf(CallRejectedException.class);
    desk.letGo.countDown();
    assertThat(running.get(30, TimeUnit.SECONDS)).isEqualTo(1);
    assertThat(counter.add(1, 2)).isEqualTo(3);
    assertThat(client.pending()).isEmpty();
  }

  @Test
  void lanesFurtherToTheFrontOvertakeWhatWaits() throws Exception {
    RpcServer server = closed(server().workers(1).aging(Duration.ofMinutes(1)).start());
    RpcClient client = client(server);
    CallOptions options = CallOptions.unset().withTimeout(PATIENCE);
    List<FutureTask<Long>> tasks = new ArrayList<>();
    int[] lanes = {5, 9, 0, 3};
    for (int i = 0; i < lanes.length; i++) {
      Counter counter = client.proxy(Counter.class, options.withPriority(lanes[i]));
      int lane = lanes[i];
      tasks.add(start(() -> counter.hold(lane)));
      int others = i;
      until(() -> server.stats().pool().queued() == others, "in line: " + others);
      until(() -> !desk.begun.isEmpty(), "the first begins");
    }
    desk.letGo.countDown();
    for (FutureTask<Long> task : tasks) {
      assertThat(task.get(30, TimeUnit.SECONDS)).isNotNull();
    }
    assertThat(desk.begun).containsExactly(5, 0, 3, 9);
  }

  // ------------------------------------------------------------------ time, cancel, interrupt

  @Test
  void aCallEndsAtItsDeadlineAndTheHandlerIsInterrupted() throws Exception {
    RpcServer server = closed(server().start());
    RpcClient client = client(server);
    Counter counter = client.proxy(Counter.class, Duration.ofMillis(50));
    assertThatThrownBy(() -> counter.hold(1))
        .isInstanceOf(CallTimeoutException.class)
        .hasMessageContaining("Counter.hold(I)");
    until(() -> server.stats().inFlight() == 0, "the request ends");
    assertThat(client.stats().timedOut()).isEqualTo(1);
    if (!desk.begun.isEmpty()) { // else its time was up before it began
      until(() -> desk.interrupted.contains(1), "the handler is interrupted");
    }
  }

  @Test
  void anExpiredRequestIsNeverRun() throws Exception {
    RpcServer server = closed(server().workers(1).start());
    RpcClient client = client(server);
    Counter patient = client.proxy(Counter.class, PATIENCE);
    FutureTask<Long> running = start(() -> patient.hold(1));
    until(() -> desk.begun.contains(1), "the worker is busy");
    Counter hasty = client.proxy(Counter.class, Duration.ofMillis(200));
    assertThatThrownBy(() -> hasty.hold(2)).isInstanceOf(CallTimeoutException.class);
    assertThat(failure(hasty.later(3))).isInstanceOf(CallTimeoutException.class);
    until(
        () -> server.stats().expired() + server.stats().cancelled() == 2,
        "the requests end, by clock or by cancel");
    until(() -> server.stats().inFlight() == 1, "nothing is left of them");
    desk.letGo.countDown();
    assertThat(running.get(30, TimeUnit.SECONDS)).isEqualTo(1);
    assertThat(desk.begun).containsExactly(1);
  }

  /** By the server alone: nobody tells it, as this is no client that would cancel. */
  @Test
  void theServerSkipsWhatHasExpiredInTheLineByItself() throws Exception {
    RpcServer server = closed(server().workers(1).start());
    ClientSession raw = raw(server);
    try (Connection connection = raw.connection) {
      send(raw, "hold(I)", 1, Deadline.none());
      until(() -> desk.begun.contains(1), "the worker is busy");
      send(raw, "hold(I)", 2, Deadline.after(Duration.ofMillis(1)));
      send(raw, "hold(I)", 3, Deadline.none());
      until(() -> server.stats().expired() == 1, "the time of the second is up");
      desk.letGo.countDown();
      for (long id : new long[] {1, 3}) {
        Decoder reply = new Decoder(requireNonNull(connection.receive(Deadline.after(PATIENCE))));
        assertThat(Frames.kind(reply)).isEqualTo(Frames.REPLY);
        assertThat(reply.readUnsigned()).isEqualTo(id);
      }
      RpcServerStats stats = server.stats();
      assertThat(stats.received()).isEqualTo(3);
      assertThat(stats.ok()).isEqualTo(2);
      assertThat(stats.expired()).isEqualTo(1);
      assertThat(stats.cancelled() + stats.timedOut()).isZero();
    }
    assertThat(desk.begun).containsExactly(1, 3);
    assertThat(desk.interrupted).isEmpty();
  }

  private static ClientSession raw(RpcServer server) throws Exception {
    return ClientSession.open(
        server.transport()::connect, "raw", codec(), Deadline.after(PATIENCE));
  }

  /** A request with the argument, and id, {@code number}, from a client that does nothing else. */
  private static void send(ClientSession raw, String signature, int number, Deadline deadline)
      throws Exception {
    ClientMethod method =
        new ClientMethod(
            "Counter",
            signature,
            codec().arguments(int.class),
            codec().coder(long.class),
            CallOptions.unset(),
            new Latency());
    PendingCall call =
        new PendingCall(
            number,
            method,
            CallOptions.unset(),
            deadline,
            Map.of(),
            method.arguments().toBytes(new Object[] {number}),
            null);
    raw.connection.send(
        call.request(raw.number(method), 1000).toByteBuffer(), Deadline.after(PATIENCE));
  }

  @Test
  void cancellingTheFutureInterruptsTheHandler() throws Exception {
    RpcServer server = closed(server().start());
    RpcClient client = client(server);
    RpcMethod hold = RpcMethod.of("hold", long.class, int.class);
    CompletableFuture<?> future =
        client.callAsync("Counter", hold, CallOptions.unset().withTimeout(PATIENCE), 1);
    until(() -> desk.begun.contains(1), "it runs");
    assertThat(future.cancel(true)).isTrue();
    until(() -> desk.interrupted.contains(1), "the handler is interrupted");
    assertThatThrownBy(() -> future.get(30, TimeUnit.SECONDS))
        .isInstanceOf(CancellationException.class);
    assertThat(client.pending()).isEmpty();
    assertThat(client.stats().cancelled()).isEqualTo(1);
    until(() -> server.stats().cancelled() == 1, "the server counts it");
  }

  @Test
  void cancellingReachesTheFutureOfAnAsynchronousMethod() throws Exception {
    RpcServer server = closed(server().start());
    CompletableFuture<String> future = client(server).proxy(Counter.class, PATIENCE).never();
    until(() -> desk.begun.contains(-1), "it runs");
    assertThat(future.cancel(true)).isTrue();
    until(desk.never::isCancelled, "the future there is cancelled");
  }

  @Test
  void anInterruptEndsABlockedCallAndReachesTheHandler() throws Exception {
    RpcServer server = closed(server().start());
    RpcClient client = client(server);
    Counter counter = client.proxy(Counter.class, PATIENCE);
    FutureTask<Boolean> call =
        new FutureTask<>(() -> {
          assertThatThrownBy(() -> counter.hold(1)).isInstanceOf(CallCancelledException.class);
          return Thread.currentThread().isInterrupted();
        });
    Thread caller = Thread.ofPlatform().daemon().name("caller").start(call);
    until(() -> desk.begun.contains(1) && Waits.of(caller) != null, "it waits");
    assertThat(requireNonNull(Waits.of(caller)).resource().name()).isEqualTo("Counter.hold(I)");
    caller.interrupt();
    assertThat(call.get(30, TimeUnit.SECONDS)).as("still interrupted").isTrue();
    until(() -> desk.interrupted.contains(1), "the handler is interrupted");
    assertThat(client.stats().cancelled()).isEqualTo(1);
  }

  @Test
  void aMethodThatDeclaresItThrowsInterruptedException() throws Exception {
    Counter counter = counter(server());
    FutureTask<Long> call = new FutureTask<>(() -> counter.waitInterruptibly(1));
    Thread caller = Thread.ofPlatform().daemon().name("caller").start(call);
    until(() -> Waits.of(caller) != null, "it waits");
    caller.interrupt();
    assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS))
        .hasCauseInstanceOf(InterruptedException.class);
  }

  // ------------------------------------------------------------------ the end

  @Test
  void closingTheServerDrainsAndThenFailsWhatIsPending() throws Exception {
    RpcServer server = closed(server().start());
    RpcClient client = client(server);
    Counter counter = client.proxy(Counter.class, PATIENCE);
    CompletableFuture<String> never = counter.never();
    FutureTask<Long> held = start(() -> counter.hold(1));
    until(() -> desk.begun.size() == 2, "both run");
    StopReport report = server.close(Duration.ZERO);
    assertThat(report.interrupted()).hasSize(1);
    assertThat(report.discarded()).isEqualTo(1);
    assertThat(failure(never)).isInstanceOfAny(RemoteException.class, PeerLostException.class);
    assertThatThrownBy(() -> held.get(30, TimeUnit.SECONDS))
        .cause()
        .isInstanceOfAny(RemoteException.class, PeerLostException.class);
    until(() -> !client.stats().connected(), "the client sees the end");
    assertThatThrownBy(() -> counter.add(1, 2))
        .isInstanceOf(PeerLostException.class)
        .hasMessageContaining("closed");
    assertThat(client.pending()).isEmpty();
  }

  @Test
  void closingTheServerLetsRunningRequestsEnd() throws Exception {
    RpcServer server = closed(server().start());
    Counter counter = client(server).proxy(Counter.class, PATIENCE);
    FutureTask<Long> held = start(() -> counter.hold(1));
    until(() -> desk.begun.contains(1), "it runs");
    FutureTask<StopReport> closing = start(() -> server.close(PATIENCE));
    until(() -> server.stats().pool().shutdown(), "it closes");
    assertThatThrownBy(() -> counter.add(1, 2))
        .isInstanceOf(CallRejectedException.class)
        .hasMessageContaining("closing");
    desk.letGo.countDown();
    assertThat(held.get(30, TimeUnit.SECONDS)).isEqualTo(1);
    assertThat(closing.get(30, TimeUnit.SECONDS).isClean()).isTrue();
  }

  @Test
  void closingTheClientFailsPendingCallsAndStopsTheHandlers() throws Exception {
    RpcServer server = closed(server().start());
    RpcClient client = client(server);
    Counter counter = client.proxy(Counter.class, PATIENCE);
    FutureTask<Long> held = start(() -> counter.hold(1));
    until(() -> desk.begun.contains(1), "it runs");
    client.close();
    assertThatThrownBy(() -> held.get(30, TimeUnit.SECONDS))
        .hasCauseInstanceOf(ClientClosedException.class);
    assertThatThrownBy(() -> counter.add(1, 2)).isInstanceOf(ClientClosedException.class);
    until(() -> desk.interrupted.contains(1), "the handler is interrupted");
    until(() -> server.stats().connections() == 0, "the server drops the connection");
    client.close();
  }

  @Test
  void afterAReconnectOnlySafeCallsAreRepeated() throws Exception {
    RpcServer first = closed(server().start());
    Transport address = first.transport();
    RpcClient client =
        closed(
            RpcClient.builder(address)
                .codec(codec())
                .reconnect(Duration.ofMillis(1), Duration.ofMillis(20), PATIENCE)
                .connect());
    Counter counter = client.proxy(Counter.class, PATIENCE);
    FutureTask<Long> safe = start(() -> counter.holdSafely(1));
    FutureTask<Long> unsafe = start(() -> counter.hold(2));
    until(() -> desk.begun.size() == 2, "both run");
    dropConnections(first);
    assertThatThrownBy(() -> unsafe.get(30, TimeUnit.SECONDS))
        .cause()
        .isInstanceOfSatisfying(PeerLostException.class, e -> assertThat(e.mayHaveRun()).isTrue());
    until(() -> Collections.frequency(desk.begun, 1) == 2, "the safe one runs again");
    desk.letGo.countDown();
    assertThat(safe.get(30, TimeUnit.SECONDS)).isEqualTo(1);
    assertThat(Collections.frequency(desk.begun, 2)).isEqualTo(1);
    assertThat(client.stats().reconnects()).isEqualTo(1);
    assertThat(client.stats().repeated()).isEqualTo(1);
    assertThat(client.stats().lost()).isEqualTo(1);
  }

  /** As a network would. */
  private static void dropConnections(RpcServer server) {
    server.dropConnections();
  }

  @Test
  void aCallWithAKeyIsRepeatedAndRunsOnce() throws Exception {
    RpcServer server = closed(server().start());
    RpcClient client =
        closed(
            RpcClient.builder(server.transport())
                .codec(codec())
                .reconnect(Duration.ofMillis(1), Duration.ofMillis(20), PATIENCE)
                .connect());
    CallOptions options = CallOptions.unset().withTimeout(PATIENCE).withIdempotencyKey("order-7");
    Counter counter = client.proxy(Counter.class, options);
    FutureTask<Long> held = start(() -> counter.hold(1));
    until(() -> desk.begun.contains(1), "it runs");
    dropConnections(server);
    until(() -> server.stats().repeated() == 1, "it is asked for again");
    desk.letGo.countDown();
    assertThat(held.get(30, TimeUnit.SECONDS)).isEqualTo(1);
    assertThat(counter.hold(5)).as("the reply to the key, not to the argument").isEqualTo(1);
    assertThat(desk.begun).containsExactly(1);
    assertThat(desk.interrupted).isEmpty();
  }

  // ------------------------------------------------------------------ peers that misbehave

  @Test
  void aCorruptMessageEndsTheConnectionWithItsReasonOnBothSides() throws Exception {
    RpcServer server = closed(server().start());
    try (Connection raw = server.transport().connect(Deadline.after(PATIENCE))) {
      Encoder hello = new Encoder();
      new Frames.Hello("raw", codec().name()).write(hello);
      raw.send(hello.toByteBuffer(), Deadline.after(PATIENCE));
      Encoder bad = new Encoder();
      bad.writeByte(77);
      raw.send(bad.toByteBuffer(), Deadline.after(PATIENCE));
      List<Integer> kinds = new ArrayList<>();
      String[] reason = new String[1];
      while (raw.receive(
          frame -> {
            Decoder in = new Decoder(frame);
            kinds.add(Frames.kind(in));
            if (kinds.getLast() == Frames.GOODBYE) {
              reason[0] = Frames.text(in);
            }
          },
          Deadline.after(PATIENCE))) {
        // until the end
      }
      assertThat(kinds).containsExactly(Frames.HELLO, Frames.SERVICE, Frames.GOODBYE);
      assertThat(reason[0]).contains("unexpected kind of message: 77");
    }
    assertThat(server.stats().broken()).isEqualTo(1);
  }

  @Test
  void aMessageThatMayBeIgnoredIsIgnoredAndCounted() throws Exception {
    RpcServer server = closed(server().start());
    try (Connection raw = server.transport().connect(Deadline.after(PATIENCE))) {
      Encoder hello = new Encoder();
      new Frames.Hello("raw", codec().name()).write(hello);
      raw.send(hello.toByteBuffer(), Deadline.after(PATIENCE));
      Encoder odd = new Encoder();
      odd.writeByte(200);
      raw.send(odd.toByteBuffer(), Deadline.after(PATIENCE));
      until(() -> server.stats().ignored() == 1, "it is counted");
      assertThat(server.stats().connections()).isEqualTo(1);
    }
  }

  @Test
  void oneClientThatTakesNoRepliesDoesNotStallTheOthers() throws Exception {
    RpcServer server = closed(server().workers(1).replyTimeout(Duration.ofMillis(50)).start());
    Counter counter = client(server).proxy(Counter.class, PATIENCE);
    ClientSession other = raw(server);
    try (Connection raw = other.connection) {
      ClientMethod bytes =
          new ClientMethod(
              "Counter",
              "bytes(I)",
              codec().arguments(int.class),
              codec().coder(byte[].class),
              CallOptions.unset(),
              new Latency());
      for (int id = 1; id <= 200 && server.stats().repliesLost() == 0; id++) {
        PendingCall call =
            new PendingCall(
                id,
                bytes,
                CallOptions.unset(),
                Deadline.none(),
                Map.of(),
                codec().arguments(int.class).toBytes(new Object[] {100_000}),
                null);
        try {
          raw.send(
              call.request(other.number(bytes), 1000).toByteBuffer(), Deadline.after(PATIENCE));
        } catch (IOException e) {
          break; // it was disconnected
        }
      }
      until(() -> server.stats().repliesLost() > 0, "the server gives up on it");
      assertThat(counter.add(1, 2)).isEqualTo(3);
    }
  }

  static final AtomicInteger NAMES = new AtomicInteger();
}
