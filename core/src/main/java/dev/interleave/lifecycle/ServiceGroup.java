// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import dev.interleave.Deadline;
import dev.interleave.Guard;
import dev.interleave.StopReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Services that depend on one another: started in order, stopped in the reverse order, each time as
 * many at once as that allows, and all of them or none.
 *
 * <pre>{@code
 * ServiceGroup app = ServiceGroup.builder("app")
 *     .add(database)
 *     .add(cache, "database")
 *     .add(web, "database", "cache")
 *     .startTimeout("database", Duration.ofSeconds(20))
 *     .build();
 *
 * app.start(Deadline.after(Duration.ofSeconds(30))); // all are ready, or all are stopped again
 * }</pre>
 *
 * <h2>Start</h2>
 *
 * <p>A member is started when all that it needs are ready, on a thread of its own, within its start
 * timeout and the deadline of the whole. As soon as one fails or is late no other is started, those
 * that are just starting are interrupted in their wait, and what had begun is stopped in the
 * reverse order: the rollback. Then {@link #start(Deadline)} throws {@link GroupStartException},
 * which names who failed, who was late, and what the rollback found.
 *
 * <h2>Stop</h2>
 *
 * <p>A member is stopped when all that need it have been stopped or abandoned, on a thread of its
 * own; one that was never begun is left alone. It gets its stop timeout, but no more than what is
 * left of the timeout of the whole. A member whose stop throws has been stopped as far as the
 * others are concerned; one whose stop does not come back within two seconds of its time is
 * abandoned. The report is of all of them. Who stops while another one does waits for that one, and
 * gets the same report.
 *
 * <h2>Failure</h2>
 *
 * <p>If a member fails while the group runs, {@link FailurePolicy#STOP_GROUP} stops the group, on a
 * thread of its own, and the group ends {@code FAILED}; {@link FailurePolicy#REPORT} tells the
 * error handler, which logs it by default, and the others go on. A member that just ends is
 * nobody's failure.
 *
 * <p>The states are those of a {@link Service}. Thread-safe. No argument may be {@code null}.
 */
public final class ServiceGroup implements Managed, AutoCloseable {
  private static final String KIND = "group of services";
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

  /** How long after its deadline a start may come back before it counts as late all the same. */
  private static final Duration SLACK = Duration.ofSeconds(1);

  /** What becomes of the group when a member fails. */
  public enum FailurePolicy {
    /** All are stopped. */
    STOP_GROUP,
    /** The error handler is told, and it stands among the {@link ServiceGroup#failures()}. */
    REPORT
  }

  /** News for the thread that starts the group: a member is ready, has failed, or is to stop. */
  private record News(String member, @Nullable Throwable failure, boolean stop) {}

  private final String name;
  private final Map<String, Managed> members;
  private final ServiceGraph graph;
  private final Map<String, Duration> startTimeouts;
  private final Map<String, Duration> stopTimeouts;
  private final Duration startTimeout;
  private final Duration stopTimeout;
  private final Duration totalTimeout;
  private final FailurePolicy onFailure;
  private final Consumer<? super Throwable> onError;
  private final Threads starters;

  private final ReentrantLock lock = new ReentrantLock();
  private volatile Service.State state = Service.State.NEW; // written with the lock
  private final Map<String, Throwable> failures = new LinkedHashMap<>(); // guarded by the lock
  private final Map<String, Guard> watches =
      new LinkedHashMap<>(); // of who starts, then of who stops
  private final Set<String> begun = new LinkedHashSet<>(); // likewise
  private final Inbox<News> news;
  private final Gate stopped;
  private @Nullable StopReport report; // written before the gate opens
  private Duration stopWithin =
      DEFAULT_TIMEOUT; // guarded by the lock; while STARTING, of who stops
  private boolean stopAsked; // guarded by the lock; while STARTING
  private final Announcer<Throwable> announcer;

  /**
   * Starts a group.
   *
   * @param name stands in errors, reports and the names of threads
   */
  public static Builder builder(String name) {
    return new Builder(name);
  }

  private ServiceGroup(Builder builder) {
    name = builder.name;
    members = new LinkedHashMap<>(builder.members);
    graph = new ServiceGraph(builder.needs);
    startTimeouts = Map.copyOf(builder.startTimeouts);
    stopTimeouts = Map.copyOf(builder.stopTimeouts);
    startTimeout = builder.startTimeout;
    stopTimeout = builder.stopTimeout;
    totalTimeout = builder.totalTimeout;
    onFailure = builder.onFailure;
    news = new Inbox<>(name, KIND);
    stopped = new Gate(name, KIND, null);
    starters = Threads.platform(name + " start {n}").daemon(true).build();
    onError =
        builder.onError != null
            ? builder.onError
            : e -> Log.error("A member or a listener of " + name + " failed", e);
    announcer = new Announcer<>("A listener of " + name + " failed", onError);
  }

  /**
   * The members of a group and its properties; not thread-safe. Every method but {@link #build}
   * returns this builder and checks nothing: that is done at once, by {@link #build}.
   */
  public static final class Builder {
    private final String name;
    private final Map<String, Managed> members = new LinkedHashMap<>();
    private final Map<String, Set<String>> needs = new LinkedHashMap<>();
    private final Map<String, Duration> startTimeouts = new LinkedHashMap<>();
    private final Map<String, Duration> stopTimeouts = new LinkedHashMap<>();
    private final List<String> wrong = new ArrayList<>();
    private Duration startTimeout = DEFAULT_TIMEOUT;
    private Duration stopTimeout = DEFAULT_TIMEOUT;
    private Duration totalTimeout = DEFAULT_TIMEOUT;
    private FailurePolicy onFailure = FailurePolicy.STOP_GROUP;
    private @Nullable Consumer<? super Throwable> onError;
    private boolean onErrorGiven;

    private Builder(String name) {
      this.name = name;
    }

    /**
     * A member, and the names of those members that it needs, which may be added later.
     *
     * @param member is new, and its name is that of no other member
     */
    public Builder add(Managed member, String... needs) {
      if (member == null || needs == null) {
        wrong.add(member == null ? "member is null" : "needs of " + member.name() + " is null");
      } else if (members.putIfAbsent(member.name(), member) != null) {
        wrong.add("two members have the name " + member.name());
      } else {
        this.needs.put(member.name(), new LinkedHashSet<>(List.of(needs)));
      }
      return this;
    }

    /** How long a member has to become ready; by default 30 s. Positive. */
    public Builder startTimeout(Duration timeout) {
      startTimeout = timeout;
      return this;
    }

    /** How long this member has to become ready. Positive. */
    public Builder startTimeout(String member, Duration timeout) {
      startTimeouts.put(member, timeout);
      return this;
    }

    /** How long a member has to end before it is interrupted; by default 30 s. Not negative. */
    public Builder stopTimeout(Duration timeout) {
      stopTimeout = timeout;
      return this;
    }

    /** How long this member has to end before it is interrupted. Not negative. */
    public Builder stopTimeout(String member, Duration timeout) {
      stopTimeouts.put(member, timeout);
      return this;
    }

    /**
     * How long the whole group has to stop where nobody says so: in a rollback, after the failure
     * of a member, by {@link ServiceGroup#close()}; by default 30 s. Not negative.
     */
    public Builder totalStopTimeout(Duration timeout) {
      totalTimeout = timeout;
      return this;
    }

    /** What becomes of the group when a member fails; by default it is stopped. Not null. */
    public Builder onFailure(FailurePolicy policy) {
      onFailure = policy;
      return this;
    }

    /**
     * Gets what members fail with under {@link FailurePolicy#REPORT}, and what listeners throw; by
     * default it is logged. Not null.
     */
    public Builder onError(Consumer<? super Throwable> onError) {
      this.onError = onError;
      onErrorGiven = true;
      return this;
    }

    /**
     * The group, not started.
     *
     * @throws IllegalArgumentException if arguments are wrong; the message names all of them, and a
     *     cycle of members that need one another
     */
    public ServiceGroup build() {
      List<String> all = new ArrayList<>(wrong);
      if (name == null || name.isBlank()) {
        all.add(name == null ? "name is null" : "name is blank: \"" + name + '"');
      }
      if (members.isEmpty()) {
        all.add("there are no members");
      }
      all.addAll(ServiceGraph.problems(needs));
      check(all, "startTimeout", startTimeout, true);
      check(all, "stopTimeout", stopTimeout, false);
      check(all, "totalStopTimeout", totalTimeout, false);
      startTimeouts.forEach((member, time) -> check(all, "startTimeout", member, time, true));
      stopTimeouts.forEach((member, time) -> check(all, "stopTimeout", member, time, false));
      if (onFailure == null) {
        all.add("onFailure is null");
      }
      if (onErrorGiven && onError == null) {
        all.add("onError is null");
      }
      if (!all.isEmpty()) {
        throw new IllegalArgumentException(String.join("; ", all));
      }
      return new ServiceGroup(this);
    }

    private void check(
        List<String> all, String what, String member, Duration time, boolean positive) {
      if (!members.containsKey(member)) {
        all.add(what + " of " + member + ", which is unknown");
      }
      check(all, what + " of " + member, time, positive);
    }

    private static void check(List<String> all, String what, Duration time, boolean positive) {
      if (time == null || time.isNegative() || (positive && time.isZero())) {
        all.add(
            time == null
                ? what + " is null"
                : what + " is " + (positive ? "not positive: " : "negative: ") + time);
      }
    }
  }

  @Override
  public String name() {
    return name;
  }

  /** The state now. */
  public Service.State state() {
    return state;
  }

  /** Who has failed, and of what, in the order in which it was noticed: a copy. */
  public Map<String, Throwable> failures() {
    lock.lock();
    try {
      return new LinkedHashMap<>(failures);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean runsOn(Thread thread) {
    return members.values().stream().anyMatch(member -> member.runsOn(thread));
  }

  // ------------------------------------------------------------------ start

  /**
   * Starts all members, and returns when all are ready.
   *
   * @throws GroupStartException if a member failed or was late, or ended before it was ready; all
   *     that had begun is stopped
   * @throws StoppedException if the group was stopped meanwhile; all that had begun is stopped
   * @throws InterruptedException if the thread is interrupted; all that had begun is stopped, and a
   *     {@link GroupStartException} that tells of it is suppressed
   * @throws IllegalStateException if the group is not new; the message names its state
   */
  @Override
  public void start(Deadline deadline) throws InterruptedException {
    Objects.requireNonNull(deadline, "deadline");
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    lock.lock();
    try {
      if (state != Service.State.NEW) {
        throw new IllegalStateException(name + " cannot be started, it is " + state);
      }
      state = Service.State.STARTING;
      stopWithin = totalTimeout;
    } finally {
      lock.unlock();
    }
    Starting starting = new Starting(deadline);
    boolean interrupted = false;
    boolean ready = false;
    try {
      ready = starting.run();
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (!ready) {
      rollBack(starting, interrupted);
    }
  }

  private void rollBack(Starting starting, boolean interrupted) throws InterruptedException {
    starting.threads.values().forEach(Thread::interrupt);
    Duration within;
    boolean asked;
    lock.lock();
    try {
      state = Service.State.STOPPING;
      within = stopWithin;
      asked = stopAsked;
    } finally {
      lock.unlock();
    }
    StopReport found = stopAll(within);
    Map<String, Throwable> failed = failures();
    if (asked && failed.isEmpty() && starting.late.isEmpty() && !interrupted) {
      throw new StoppedException(name, "while it was starting", null);
    }
    GroupStartException error = new GroupStartException(name, failed, starting.late, found);
    if (interrupted) {
      InterruptedException interrupt = new InterruptedException(name + " did not start");
      interrupt.addSuppressed(error);
      throw interrupt;
    }
    throw error;
  }

  /** One start; of the thread that starts. */
  private final class Starting {
    private final Deadline deadline;
    private final Map<String, Thread> threads = new LinkedHashMap<>(); // of those under way
    private final Map<String, Deadline> due = new LinkedHashMap<>(); // likewise
    private final Map<String, Deadline> limits = new LinkedHashMap<>(); // likewise: due, and slack
    private final Set<String> ready = new LinkedHashSet<>();
    private final List<String> late = new ArrayList<>();

    Starting(Deadline deadline) {
      this.deadline = deadline;
    }

    /** Whether all are ready. */
    boolean run() throws InterruptedException {
      while (true) {
        beginAllThatCan();
        if (ready.size() == members.size()) {
          return succeed();
        }
        News next = news.take(limit());
        if (next == null || !handle(next)) {
          hearOfThoseThatAreDue();
          return false;
        }
      }
    }

    private Deadline limit() {
      Deadline limit = Deadline.none();
      for (Deadline of : limits.values()) {
        limit = limit.min(of);
      }
      return limit;
    }

    /** Those whose time is up as well are about to say so; who does not is late all the same. */
    private void hearOfThoseThatAreDue() throws InterruptedException {
      while (due.values().stream().anyMatch(Deadline::isExpired)) {
        News next = news.take(limit());
        if (next != null) {
          boolean unused = handle(next);
          continue;
        }
        due.forEach((member, of) -> {
          if (of.isExpired()) {
            late.add(member);
          }
        });
        return;
      }
    }

    private boolean succeed() {
      lock.lock();
      try {
        if (!failures.isEmpty() || stopAsked) {
          return false;
        }
        state = Service.State.RUNNING;
        return true;
      } finally {
        lock.unlock();
      }
    }

    private void beginAllThatCan() {
      members.forEach((member, managed) -> {
        if (!begun.contains(member) && graph.canStart(member, ready)) {
          begin(member, managed);
        }
      });
    }

    private void begin(String member, Managed managed) {
      begun.add(member);
      Deadline own = deadline.min(Deadline.after(startTimeouts.getOrDefault(member, startTimeout)));
      Thread thread = starters.newThread(() -> news.add(start(member, managed, own)));
      threads.put(member, thread);
      due.put(member, own);
      limits.put(member, Deadline.after(own.remaining().plus(SLACK)));
      try {
        watches.put(member, managed.onFailure(error -> failed(member, error)));
        thread.start();
      } catch (Throwable e) { // no thread to be had, say: then the others are stopped again
        news.add(new News(member, e, false));
      }
    }

    private News start(String member, Managed managed, Deadline own) {
      try {
        managed.start(own);
        return new News(member, null, false);
      } catch (Throwable e) { // handed on
        return new News(member, e, false);
      }
    }

    /** Whether to go on. */
    private boolean handle(News next) {
      if (next.stop()) {
        return false;
      }
      String member = next.member();
      threads.remove(member);
      due.remove(member);
      limits.remove(member);
      Throwable failure = next.failure();
      if (failure == null) {
        ready.add(member);
        return true;
      }
      if (failure instanceof ServiceTimeoutException) {
        late.add(member);
      } else {
        fail(member, failure instanceof ServiceFailedException ? failure.getCause() : failure);
      }
      return false;
    }
  }

  // ------------------------------------------------------------------ failure

  private void fail(String member, @Nullable Throwable error) {
    lock.lock();
    try {
      failures.putIfAbsent(member, Objects.requireNonNull(error));
    } finally {
      lock.unlock();
    }
  }

  private void failed(String member, Throwable error) {
    boolean stop;
    lock.lock();
    try {
      failures.putIfAbsent(member, error);
      stop = state == Service.State.RUNNING && onFailure == FailurePolicy.STOP_GROUP;
      if (state == Service.State.STARTING) {
        news.add(new News(member, error, false));
      }
    } finally {
      lock.unlock();
    }
    if (stop) {
      stopInBackground(totalTimeout);
    } else if (state == Service.State.RUNNING) {
      Log.tell(onError, member + " has failed, and " + name + " goes on", error);
    }
  }

  private void stopInBackground(Duration timeout) {
    Threads.platform(name + " stops")
        .build()
        .newThread(() -> {
          StopReport found = stop(timeout);
          if (!found.isClean()) {
            Log.warn(found.toString());
          }
        })
        .start();
  }

  @Override
  public Guard onFailure(Consumer<? super Throwable> listener) {
    Objects.requireNonNull(listener, "listener");
    AtomicBoolean told = new AtomicBoolean();
    Consumer<Throwable> once =
        error -> {
          if (told.compareAndSet(false, true)) {
            listener.accept(error);
          }
        };
    Guard guard = announcer.listen(once);
    if (state == Service.State.FAILED) {
      once.accept(failure());
    }
    return guard;
  }

  private Throwable failure() {
    return failures().values().stream()
        .findFirst()
        .orElseGet(() -> new IllegalStateException(name + " did not start in time"));
  }

  // ------------------------------------------------------------------ stop

  /**
   * Asks the group to stop, and does not wait: what stops it is a thread of its own. For who is a
   * part of the group.
   */
  public void requestStop() {
    if (!state.isEnd()) {
      stopInBackground(totalTimeout);
    }
  }

  @Override
  public StopReport stop(Duration timeout) {
    Objects.requireNonNull(timeout, "timeout");
    if (runsOn(Thread.currentThread())) {
      throw new IllegalStateException(
          "A member of " + name + " cannot stop it: it would wait for itself");
    }
    boolean leads;
    lock.lock();
    try {
      leads = state == Service.State.RUNNING || state == Service.State.NEW;
      if (leads) {
        state = Service.State.STOPPING;
      } else if (state == Service.State.STARTING) {
        if (timeout.compareTo(stopWithin) < 0) {
          stopWithin = timeout;
        }
        stopAsked = true;
        news.add(new News(name, null, true));
      }
    } finally {
      lock.unlock();
    }
    return leads ? stopAll(timeout) : awaitReport();
  }

  /** Of the one thread that leads the stop. */
  private StopReport stopAll(Duration timeout) {
    Deadline deadline = Deadline.after(timeout);
    StopCrew crew = new StopCrew(name, KIND);
    Set<String> left = new LinkedHashSet<>(begun); // not stopped yet
    Set<String> under = new LinkedHashSet<>();
    while (!left.isEmpty()) {
      for (String member : left) {
        if (!under.contains(member) && graph.canStop(member, left)) {
          under.add(member);
          Duration own = stopTimeouts.getOrDefault(member, stopTimeout);
          Duration remaining = deadline.remaining();
          crew.begin(
              Objects.requireNonNull(members.get(member)),
              own.compareTo(remaining) < 0 ? own : remaining);
        }
      }
      StopCrew.Ended ended = Objects.requireNonNull(crew.next());
      left.remove(ended.what().name());
    }
    watches.values().forEach(Guard::close);
    StopReport found = crew.report();
    boolean failed;
    lock.lock();
    try {
      failed = !failures.isEmpty();
      state = failed ? Service.State.FAILED : Service.State.STOPPED;
      report = found;
    } finally {
      lock.unlock();
    }
    stopped.open();
    if (failed) {
      announcer.add(failure());
      announcer.deliver();
    }
    if (crew.wasInterrupted()) {
      Thread.currentThread().interrupt();
    }
    return found;
  }

  /** As long as the stop takes, which is bounded. An interrupt is kept. */
  private StopReport awaitReport() {
    boolean interrupted = false;
    while (true) {
      try {
        boolean unused = stopped.await("the end", Deadline.none());
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return Objects.requireNonNull(report);
  }

  /**
   * Waits until the group has stopped, or the deadline passes; also for one that is yet to be
   * started.
   *
   * @return whether it has stopped, or failed
   * @throws InterruptedException if the thread is interrupted, before or during the wait
   */
  public boolean awaitEnd(Deadline deadline) throws InterruptedException {
    return stopped.await("the end", Objects.requireNonNull(deadline, "deadline"));
  }

  /**
   * As {@link #stop(Duration)} with the total stop timeout of the builder; what does not end is
   * logged. A member may call this, too; then it is only asked for.
   */
  @Override
  public void close() {
    if (runsOn(Thread.currentThread())) {
      requestStop();
      return;
    }
    StopReport found = stop(totalTimeout);
    if (!found.isClean()) {
      Log.warn(found.toString());
    }
  }

  /** The name, the state, and that of each member. */
  @Override
  public String toString() {
    return "ServiceGroup[" + name + ", " + state + ", " + members.values() + ']';
  }
}
