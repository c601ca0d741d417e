// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What several threads called, what came back, and in which order: to be compared with a {@link
 * Model} by {@link Linearizability}.
 *
 * <p>A history is a sequence of events. Each is the beginning of a call, or its end: it returned or
 * threw. A thread has one call at a time. Calls that overlap are not ordered; a call that ended
 * before another one began was first. A call that has not ended is {@linkplain Operation#isPending
 * pending}.
 *
 * <p>There are three ways to get one: {@linkplain #recorder() record} what threads do, {@linkplain
 * #builder() write} it down event by event, or {@linkplain #parse read} it as text.
 *
 * <p>Histories are immutable, as far as the values in them are, and may be shared by threads.
 */
public final class History {
  private final List<Operation> operations;

  History(List<Operation> operations) {
    this.operations = List.copyOf(operations);
  }

  /**
   * Returns a recorder with which threads record their calls as they make them.
   *
   * @return a new recorder
   */
  public static HistoryRecorder recorder() {
    return new HistoryRecorder();
  }

  /**
   * Returns a builder that takes a history event by event.
   *
   * @return a new builder
   */
  public static HistoryBuilder builder() {
    return new HistoryBuilder();
  }

  /**
   * Reads a history from text as {@link #toText} writes it: a line for each event, in their order.
   *
   * {@snippet lang="text" :
   * # a comment
   * producer: put("a")
   * consumer: take()
   * producer: done
   * consumer: returned "a"
   * consumer: timedPoll()
   * other: get() on "account 1"
   * consumer: threw java.lang.InterruptedException
   * }
   *
   * <p>A line begins with the thread; its name is in quotes if it has other characters than
   * letters, digits and {@code . _ # $ -}. What follows is a call, {@code done} if it returns and
   * its method returns nothing, {@code returned} with a value, or {@code threw} with the name of
   * the class, and those of superclasses, separated by {@code <}. Values are {@code null}, {@code
   * true}, {@code false}, an int, a long with an {@code L} at the end, a double, a string in double
   * quotes, a char in single quotes, or a list of values in brackets.
   *
   * @param text the text
   * @return the history
   * @throws IllegalArgumentException if the text is none; the message has the number of the line
   */
  public static History parse(String text) {
    return new HistoryParser(requireNonNull(text, "text")).parse();
  }

  /**
   * Returns the history as text that {@link #parse} reads.
   *
   * @return the text, a line for each event
   * @throws IllegalArgumentException if there is a value of a type that has no text: see {@link
   *     #parse}
   */
  public String toText() {
    return HistoryFormat.format(this);
  }

  /**
   * Returns the operations in the order in which they began.
   *
   * @return the operations
   */
  public List<Operation> operations() {
    return operations;
  }

  /**
   * Returns the names of the threads in the order in which they began.
   *
   * @return the names, each once
   */
  public List<String> threads() {
    return operations.stream().map(Operation::thread).distinct().toList();
  }

  /**
   * Returns the part of the history that has only some of the operations, in the same order.
   *
   * @param kept tells which
   * @return the part; its operations keep their times
   */
  public History only(Predicate<? super Operation> kept) {
    return new History(operations.stream().filter(kept).toList());
  }

  /** Tells whether the other object is a history of the same operations. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof History that && operations.equals(that.operations);
  }

  @Override
  public int hashCode() {
    return operations.hashCode();
  }

  /** Returns the events, a line for each. */
  @Override
  public String toString() {
    return HistoryFormat.show(this);
  }
}
