// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.context.Context;
import dev.interleave.context.ContextLocal;
import dev.interleave.context.ContextUnsetException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What {@code docs/where-to-keep-state.md} says that each place does is what it does: the words of
 * its table are found out anew.
 */
@Timeout(60)
class WhereToKeepStateTest {
  private static final String PAGE = "docs/where-to-keep-state.md";
  private static final String TABLE = "## What they do, side by side";

  /** A place that the page compares, and used as it says. */
  @SuppressWarnings("ImmutableEnumChecker") // they are places for state
  enum Place {
    CONTEXT_LOCAL("ContextLocal") {
      private final ContextLocal<String> local = ContextLocal.named("state");

      @Override
      @Nullable String find() {
        return local.get();
      }

      @Override
      <T extends @Nullable Object> T with(String value, Callable<T> body) throws Exception {
        return Context.current().with(local, value).call(body);
      }

      @Override
      Callable<@Nullable String> wrap(Callable<@Nullable String> task) {
        return Context.current().wrap(task);
      }
    },

    THREAD_LOCAL("ThreadLocal") {
      private final ThreadLocal<@Nullable String> local = new ThreadLocal<>();

      @Override
      @Nullable String find() {
        return local.get();
      }

      @Override
      <T extends @Nullable Object> T with(String value, Callable<T> body) throws Exception {
        local.set(value);
        return body.call();
      }
    },

    SHARED("shared") {
      private final AtomicReference<@Nullable String> shared = new AtomicReference<>("at first");

      @Override
      @Nullable String find() {
        return shared.get();
      }

      @Override
      <T extends @Nullable Object> T with(String value, Callable<T> body) throws Exception {
        shared.set(value);
        return body.call();
      }
    };

    final String column;

    Place(String column) {
      this.column = column;
    }

    abstract @Nullable String find();

    abstract <T extends @Nullable Object> T with(String value, Callable<T> body) throws Exception;

    /** As a task that is to find what is here. */
    Callable<@Nullable String> wrap(Callable<@Nullable String> task) {
      return task;
    }
  }

  /** A row of the table, and how to find out what belongs there. */
  enum Row {
    FORGOTTEN("forgotten to be set") {
      @Override
      String of(Place place, ExecutorService mine, ExecutorService other) throws Exception {
        String first;
        try {
          first = String.valueOf(place.find());
        } catch (ContextUnsetException e) {
          String message = String.valueOf(e.getMessage());
          return message.startsWith(e.local()) ? "an error that names it" : "an error";
        }
        if (!first.equals("null")) {
          return "whatever there is";
        }
        mine.submit(() -> place.with("left", () -> "")).get();
        String next = mine.submit(() -> String.valueOf(place.find())).get();
        return next.equals("left") ? "null, or what the task before has left" : "null";
      }
    },

    POOL("goes to a pool") {
      @Override
      String of(Place place, ExecutorService mine, ExecutorService other) throws Exception {
        return place.with(
            "value",
            () -> {
              if (found(place, other, task -> task)) {
                return "it is there";
              }
              return found(place, other, place::wrap) ? "wrapped" : "no";
            });
      }
    },

    ENDS("ends") {
      @Override
      String of(Place place, ExecutorService mine, ExecutorService other) throws Exception {
        mine.submit(() -> place.with("value", () -> "")).get();
        if (found(place, other, task -> task)) {
          return "never by itself";
        }
        return found(place, mine, task -> task)
            ? "when somebody removes it, or with the thread"
            : "with the call";
      }
    },

    CHANGED("changed by a callee") {
      @Override
      String of(Place place, ExecutorService mine, ExecutorService other) throws Exception {
        return place.with(
            "value",
            () -> {
              String callee = place.with("changed", () -> String.valueOf(place.find()));
              assertThat(callee).isEqualTo("changed");
              return "changed".equals(place.find()) ? "yes" : "no";
            });
      }
    };

    final String name;

    Row(String name) {
      this.name = name;
    }

    /** What the table should say, on a thread that has used the place never before. */
    abstract String of(Place place, ExecutorService mine, ExecutorService other) throws Exception;

    private interface Handing {
      Callable<@Nullable String> of(Callable<@Nullable String> task);
    }

    private static boolean found(Place place, ExecutorService pool, Handing handing)
        throws Exception {
      Callable<@Nullable String> task =
          () -> {
            try {
              return place.find();
            } catch (ContextUnsetException e) {
              return null;
            }
          };
      return "value".equals(pool.submit(handing.of(task)).get());
    }
  }

  private static List<String> cells(String line) {
    return Arrays.stream(line.split("\\|", -1)).map(cell -> cell.strip().replace("`", "")).toList();
  }

  private static String cell(String row, String column) {
    List<List<String>> table =
        Page.all().stream()
            .filter(page -> page.name().equals(PAGE))
            .flatMap(page -> page.text().lines())
            .dropWhile(line -> !line.equals(TABLE))
            .dropWhile(line -> !line.startsWith("|"))
            .takeWhile(line -> line.startsWith("|"))
            .map(WhereToKeepStateTest::cells)
            .toList();
    assertThat(table).as("the table of %s", PAGE).isNotEmpty();
    int at = table.get(0).indexOf(column);
    assertThat(at).as("the column %s", column).isPositive();
    return table.stream()
        .filter(cells -> cells.get(1).equals(row))
        .map(cells -> cells.get(at))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no row " + row));
  }

  /**
   * "Thread-independent data" was a copy for each thread that needs no synchronization, and no word
   * about what it cannot do: be agreed upon, be handed over, end. The table has it right.
   */
  @Nested
  class A69 {
    @ParameterizedTest
    @EnumSource
    void tableIsRight(Row row) throws Exception {
      for (Place place : Place.values()) {
        try (ExecutorService mine = Executors.newSingleThreadExecutor();
            ExecutorService other = Executors.newSingleThreadExecutor();
            ExecutorService fresh = Executors.newSingleThreadExecutor()) {
          String found = fresh.submit(() -> row.of(place, mine, other)).get();
          assertThat(cell(row.name, place.column)).as(place.column).isEqualTo(found);
        }
      }
    }
  }
}
