// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import dev.interleave.EndlessExecutor;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** Every way to have something run in a context, here on the thread that asks for it. */
enum Shape {
  RUN {
    @Override
    void run(Context context, Runnable body) {
      context.run(body);
    }
  },
  CALL {
    @Override
    void run(Context context, Runnable body) throws Exception {
      context.call(callable(body));
    }
  },
  SUPPLY {
    @Override
    void run(Context context, Runnable body) {
      context.supply(() -> {
        body.run();
        return "";
      });
    }
  },
  RUNNABLE {
    @Override
    void run(Context context, Runnable body) {
      context.wrap(body).run();
    }
  },
  CALLABLE {
    @Override
    void run(Context context, Runnable body) throws Exception {
      context.wrap(callable(body)).call();
    }
  },
  SUPPLIER {
    @Override
    void run(Context context, Runnable body) {
      Supplier<String> supplier =
          () -> {
            body.run();
            return "";
          };
      var unused = context.wrap(supplier).get();
    }
  },
  FUNCTION {
    @Override
    void run(Context context, Runnable body) {
      Function<String, String> function =
          x -> {
            body.run();
            return x;
          };
      var unused = context.wrap(function).apply("");
    }
  },
  BI_FUNCTION {
    @Override
    void run(Context context, Runnable body) {
      BiFunction<String, String, String> function =
          (x, y) -> {
            body.run();
            return x;
          };
      var unused = context.wrap(function).apply("", "");
    }
  },
  CONSUMER {
    @Override
    void run(Context context, Runnable body) {
      Consumer<String> consumer = x -> body.run();
      context.wrap(consumer).accept("");
    }
  },
  BI_CONSUMER {
    @Override
    void run(Context context, Runnable body) {
      BiConsumer<String, String> consumer = (x, y) -> body.run();
      context.wrap(consumer).accept("", "");
    }
  },
  OPEN {
    @Override
    void run(Context context, Runnable body) {
      try (var scope = context.open()) {
        body.run();
      }
    }
  },
  EXECUTOR {
    @Override
    void run(Context context, Runnable body) {
      Executor executor = new Direct(); // as this type: it chooses what is wrapped
      context.wrap(executor).execute(body);
    }
  },
  EXECUTE {
    @Override
    void run(Context context, Runnable body) {
      service(context).execute(body);
    }
  },
  SUBMIT_RUNNABLE {
    @Override
    void run(Context context, Runnable body) throws Exception {
      service(context).submit(body).get();
    }
  },
  SUBMIT_WITH_RESULT {
    @Override
    void run(Context context, Runnable body) throws Exception {
      service(context).submit(body, "").get();
    }
  },
  SUBMIT_CALLABLE {
    @Override
    void run(Context context, Runnable body) throws Exception {
      service(context).submit(callable(body)).get();
    }
  },
  INVOKE_ALL {
    @Override
    void run(Context context, Runnable body) throws Exception {
      service(context).invokeAll(List.of(callable(body))).get(0).get();
    }
  },
  INVOKE_ALL_TIMED {
    @Override
    void run(Context context, Runnable body) throws Exception {
      service(context).invokeAll(List.of(callable(body)), 1, TimeUnit.DAYS).get(0).get();
    }
  },
  INVOKE_ANY {
    @Override
    void run(Context context, Runnable body) throws Exception {
      service(context).invokeAny(List.of(callable(body)));
    }
  },
  INVOKE_ANY_TIMED {
    @Override
    void run(Context context, Runnable body) throws Exception {
      service(context).invokeAny(List.of(callable(body)), 1, TimeUnit.DAYS);
    }
  },
  STAGE {
    @Override
    void run(Context context, Runnable body) throws Exception {
      CompletableFuture<Void> begin = new ContextFuture<>();
      CompletableFuture<Void> end = context.call(() -> begin.thenRun(body));
      begin.complete(null);
      end.get();
    }
  },
  FORK_JOIN_TASK {
    @Override
    void run(Context context, Runnable body) throws Exception {
      context
          .call(() ->
              new ContextForkJoinTask<String>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected String compute() {
                  body.run();
                  return "";
                }
              })
          .invoke();
    }
  };

  /** Runs the body in the context, and throws what it throws or something caused by that. */
  abstract void run(Context context, Runnable body) throws Exception;

  private static Callable<String> callable(Runnable body) {
    return () -> {
      body.run();
      return "";
    };
  }

  private static ExecutorService service(Context context) {
    ExecutorService executor = new Direct();
    return context.wrap(executor);
  }

  /** Runs everything on the thread that submits it. */
  static final class Direct extends EndlessExecutor {
    @Override
    public void execute(Runnable task) {
      task.run();
    }
  }
}
