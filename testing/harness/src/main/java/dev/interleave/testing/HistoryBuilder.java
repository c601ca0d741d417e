// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes a {@link History} event by event, in their order.
 *
 * {@snippet :
 * History history = History.builder()
 *     .call("a", "put", 1)
 *     .call("b", "take")
 *     .done("a")
 *     .returned("b", 1)
 *     .build();
 * }
 *
 * <p>Not safe for use by several threads.
 */
public final class HistoryBuilder {
  private final List<Call> calls = new ArrayList<>();
  private final Map<String, Call> open = new HashMap<>();
  private int now;

  /** A call and, once it has ended, its outcome. */
  private static final class Call {
    final String thread;
    final @Nullable Object key;
    final String name;
    final List<@Nullable Object> arguments;
    final int start;
    Outcome outcome = Outcome.pending();
    int end = Operation.NEVER;

    Call(
        String thread,
        @Nullable Object key,
        String name,
        List<@Nullable Object> arguments,
        int start) {
      this.thread = thread;
      this.key = key;
      this.name = name;
      this.arguments = arguments;
      this.start = start;
    }

    Operation toOperation() {
      return new Operation(thread, key, name, arguments, outcome, start, end);
    }
  }

  HistoryBuilder() {}

  /**
   * A thread calls.
   *
   * @param thread the name of the thread
   * @param name the name of the operation
   * @param arguments its arguments
   * @return this builder
   * @throws IllegalStateException if the last call of the thread has not ended
   */
  public HistoryBuilder call(String thread, String name, @Nullable Object... arguments) {
    return callOn(null, thread, name, arguments);
  }

  /**
   * A thread calls one of several objects.
   *
   * @param key the object, or what stands for it; objects are the same if they are equal; null if
   *     the history is about a single one
   * @param thread the name of the thread
   * @param name the name of the operation
   * @param arguments its arguments
   * @return this builder
   * @throws IllegalStateException if the last call of the thread has not ended
   */
  public HistoryBuilder callOn(
      @Nullable Object key, String thread, String name, @Nullable Object... arguments) {
    requireNonNull(thread, "thread");
    requireNonNull(name, "name");
    Call call = new Call(thread, key, name, Arrays.asList(arguments.clone()), now);
    Call before = open.putIfAbsent(thread, call);
    if (before != null) {
      throw new IllegalStateException(
          thread + " calls " + name + ", but its call of " + before.name + " has not ended");
    }
    calls.add(call);
    now++;
    return this;
  }

  /**
   * The last call of a thread returns a value.
   *
   * @param thread the name of the thread
   * @param value the value
   * @return this builder
   * @throws IllegalStateException if the thread is not in a call
   */
  public HistoryBuilder returned(String thread, @Nullable Object value) {
    return ended(thread, Outcome.returned(value));
  }

  /**
   * The last call of a thread returns, and its method returns nothing.
   *
   * @param thread the name of the thread
   * @return this builder
   * @throws IllegalStateException if the thread is not in a call
   */
  public HistoryBuilder done(String thread) {
    return ended(thread, Outcome.done());
  }

  /**
   * The last call of a thread throws.
   *
   * @param thread the name of the thread
   * @param type the class of what it throws
   * @return this builder
   * @throws IllegalStateException if the thread is not in a call
   */
  public HistoryBuilder threw(String thread, Class<? extends Throwable> type) {
    return ended(thread, Outcome.threw(type));
  }

  /**
   * The last call of a thread ends.
   *
   * @param thread the name of the thread
   * @param outcome how; not pending
   * @return this builder
   * @throws IllegalArgumentException if the outcome is pending
   * @throws IllegalStateException if the thread is not in a call
   */
  public HistoryBuilder ended(String thread, Outcome outcome) {
    if (requireNonNull(outcome, "outcome") instanceof Outcome.Pending) {
      throw new IllegalArgumentException("outcome: pending");
    }
    Call call = open.remove(requireNonNull(thread, "thread"));
    if (call == null) {
      throw new IllegalStateException(thread + " is not in a call, but one ends: " + outcome);
    }
    call.outcome = outcome;
    call.end = now++;
    return this;
  }

  /**
   * Returns the history so far. Calls that have not ended are pending in it.
   *
   * @return the history
   */
  public History build() {
    return new History(calls.stream().map(Call::toOperation).toList());
  }
}
