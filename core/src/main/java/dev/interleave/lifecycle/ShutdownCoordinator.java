// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import dev.interleave.Deadline;
import dev.interleave.Guard;
import dev.interleave.StopReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Ends an application: stops all that was registered, phase by phase, in bounded time, once, and
 * reports.
 *
 * <pre>{@code
 * ShutdownCoordinator app =
 *     ShutdownCoordinator.builder("shop").timeout(Duration.ofSeconds(20)).build();
 * app.register(1, web);      // takes no more requests
 * app.register(2, workers);  // finish what there is
 * app.register(3, Stoppable.closing("database", connections));
 * app.installHook();         // SIGTERM, SIGINT and System.exit end it, too
 *
 * app.awaitShutdown();       // the main thread
 * }</pre>
 *
 * <h2>Semantics</h2>
 *
 * <ul>
 *   <li><b>Phases</b> are stopped one after the other, lower numbers first; what is in the same
 *       phase at the same time, each on a thread of its own. What throws, or does not come back,
 *       holds up nobody: it is in the report.
 *   <li><b>One time limit for all.</b> A phase gets an equal share of what is left, so what one
 *       does not use the later ones have. Each thing may take two seconds beyond its share, for an
 *       interrupt, and is abandoned then.
 *   <li><b>Once.</b> The first {@link #shutdown} counts, with its reason; whoever calls it later
 *       waits for that one, and gets the same report. It runs on a thread of its own, so a caller
 *       that is interrupted only stops waiting.
 *   <li><b>Also from within.</b> Who is stopped, or stops something, does not wait for itself: on a
 *       thread of something registered, or one of those that stop it, {@code shutdown} begins it if
 *       need be, and returns at once, with a report of what has been stopped so far.
 *   <li>What is registered once a shutdown has begun is refused.
 * </ul>
 *
 * <h2>The hook</h2>
 *
 * <p>{@link #installHook} adds one shutdown hook to the JVM, which shuts down when the JVM ends: by
 * {@code System.exit}, by its last thread that is no daemon, by SIGINT, SIGTERM or SIGHUP, but not
 * by SIGKILL. Daemon threads run on meanwhile: so what they are doing gets its time to end, where
 * without it they die in the middle of a line. Other hooks run at the same time, those of logging
 * frameworks included: so the hook itself writes a report that is not clean to {@code System.err}.
 * A stoppable that calls {@code System.exit} waits for the hook, which waits for the stoppable; it
 * is abandoned in the end, and the JVM ends.
 *
 * <p>What a thread does before it registers something happens before that is stopped; all of the
 * shutdown, before what others do that have seen its end. Thread-safe. No argument may be {@code
 * null}.
 */
public final class ShutdownCoordinator {
  private static final String KIND = "shutdown";
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

  private final String name;
  private final Duration timeout;
  private final Consumer<? super StopReport> onReport;
  private final StopToken token;
  private final Gate finished;

  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by the lock.
  private final Map<Integer, Set<Entry>> phases = new TreeMap<>();
  private @Nullable String reason;
  private @Nullable Thread leader;
  private @Nullable Thread hook;
  private final Set<Thread> stopping = new LinkedHashSet<>();
  private final List<StopReport> soFar = new ArrayList<>();
  private long begun;

  private volatile @Nullable StopReport report; // written before the gate opens

  /** Something registered; the same one twice is two. */
  private final class Entry implements Stoppable {
    private final Stoppable what;

    Entry(Stoppable what) {
      this.what = what;
    }

    @Override
    public String name() {
      return what.name();
    }

    @Override
    public StopReport stop(Duration within) {
      Thread self = Thread.currentThread();
      change(() -> stopping.add(self));
      try {
        return what.stop(within);
      } finally {
        change(() -> stopping.remove(self));
      }
    }

    @Override
    public boolean runsOn(Thread thread) {
      return what.runsOn(thread);
    }
  }

  /**
   * Starts a coordinator.
   *
   * @param name stands in errors, reports and the names of threads
   */
  public static Builder builder(String name) {
    return new Builder(name);
  }

  private ShutdownCoordinator(Builder builder) {
    name = builder.name;
    timeout = builder.timeout;
    onReport = builder.onReport;
    token = StopToken.create(name);
    finished = new Gate(name, KIND, () -> leader());
  }

  /**
   * Properties of a coordinator to be built; not thread-safe. Every method but {@link #build}
   * returns this builder and checks nothing: that is done at once, by {@link #build}.
   */
  public static final class Builder {
    private final String name;
    private Duration timeout = DEFAULT_TIMEOUT;
    private Consumer<? super StopReport> onReport = ShutdownCoordinator::log;

    private Builder(String name) {
      this.name = name;
    }

    /** How long all phases together have; by default 30 s. Not negative. */
    public Builder timeout(Duration timeout) {
      this.timeout = timeout;
      return this;
    }

    /** Gets the report, before anybody else; by default it is logged. Not null. */
    public Builder onReport(Consumer<? super StopReport> onReport) {
      this.onReport = onReport;
      return this;
    }

    /**
     * The coordinator.
     *
     * @throws IllegalArgumentException if arguments are wrong; the message names all of them
     */
    public ShutdownCoordinator build() {
      List<String> wrong = new ArrayList<>();
      if (name == null || name.isBlank()) {
        wrong.add(name == null ? "name is null" : "name is blank: \"" + name + '"');
      }
      if (timeout == null || timeout.isNegative()) {
        wrong.add(timeout == null ? "timeout is null" : "timeout is negative: " + timeout);
      }
      if (onReport == null) {
        wrong.add("onReport is null");
      }
      if (!wrong.isEmpty()) {
        throw new IllegalArgumentException(String.join("; ", wrong));
      }
      return new ShutdownCoordinator(this);
    }
  }

  private static void log(StopReport report) {
    if (report.isClean()) {
      Log.info(report.toString());
    } else {
      Log.warn(report.toString());
    }
  }

  private void change(Runnable action) {
    lock.lock();
    try {
      action.run();
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Thread leader() {
    lock.lock();
    try {
      return leader;
    } finally {
      lock.unlock();
    }
  }

  /** The name. */
  public String name() {
    return name;
  }

  /** Is stopped, with the reason, when a shutdown begins, before the first phase. */
  public StopToken token() {
    return token;
  }

  /** Why the shutdown was begun; empty if it was not. */
  public Optional<String> reason() {
    lock.lock();
    try {
      return Optional.ofNullable(reason);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Has {@code what} stopped in a phase.
   *
   * @param phase lower ones come first; any number
   * @param what is stopped once for each time that it is registered
   * @return takes it back when closed, unless its stop has begun; for what has ended before
   * @throws IllegalStateException if a shutdown has begun; the message names its reason
   */
  public Guard register(int phase, Stoppable what) {
    Entry entry = new Entry(Objects.requireNonNull(what, "what"));
    lock.lock();
    try {
      if (reason != null) {
        throw new IllegalStateException(
            name + " shuts down and takes nothing more, " + what.name() + " neither: " + reason);
      }
      phases.computeIfAbsent(phase, p -> new LinkedHashSet<>()).add(entry);
    } finally {
      lock.unlock();
    }
    return () -> change(() -> remove(phase, entry));
  }

  private void remove(int phase, Entry entry) {
    Set<Entry> entries = phases.get(phase);
    if (entries != null) {
      entries.remove(entry);
      if (entries.isEmpty()) {
        phases.remove(phase);
      }
    }
  }

  // ------------------------------------------------------------------ the hook

  /**
   * Has the end of the JVM shut this down. Idempotent. The hook is taken out again when a shutdown
   * has ended before.
   *
   * @throws IllegalStateException if a shutdown has begun, or the JVM ends already
   */
  public void installHook() {
    lock.lock();
    try {
      if (reason != null) {
        throw new IllegalStateException(name + " shuts down already: " + reason);
      }
      if (hook == null) {
        Thread thread = Threads.platform(name + " shutdown hook").build().newThread(this::hooked);
        Runtime.getRuntime().addShutdownHook(thread);
        hook = thread;
      }
    } finally {
      lock.unlock();
    }
  }

  private void hooked() {
    begin("the JVM ends");
    boolean interrupted = false;
    while (!finished.isOpen()) {
      try {
        boolean unused = finished.await("the end", Deadline.none());
      } catch (InterruptedException e) {
        interrupted = true; // the JVM would not wait for the rest
      }
    }
    StopReport found = Objects.requireNonNull(report);
    if (!found.isClean()) {
      System.err.println(found); // loggers may have ended, by hooks of their own
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void takeOutHook() {
    Thread thread;
    lock.lock();
    try {
      thread = hook;
      hook = null;
    } finally {
      lock.unlock();
    }
    if (thread == null) {
      return;
    }
    try {
      Runtime.getRuntime().removeShutdownHook(thread);
    } catch (IllegalStateException e) {
      return; // the JVM ends: it is the hook that is waiting for this
    }
  }

  // ------------------------------------------------------------------ shutdown

  /**
   * Begins the shutdown if nobody has, and waits for its end; not if the calling thread is a part
   * of it, see above.
   *
   * @param reason what for, for people; that of the first call counts
   * @return the report: the same for all; of what has been stopped so far, if the thread is a part
   *     of it: then its name ends in {@code (under way)}
   * @throws InterruptedException if the thread is interrupted, before or during the wait; the
   *     shutdown goes on, and has begun in any case
   */
  public StopReport shutdown(String reason) throws InterruptedException {
    begin(Objects.requireNonNull(reason, "reason"));
    if (!finished.isOpen() && isPart(Thread.currentThread())) {
      return interim();
    }
    boolean unused = finished.await("the end", Deadline.none());
    return Objects.requireNonNull(report);
  }

  /**
   * Begins the shutdown, and does not wait.
   *
   * @param reason what for, for people
   * @return whether this did it; false if it had begun before
   */
  public boolean requestShutdown(String reason) {
    return begin(Objects.requireNonNull(reason, "reason"));
  }

  private boolean begin(String why) {
    Thread thread;
    lock.lock();
    try {
      if (reason != null) {
        return false;
      }
      reason = why;
      begun = System.nanoTime();
      // No daemon: the JVM does not end in the middle of it.
      thread = Threads.platform(name + " shutdown").build().newThread(this::run);
      leader = thread;
    } finally {
      lock.unlock();
    }
    thread.start();
    return true;
  }

  private boolean isPart(Thread thread) {
    List<Entry> entries;
    lock.lock();
    try {
      if (thread == leader || stopping.contains(thread)) {
        return true;
      }
      entries = phases.values().stream().flatMap(Set::stream).toList();
    } finally {
      lock.unlock();
    }
    return entries.stream().anyMatch(entry -> entry.runsOn(thread));
  }

  private void run() {
    try {
      token.stop(reason().orElseThrow());
      stopAll();
      StopReport found = merged(name);
      report = found;
      tell(found);
    } finally {
      if (report == null) { // memory has ended, say: nobody waits in vain
        report = merged(name);
      }
      takeOutHook();
      finished.open();
    }
  }

  private void stopAll() {
    Deadline deadline = Deadline.after(timeout);
    List<Integer> numbers;
    lock.lock();
    try {
      numbers = List.copyOf(phases.keySet());
    } finally {
      lock.unlock();
    }
    int left = numbers.size();
    for (int phase : numbers) {
      stopPhase(registered(phase), deadline.remaining().dividedBy(left));
      left--;
    }
  }

  private List<Entry> registered(int phase) {
    lock.lock();
    try {
      return List.copyOf(phases.getOrDefault(phase, Set.of()));
    } finally {
      lock.unlock();
    }
  }

  private void tell(StopReport found) {
    try {
      onReport.accept(found);
    } catch (Throwable e) { // the shutdown ends all the same
      Log.error("Who was to be told of this failed: " + found, e);
    }
  }

  private void stopPhase(List<Entry> phase, Duration share) {
    StopCrew crew = new StopCrew(name, KIND);
    phase.forEach(entry -> crew.begin(entry, share));
    for (StopCrew.Ended ended = crew.next(); ended != null; ended = crew.next()) {
      StopReport one = ended.report();
      change(() -> soFar.add(one));
    }
  }

  private StopReport interim() {
    return merged(name + " (under way)");
  }

  private StopReport merged(String as) {
    lock.lock();
    try {
      return StopCrew.merged(as, Duration.ofNanos(Math.max(0, System.nanoTime() - begun)), soFar);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until a shutdown has ended, as long as it takes: also for one that is yet to begin.
   *
   * @return its report
   * @throws InterruptedException if the thread is interrupted, before or during the wait
   */
  public StopReport awaitShutdown() throws InterruptedException {
    boolean unused = finished.await("the end", Deadline.none());
    return Objects.requireNonNull(report);
  }

  /**
   * Waits until a shutdown has ended, or the deadline passes; also for one that is yet to begin.
   *
   * @return its report; empty if the deadline has passed
   * @throws InterruptedException if the thread is interrupted, before or during the wait
   */
  public Optional<StopReport> awaitShutdown(Deadline deadline) throws InterruptedException {
    boolean ended = finished.await("the end", Objects.requireNonNull(deadline, "deadline"));
    return ended ? Optional.of(Objects.requireNonNull(report)) : Optional.empty();
  }

  /** The name, and whether it shuts down or has. */
  @Override
  public String toString() {
    String why = reason().orElse(null);
    return "ShutdownCoordinator["
        + name
        + (why == null
            ? "]"
            : (finished.isOpen() ? ", shut down: " : ", shuts down: ") + why + ']');
  }
}
