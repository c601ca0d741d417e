// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A JUnit extension that fails a test which leaves a context behind: a value in a thread-local of
 * the thread it ran in, or of the threads of a pool, that the next task would find.
 *
 * {@snippet :
 * @RegisterExtension
 * final ContextLeaks leaks =
 *     ContextLeaks.builder()
 *         .probe("user", CURRENT_USER::get)
 *         .probe("locale", LOCALE::get, Locale.ROOT)
 *         .pool("workers", executor, 4)
 *         .build();
 * }
 *
 * <p><b>What is seen.</b> The thread-locals of a thread cannot be listed without reflection into
 * the JDK, so only what a <em>probe</em> reads is checked. A probe is called in the thread itself;
 * that finds inherited values ({@link InheritableThreadLocal}) as well, also in threads that a pool
 * started meanwhile. It should only read: a {@code ThreadLocal} with an initial value gets that
 * from being read. The values of scoped contexts ({@code ScopedValue}) cannot stay behind.
 *
 * <p>A value that was there before the test, the same in the same thread, is not blamed on it.
 *
 * <p>To reach all threads of a pool, as many tasks as it has threads are run at once; so it must be
 * idle when a test begins and ends. Not safe for tests that run in parallel on one instance.
 */
public final class ContextLeaks implements BeforeEachCallback, AfterEachCallback {
  private final Map<String, Probe> probes;
  private final Map<String, Pool> pools;
  private final Duration patience;
  private Map<Place, @Nullable Object> before = Map.of();

  private record Probe(Supplier<? extends @Nullable Object> read, @Nullable Object empty) {}

  private record Pool(Executor executor, int threads) {}

  /** A value of one probe in one thread, which is told by its number: names may be the same. */
  private record Place(String where, long thread, String threadName, String probe) {}

  private ContextLeaks(Builder builder) {
    this.probes = new LinkedHashMap<>(builder.probes);
    this.pools = new LinkedHashMap<>(builder.pools);
    this.patience = builder.patience;
  }

  /**
   * Begins to describe what is to be checked.
   *
   * @return a builder without probes and pools
   */
  public static Builder builder() {
    return new Builder();
  }

  /** Reads all probes. */
  @Override
  public void beforeEach(ExtensionContext context) throws InterruptedException {
    before = readAll();
  }

  /**
   * Reads all probes again.
   *
   * @throws AssertionError if one of them finds what is not empty and was not there before
   */
  @Override
  public void afterEach(ExtensionContext context) throws InterruptedException {
    List<String> leaks = new ArrayList<>();
    readAll()
        .forEach((place, value) -> {
          Object empty = requireNonNull(probes.get(place.probe)).empty;
          boolean wasThere = before.containsKey(place) && Objects.equals(before.get(place), value);
          if (!Objects.equals(value, empty) && !wasThere) {
            leaks.add(
                place.probe
                    + " = "
                    + value
                    + " in thread \""
                    + place.threadName
                    + "\" of "
                    + place.where);
          }
        });
    before = Map.of();
    if (!leaks.isEmpty()) {
      throw new AssertionError(
          "left behind by " + context.getDisplayName() + ": " + String.join("; ", leaks));
    }
  }

  private Map<Place, @Nullable Object> readAll() throws InterruptedException {
    Map<Place, @Nullable Object> values = new HashMap<>();
    readHere("the test", values);
    for (Map.Entry<String, Pool> pool : pools.entrySet()) {
      readIn(pool.getKey(), pool.getValue(), values);
    }
    return values;
  }

  private void readHere(String where, Map<Place, @Nullable Object> values) {
    Thread self = Thread.currentThread();
    probes.forEach((name, probe) ->
        values.put(new Place(where, self.threadId(), self.getName(), name), probe.read.get()));
  }

  private void readIn(String name, Pool pool, Map<Place, @Nullable Object> values)
      throws InterruptedException {
    CountDownLatch together = new CountDownLatch(pool.threads);
    CountDownLatch done = new CountDownLatch(pool.threads);
    Map<Long, Map<Place, @Nullable Object>> found = new ConcurrentHashMap<>();
    Map<Long, Throwable> failures = new ConcurrentHashMap<>();
    long limit = patience.toNanos();
    for (int i = 0; i < pool.threads; i++) {
      pool.executor.execute(() -> {
        long id = Thread.currentThread().threadId();
        try {
          together.countDown();
          if (together.await(limit, TimeUnit.NANOSECONDS)) { // no thread gets two of the tasks
            Map<Place, @Nullable Object> mine = new HashMap<>();
            readHere("pool " + name, mine);
            found.put(id, mine);
          }
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
          failures.put(id, e);
        } finally {
          done.countDown();
        }
      });
    }
    boolean all = done.await(limit, TimeUnit.NANOSECONDS);
    for (Throwable failure : failures.values()) {
      throw new AssertionError("a probe failed in pool " + name, failure);
    }
    if (!all || found.size() < pool.threads) {
      throw new AssertionError(
          "pool "
              + name
              + " has not let "
              + pool.threads
              + " tasks run at once within "
              + patience
              + ", but "
              + found.size()
              + ": is it busy, or smaller?");
    }
    found.values().forEach(values::putAll);
  }

  /** Describes what is to be checked. Not safe for use by several threads. */
  public static final class Builder {
    private final Map<String, Probe> probes = new LinkedHashMap<>();
    private final Map<String, Pool> pools = new LinkedHashMap<>();
    private Duration patience = Duration.ofSeconds(10);

    private Builder() {}

    /**
     * Adds a value to be looked at, which is null where nothing was left behind.
     *
     * @param name its name in messages
     * @param read reads it, in whatever thread it is called; should not set it
     * @return this builder
     */
    public Builder probe(String name, Supplier<? extends @Nullable Object> read) {
      return probe(name, read, null);
    }

    /**
     * Adds a value to be looked at.
     *
     * @param name its name in messages
     * @param read reads it, in whatever thread it is called; should not set it
     * @param empty what it equals where nothing was left behind; may be null
     * @return this builder
     */
    public Builder probe(
        String name, Supplier<? extends @Nullable Object> read, @Nullable Object empty) {
      requireNonNull(name, "name");
      requireNonNull(read, "read");
      if (probes.putIfAbsent(name, new Probe(read, empty)) != null) {
        throw new IllegalArgumentException("probe: \"" + name + "\" (there is one already)");
      }
      return this;
    }

    /**
     * Adds a pool whose threads are to be looked at.
     *
     * @param name its name in messages
     * @param executor the pool; gets so many tasks at once before and after each test
     * @param threads how many threads it has; it must be able to run as many tasks at once
     * @return this builder
     */
    public Builder pool(String name, Executor executor, int threads) {
      requireNonNull(name, "name");
      requireNonNull(executor, "executor");
      if (threads < 1) {
        throw new IllegalArgumentException("threads: " + threads + " (must be positive)");
      }
      if (pools.putIfAbsent(name, new Pool(executor, threads)) != null) {
        throw new IllegalArgumentException("pool: \"" + name + "\" (there is one already)");
      }
      return this;
    }

    /**
     * Sets how long to wait for the threads of a pool.
     *
     * @param limit the longest wait, positive; ten seconds unless set
     * @return this builder
     */
    public Builder patience(Duration limit) {
      if (limit.isZero() || limit.isNegative()) {
        throw new IllegalArgumentException("patience: " + limit + " (must be positive)");
      }
      patience = limit;
      return this;
    }

    /**
     * Makes the extension.
     *
     * @return the extension, to be registered by {@code @RegisterExtension}
     * @throws IllegalArgumentException if there is no probe
     */
    public ContextLeaks build() {
      if (probes.isEmpty()) {
        throw new IllegalArgumentException("probes: none (at least one is needed)");
      }
      return new ContextLeaks(this);
    }
  }
}
