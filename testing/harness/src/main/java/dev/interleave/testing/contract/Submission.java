// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The ways to hand one task to an {@link ExecutorService}. */
@SuppressWarnings("FutureReturnValueIgnored") // who hands the task over looks at what it does
enum Submission {
  EXECUTE {
    @Override
    void to(ExecutorService executor, Runnable task) {
      executor.execute(task);
    }
  },
  SUBMIT_RUNNABLE {
    @Override
    void to(ExecutorService executor, Runnable task) {
      executor.submit(task);
    }
  },
  SUBMIT_RUNNABLE_WITH_RESULT {
    @Override
    void to(ExecutorService executor, Runnable task) {
      executor.submit(task, "result");
    }
  },
  SUBMIT_CALLABLE {
    @Override
    void to(ExecutorService executor, Runnable task) {
      executor.submit(callable(task));
    }
  },
  INVOKE_ALL {
    @Override
    void to(ExecutorService executor, Runnable task) throws Exception {
      executor.invokeAll(List.of(callable(task)));
    }
  },
  TIMED_INVOKE_ALL {
    @Override
    void to(ExecutorService executor, Runnable task) throws Exception {
      executor.invokeAll(List.of(callable(task)), 1, TimeUnit.DAYS);
    }
  },
  INVOKE_ANY {
    @Override
    void to(ExecutorService executor, Runnable task) throws Exception {
      executor.invokeAny(List.of(callable(task)));
    }
  },
  TIMED_INVOKE_ANY {
    @Override
    void to(ExecutorService executor, Runnable task) throws Exception {
      executor.invokeAny(List.of(callable(task)), 1, TimeUnit.DAYS);
    }
  };

  static final List<Submission> ALL = List.of(values());
  static final List<Submission> NOT_WAITING =
      List.of(EXECUTE, SUBMIT_RUNNABLE, SUBMIT_RUNNABLE_WITH_RESULT, SUBMIT_CALLABLE);

  /** Hands the task over; the invoking ones wait until it is done. */
  abstract void to(ExecutorService executor, Runnable task) throws Exception;

  private static Callable<@Nullable Object> callable(Runnable task) {
    return () -> {
      task.run();
      return null;
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
