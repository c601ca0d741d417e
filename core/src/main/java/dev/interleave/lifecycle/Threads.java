// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Makes threads that have names, and whose failures somebody hears.
 *
 * <pre>{@code
 * Threads workers = Threads.platform("mail-{n}").daemon(true).build();
 * workers.newThread(this::deliver).start(); // mail-0
 * }</pre>
 *
 * <p>Nothing is inherited from the thread that makes a thread: neither that it is a daemon, nor its
 * priority, nor, unless asked for, its inheritable thread locals.
 *
 * <p>What a thread dies of goes to the uncaught exception handler; by default it is logged as an
 * error, each time. What a handler throws, which the JVM would ignore, is logged as well, and what
 * the handler was to handle with it.
 *
 * <p>Thread-safe. No argument may be {@code null}. The number of a name is counted up for each
 * thread made, by an atomic increment.
 */
public final class Threads implements ThreadFactory {
  private static final String NUMBER = "{n}";

  private final String pattern;
  private final ThreadFactory factory; // unlike a Thread.Builder, thread-safe
  private final AtomicLong next;
  private final LongAdder started = new LongAdder();
  private final LongAdder ended = new LongAdder();

  /**
   * Starts a factory of platform threads, by default no daemons, of normal priority.
   *
   * @param pattern the names: {@code {n}} in it stands for the number of the thread, counted from
   *     0; without it all have the same name
   */
  public static Builder platform(String pattern) {
    return new Builder(pattern, false);
  }

  /**
   * Starts a factory of virtual threads, which are daemons of normal priority always.
   *
   * @param pattern the names: {@code {n}} in it stands for the number of the thread, counted from
   *     0; without it all have the same name
   */
  public static Builder virtual(String pattern) {
    return new Builder(pattern, true);
  }

  @SuppressWarnings("ThreadPriorityCheck") // nothing here relies on it; it is the user's to set
  private Threads(Builder from) {
    pattern = from.pattern;
    next = new AtomicLong(from.first);
    Thread.Builder threads =
        from.virtual
            ? Thread.ofVirtual()
            : Thread.ofPlatform().daemon(from.isDaemon()).priority(from.priority());
    factory =
        threads
            .inheritInheritableThreadLocals(from.inherit)
            .uncaughtExceptionHandler(new Surely(from.handler))
            .factory();
  }

  /** A handler whose own failure is heard. */
  private record Surely(Thread.UncaughtExceptionHandler handler)
      implements Thread.UncaughtExceptionHandler {
    @Override
    public void uncaughtException(Thread thread, Throwable error) {
      Log.tell(e -> handler.uncaughtException(thread, e), died(thread), error);
    }
  }

  private static String died(Thread thread) {
    return (thread.isVirtual() ? "Virtual thread \"" : "Thread \"")
        + thread.getName()
        + "\" (id "
        + thread.threadId()
        + ") died of an uncaught exception";
  }

  /**
   * What threads of a factory have in common; not thread-safe. Every method but {@link #build}
   * returns this builder and checks nothing: that is done at once, by {@link #build}.
   */
  public static final class Builder {
    private final String pattern;
    private final boolean virtual;
    private @Nullable Boolean daemon;
    private @Nullable Integer priority;
    private boolean inherit;
    private long first;
    private Thread.UncaughtExceptionHandler handler =
        (thread, error) -> Log.error(died(thread), error);

    private Builder(String pattern, boolean virtual) {
      this.pattern = pattern;
      this.virtual = virtual;
    }

    /**
     * Whether the JVM ends without waiting for these threads; by default platform threads are
     * waited for. Virtual threads never are.
     */
    public Builder daemon(boolean daemon) {
      this.daemon = daemon;
      return this;
    }

    /** From 1 to 10, by default 5; a hint, which most systems ignore. Of platform threads only. */
    public Builder priority(int priority) {
      this.priority = priority;
      return this;
    }

    /** The number of the first thread, not negative; by default 0. */
    public Builder firstNumber(long first) {
      this.first = first;
      return this;
    }

    /** Whether threads inherit the inheritable thread locals of their makers; by default not. */
    public Builder inheritThreadLocals(boolean inherit) {
      this.inherit = inherit;
      return this;
    }

    /** Gets what a thread dies of; by default it is logged. Not null. */
    public Builder onUncaught(Thread.UncaughtExceptionHandler handler) {
      this.handler = handler;
      return this;
    }

    private boolean isDaemon() {
      return daemon != null && daemon;
    }

    private int priority() {
      return priority == null ? Thread.NORM_PRIORITY : priority;
    }

    /**
     * The factory. A builder may build several, each of which counts for itself.
     *
     * @throws IllegalArgumentException if arguments are wrong; the message names all of them
     */
    public Threads build() {
      List<String> wrong = new ArrayList<>();
      if (pattern == null || pattern.isBlank()) {
        wrong.add(pattern == null ? "pattern is null" : "pattern is blank: \"" + pattern + '"');
      }
      if (virtual && daemon != null && !daemon) {
        wrong.add("daemon is false, and virtual threads are daemons always");
      }
      if (virtual && priority != null && priority != Thread.NORM_PRIORITY) {
        wrong.add("priority is " + priority + ", and that of virtual threads is 5 always");
      }
      if (priority() < Thread.MIN_PRIORITY || priority() > Thread.MAX_PRIORITY) {
        wrong.add("priority is not from 1 to 10: " + priority);
      }
      if (first < 0) {
        wrong.add("firstNumber is negative: " + first);
      }
      if (handler == null) {
        wrong.add("onUncaught is null");
      }
      if (!wrong.isEmpty()) {
        throw new IllegalArgumentException(String.join("; ", wrong));
      }
      return new Threads(this);
    }
  }

  /** A thread that is not started, and will run {@code body}. */
  @Override
  public Thread newThread(Runnable body) {
    Objects.requireNonNull(body, "body");
    Thread thread =
        factory.newThread(() -> {
          started.increment();
          try {
            body.run();
          } finally {
            ended.increment();
          }
        });
    thread.setName(pattern.replace(NUMBER, Long.toString(next.getAndIncrement())));
    return thread;
  }

  /** How many threads of this factory have begun to run. */
  public long started() {
    return started.sum();
  }

  /**
   * How many threads of this factory run now: those that have begun and whose body has not ended.
   */
  public long alive() {
    long over = ended.sum(); // read first: what has ended has begun
    return started.sum() - over;
  }

  /** The names, and how many there are. */
  @Override
  public String toString() {
    return "Threads[" + pattern + ", " + alive() + " of " + started() + " alive]";
  }
}
