// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Makes things go wrong on purpose, the same things each time: exceptions, delays, interrupts,
 * dying threads, killed processes, lost and torn frames.
 *
 * <p>A program, or the test double that it is given, passes named <em>points</em>; at each visit of
 * a point these faults decide whether to strike:
 *
 * {@snippet :
 * Faults faults = Faults.seeded(42).exceptions(0.01).delays(0.1, Duration.ofMillis(1)).build();
 * Store store = key -> {
 *   faults.at("read", IOException::new);
 *   return real.read(key);
 * };
 * }
 *
 * <p><b>Deterministic.</b> What happens at the <i>n</i>th visit of a point depends on the seed, the
 * name of the point and <i>n</i>, and on nothing else. Where several threads pass the same point,
 * it is up to the schedule which of them makes the <i>n</i>th visit; give each a point of its own
 * if that matters. A decision is the output of SplitMix64 (Steele, Lea &amp; Flood, OOPSLA 2014)
 * for these three.
 *
 * <p>Whatever was injected stands in the {@link #log()}. Instances may be used by any thread. While
 * {@linkplain #enable(boolean) off}, as {@link #none()} is for ever, passing a point does and
 * counts nothing. Null is refused everywhere.
 */
public final class Faults {
  /** How many faults the log keeps. */
  static final int LOG_LIMIT = 10_000;

  private static final long GOLDEN_GAMMA = 0x9E37_79B9_7F4A_7C15L;
  private static final double UNIT = 0x1.0p-53;

  private final long seed;
  private final Map<FaultKind, Double> rates;
  private final Map<String, Map<Long, FaultKind>> planned;
  private final long longestDelay;
  private final LongConsumer pause;
  private final boolean never;
  private final Map<String, AtomicLong> visits = new ConcurrentHashMap<>();
  private final AtomicLong injected = new AtomicLong();
  private final ReentrantLock logging = new ReentrantLock();
  private final List<InjectedFault> log = new ArrayList<>();
  private volatile boolean on;

  private Faults(Builder builder, boolean never) {
    this.seed = builder.seed;
    this.rates = new EnumMap<>(builder.rates);
    this.planned = new HashMap<>();
    builder.planned.forEach((point, plan) -> planned.put(point, Map.copyOf(plan)));
    this.longestDelay = builder.longestDelay;
    this.pause = builder.pause;
    this.never = never;
    this.on = !never;
  }

  /**
   * Begins to describe faults.
   *
   * @param seed what makes them the same each time
   * @return a builder of faults that never strike, unless it is told to
   */
  public static Builder seeded(long seed) {
    return new Builder(seed);
  }

  /**
   * Returns faults that never strike.
   *
   * @return no faults, which cannot be enabled
   */
  public static Faults none() {
    return new Faults(new Builder(0), true);
  }

  /**
   * Returns the seed.
   *
   * @return the seed that reproduces these faults
   */
  public long seed() {
    return seed;
  }

  /**
   * Switches the faults on or off. They are on when built.
   *
   * @param enabled whether they may strike from now on
   */
  public void enable(boolean enabled) {
    on = enabled && !never;
  }

  /**
   * Passes a point: may throw {@link InjectedException}, pause, interrupt this thread, or throw
   * {@link InjectedDeath}.
   *
   * @param point its name
   */
  public void at(String point) {
    at(point, InjectedException::new);
  }

  /**
   * Passes a point where an exception is to be one that the program knows.
   *
   * @param point its name
   * @param failure makes the exception from a message that names the point, the visit and the seed
   * @param <X> the type of the exception
   * @throws X if an exception is injected
   */
  public <X extends Exception> void at(String point, Function<? super String, X> failure) throws X {
    requireNonNull(point, "point");
    requireNonNull(failure, "failure");
    if (!on) {
      return;
    }
    long visit = visit(point);
    FaultKind kind = decide(point, visit, FaultKind::strikesThread);
    if (kind == null) {
      return;
    }
    switch (kind) {
      case EXCEPTION -> {
        record(point, visit, kind, "");
        throw failure.apply(message(point, visit));
      }
      case DELAY -> {
        long nanos = Math.floorMod(random(point, visit, 1), longestDelay) + 1;
        record(point, visit, kind, nanos + " ns");
        pause.accept(nanos);
      }
      case INTERRUPT -> {
        record(point, visit, kind, "");
        Thread.currentThread().interrupt();
      }
      case DEATH -> {
        record(point, visit, kind, "");
        throw new InjectedDeath(message(point, visit));
      }
      case KILL, LOST, TORN -> throw new AssertionError(kind);
    }
  }

  /**
   * Returns a task that passes a point before it runs.
   *
   * @param point its name
   * @param task what to run then
   * @return the task with faults
   */
  public Runnable wrap(String point, Runnable task) {
    requireNonNull(point, "point");
    requireNonNull(task, "task");
    return () -> {
      at(point);
      task.run();
    };
  }

  /**
   * Returns a task that passes a point before it runs.
   *
   * @param point its name
   * @param task what to run then
   * @param <T> the type of its result
   * @return the task with faults
   */
  public <T extends @Nullable Object> Callable<T> wrapCall(String point, Callable<T> task) {
    requireNonNull(point, "point");
    requireNonNull(task, "task");
    return () -> {
      at(point);
      return task.call();
    };
  }

  /**
   * Passes a point where a process may be killed, by {@link ProcessHandle#destroyForcibly()}. It
   * has ended only when it says so. One that has ended already cannot be killed: this is a visit
   * like any other, but no fault.
   *
   * @param point its name
   * @param process the process to be killed
   * @return whether it is being killed
   * @throws IllegalStateException if it is this process that would be killed
   */
  public boolean kill(String point, ProcessHandle process) {
    requireNonNull(point, "point");
    requireNonNull(process, "process");
    if (!on) {
      return false;
    }
    long visit = visit(point);
    if (decide(point, visit, kind -> kind == FaultKind.KILL) == null
        || !process.destroyForcibly()) {
      return false;
    }
    record(point, visit, FaultKind.KILL, "process " + process.pid());
    return true;
  }

  /**
   * Returns a way to send frames on which some are lost, or only their beginning gets through.
   *
   * @param point its name; every frame is a visit
   * @param sink where the frames go to; not called for those that are lost. A torn frame is a new
   *     array, shorter than the whole one, and may be empty
   * @param <X> what it throws
   * @return the sink with faults, as safe for threads as the given one
   */
  public <X extends Exception> FrameSink<X> sink(String point, FrameSink<X> sink) {
    requireNonNull(point, "point");
    requireNonNull(sink, "sink");
    return frame -> {
      byte[] rest = strike(point, requireNonNull(frame, "frame"));
      if (rest != null) {
        sink.accept(rest);
      }
    };
  }

  /**
   * Returns a way to receive frames on which some are lost, or only their beginning arrives.
   *
   * @param point its name; every frame is a visit
   * @param source where the frames come from; asked again when one is lost. A torn frame is a new
   *     array, shorter than the whole one, and may be empty
   * @param <X> what it throws
   * @return the source with faults, as safe for threads as the given one
   */
  public <X extends Exception> FrameSource<X> source(String point, FrameSource<X> source) {
    requireNonNull(point, "point");
    requireNonNull(source, "source");
    return () -> {
      while (true) {
        byte[] frame = source.next();
        if (frame == null) {
          return null;
        }
        byte[] rest = strike(point, frame);
        if (rest != null) {
          return rest;
        }
      }
    };
  }

  private byte @Nullable [] strike(String point, byte[] frame) {
    if (!on) {
      return frame;
    }
    long visit = visit(point);
    FaultKind kind = decide(point, visit, FaultKind::strikesFrame);
    if (kind == FaultKind.LOST) {
      record(point, visit, kind, frame.length + " bytes");
      return null;
    }
    if (kind == FaultKind.TORN && frame.length > 0) {
      int length = Math.floorMod(random(point, visit, 1), frame.length);
      record(point, visit, kind, length + " of " + frame.length + " bytes");
      return Arrays.copyOf(frame, length);
    }
    if (kind == FaultKind.TORN && plannedAt(point, visit) == kind) {
      record(point, visit, kind, "an empty frame, which has no part to lose");
    }
    return frame;
  }

  /**
   * Returns what has been injected, in the order in which it happened; of each point, in the order
   * of its visits if one thread made them. The first 10,000 are kept.
   *
   * @return a copy, which does not change
   */
  public List<InjectedFault> log() {
    logging.lock();
    try {
      return List.copyOf(log);
    } finally {
      logging.unlock();
    }
  }

  /**
   * Returns how many faults have been injected, those included that the log had no room for.
   *
   * @return their number
   */
  public long injected() {
    return injected.get();
  }

  /** Returns the seed and what was injected, one fault a line. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("faults of seed ").append(seed);
    List<InjectedFault> kept = log();
    for (InjectedFault fault : kept) {
      text.append(System.lineSeparator()).append("  ").append(fault);
    }
    long more = injected() - kept.size();
    return more > 0
        ? text.append(System.lineSeparator())
            .append("  and ")
            .append(more)
            .append(" more")
            .toString()
        : text.toString();
  }

  private long visit(String point) {
    return visits.computeIfAbsent(point, name -> new AtomicLong()).incrementAndGet();
  }

  private @Nullable FaultKind decide(String point, long visit, Predicate<FaultKind> possible) {
    FaultKind plan = plannedAt(point, visit);
    if (plan != null && possible.test(plan)) {
      return plan;
    }
    double left = (random(point, visit, 0) >>> 11) * UNIT;
    for (Map.Entry<FaultKind, Double> rate : rates.entrySet()) {
      if (possible.test(rate.getKey())) {
        left -= rate.getValue();
        if (left < 0) {
          return rate.getKey();
        }
      }
    }
    return null;
  }

  private @Nullable FaultKind plannedAt(String point, long visit) {
    return planned.getOrDefault(point, Map.of()).get(visit);
  }

  private long random(String point, long visit, int draw) {
    long state = mix(seed + GOLDEN_GAMMA);
    state = mix(state + point.hashCode() * GOLDEN_GAMMA);
    state = mix(state + visit * GOLDEN_GAMMA);
    return mix(state + draw * GOLDEN_GAMMA);
  }

  /** The output function of SplitMix64. */
  private static long mix(long state) {
    long z = (state ^ (state >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D0_49BB_1331_11EBL;
    return z ^ (z >>> 31);
  }

  private String message(String point, long visit) {
    return "injected at \"" + point + "\", visit " + visit + ", by seed " + seed;
  }

  private void record(String point, long visit, FaultKind kind, String detail) {
    injected.incrementAndGet();
    String thread = Thread.currentThread().getName();
    logging.lock();
    try {
      if (log.size() < LOG_LIMIT) {
        log.add(new InjectedFault(point, visit, kind, detail, thread));
      }
    } finally {
      logging.unlock();
    }
  }

  /**
   * Where byte frames go to.
   *
   * @param <X> what it throws
   */
  @FunctionalInterface
  public interface FrameSink<X extends Exception> {
    /**
     * Sends one frame.
     *
     * @param frame the frame
     * @throws X if it cannot
     */
    void accept(byte[] frame) throws X;
  }

  /**
   * Where byte frames come from.
   *
   * @param <X> what it throws
   */
  @FunctionalInterface
  public interface FrameSource<X extends Exception> {
    /**
     * Receives one frame.
     *
     * @return the frame, or null when there are no more
     * @throws X if it cannot
     */
    byte @Nullable [] next() throws X;
  }

  /**
   * Describes faults. Not safe for use by several threads.
   *
   * <p>A rate is the share of visits that are struck, from 0 to 1. At one visit there is one fault
   * at most, so the rates of those that strike the same thing must not exceed 1 together: {@link
   * FaultKind#EXCEPTION}, {@code DELAY}, {@code INTERRUPT} and {@code DEATH} strike threads, {@code
   * LOST} and {@code TORN} frames.
   */
  public static final class Builder {
    /** What sums of rates may be off: 0.4 + 0.2 + 0.3 + 0.1 is more than 1 for a computer. */
    private static final double ROUNDING = 1e-9;

    private final long seed;
    private final Map<FaultKind, Double> rates = new EnumMap<>(FaultKind.class);
    private final Map<String, Map<Long, FaultKind>> planned = new HashMap<>();
    private long longestDelay = 1_000_000;
    private LongConsumer pause = Faults::park;

    private Builder(long seed) {
      this.seed = seed;
    }

    /**
     * Sets how often an exception is thrown.
     *
     * @param rate from 0 to 1
     * @return this builder
     */
    public Builder exceptions(double rate) {
      return rate(FaultKind.EXCEPTION, rate);
    }

    /**
     * Sets how often, and for how long, a thread pauses. A pause ends early if the thread is
     * interrupted, and leaves it so.
     *
     * @param rate from 0 to 1
     * @param longest the longest pause; each is of another length, up to this one. A millisecond
     *     unless set
     * @return this builder
     */
    public Builder delays(double rate, Duration longest) {
      if (longest.isNegative() || longest.isZero()) {
        throw new IllegalArgumentException("longest delay: " + longest + " (must be positive)");
      }
      longestDelay = longest.toNanos();
      return rate(FaultKind.DELAY, rate);
    }

    /**
     * Sets how a thread pauses, such as by advancing a {@link VirtualTime}.
     *
     * @param nanos lets so many nanoseconds pass
     * @return this builder
     */
    public Builder pausingBy(LongConsumer nanos) {
      pause = requireNonNull(nanos, "nanos");
      return this;
    }

    /**
     * Sets how often a thread is interrupted.
     *
     * @param rate from 0 to 1
     * @return this builder
     */
    public Builder interrupts(double rate) {
      return rate(FaultKind.INTERRUPT, rate);
    }

    /**
     * Sets how often a thread dies.
     *
     * @param rate from 0 to 1
     * @return this builder
     */
    public Builder deaths(double rate) {
      return rate(FaultKind.DEATH, rate);
    }

    /**
     * Sets how often a process is killed.
     *
     * @param rate from 0 to 1
     * @return this builder
     */
    public Builder kills(double rate) {
      return rate(FaultKind.KILL, rate);
    }

    /**
     * Sets how often a frame is lost.
     *
     * @param rate from 0 to 1
     * @return this builder
     */
    public Builder lostFrames(double rate) {
      return rate(FaultKind.LOST, rate);
    }

    /**
     * Sets how often a frame is torn.
     *
     * @param rate from 0 to 1
     * @return this builder
     */
    public Builder tornFrames(double rate) {
      return rate(FaultKind.TORN, rate);
    }

    /**
     * Plans one fault, whatever the rates are. A kind that does not fit what the point is used for
     * strikes nothing: {@code at} loses no frame.
     *
     * <p>An empty frame cannot be torn, and gets through. If that was planned, the fault is logged
     * and counted all the same, and its detail says so: a plan that comes to nothing is to be seen.
     *
     * @param kind what
     * @param point where
     * @param visit at which visit, from 1
     * @return this builder
     */
    public Builder once(FaultKind kind, String point, long visit) {
      requireNonNull(kind, "kind");
      requireNonNull(point, "point");
      if (visit < 1) {
        throw new IllegalArgumentException("visit: " + visit + " (the first one is 1)");
      }
      planned.computeIfAbsent(point, name -> new HashMap<>()).put(visit, kind);
      return this;
    }

    /**
     * Makes the faults, enabled and with no visits yet.
     *
     * @return faults of this description; each call makes others, that strike alike
     * @throws IllegalArgumentException if the rates of what strikes the same exceed 1 together
     */
    public Faults build() {
      checkSum("threads", FaultKind::strikesThread);
      checkSum("frames", FaultKind::strikesFrame);
      return new Faults(this, false);
    }

    private void checkSum(String what, Predicate<FaultKind> strikes) {
      double sum = 0;
      for (Map.Entry<FaultKind, Double> rate : rates.entrySet()) {
        sum += strikes.test(rate.getKey()) ? rate.getValue() : 0;
      }
      if (sum > 1 + ROUNDING) {
        throw new IllegalArgumentException("rates of what strikes " + what + ": " + sum + " > 1");
      }
    }

    private Builder rate(FaultKind kind, double rate) {
      if (!(rate >= 0 && rate <= 1)) {
        throw new IllegalArgumentException("rate of " + kind + ": " + rate + " (from 0 to 1)");
      }
      rates.put(kind, rate);
      return this;
    }
  }

  private static void park(long nanos) {
    long start = System.nanoTime();
    long left = nanos;
    while (left > 0 && !Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(left);
      left = nanos - (System.nanoTime() - start);
    }
  }
}
