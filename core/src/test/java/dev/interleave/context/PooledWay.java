// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import dev.interleave.pool.MonitoredPool;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Every way to have something run in the current context by the one thread of a pool. */
enum PooledWay {
  EXECUTE {
    @Override
    Future<?> start(ExecutorService pool, Callable<String> body) {
      FutureTask<String> task = new FutureTask<>(body);
      Context.propagating(pool).execute(task);
      return task;
    }
  },
  SUBMIT {
    @Override
    Future<?> start(ExecutorService pool, Callable<String> body) {
      return Context.propagating(pool).submit(body);
    }
  },
  FIXED_CONTEXT {
    @Override
    Future<?> start(ExecutorService pool, Callable<String> body) {
      return Context.current().wrap(pool).submit(body);
    }
  },
  SCHEDULE {
    @Override
    Future<?> start(ExecutorService pool, Callable<String> body) {
      return scheduling(pool).schedule(body, 1, TimeUnit.MICROSECONDS);
    }
  },
  FIXED_RATE {
    @Override
    Future<?> start(ExecutorService pool, Callable<String> body) {
      return scheduling(pool).scheduleAtFixedRate(runnable(body), 0, 1, TimeUnit.DAYS);
    }
  },
  FIXED_DELAY {
    @Override
    Future<?> start(ExecutorService pool, Callable<String> body) {
      return scheduling(pool).scheduleWithFixedDelay(runnable(body), 0, 1, TimeUnit.DAYS);
    }
  },
  SUPPLY_ASYNC {
    @Override
    Future<?> start(ExecutorService pool, Callable<String> body) {
      return ContextFuture.runAsync(runnable(body), pool);
    }
  },
  STAGE_ASYNC {
    @Override
    Future<?> start(ExecutorService pool, Callable<String> body) {
      return ContextFuture.completedFuture("").thenRunAsync(runnable(body), pool);
    }
  },
  FORK_JOIN_TASK {
    @Override
    ExecutorService pool() {
      return new ForkJoinPool(1);
    }

    @Override
    Future<?> start(ExecutorService pool, Callable<String> body) {
      ForkJoinTask<String> task =
          new ContextForkJoinTask<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected String compute() {
              runnable(body).run();
              return "";
            }
          };
      return ((ForkJoinPool) pool).submit(task);
    }
  },
  MONITORED_POOL {
    @Override
    ExecutorService pool() {
      return MonitoredPool.builder("jobs").threads(1, 1).build();
    }

    @Override
    Future<?> start(ExecutorService pool, Callable<String> body) {
      return Context.propagating(pool).submit(body);
    }
  };

  /** A pool of one thread that this one knows how to use. */
  ExecutorService pool() {
    return Executors.newScheduledThreadPool(1);
  }

  /** Gives the body to the pool. */
  abstract Future<?> start(ExecutorService pool, Callable<String> body);

  private static ScheduledExecutorService scheduling(ExecutorService pool) {
    return Context.propagating((ScheduledExecutorService) pool);
  }

  private static Runnable runnable(Callable<String> body) {
    return () -> {
      try {
        var unused = body.call();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    };
  }
}
