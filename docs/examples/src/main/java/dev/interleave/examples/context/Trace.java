// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.context;

import dev.interleave.context.Context;
import dev.interleave.context.ContextCarrier;
import dev.interleave.context.ContextCodec;
import dev.interleave.context.ContextLocal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A log whose entries know their request and their span, on whatever thread they are written. */
final class Trace {
  /** Goes to other services, as text. */
  static final ContextLocal<String> REQUEST =
      ContextLocal.<String>builder("request").carried(ContextCodec.text()).build();

  static final ContextCarrier HEADERS = ContextCarrier.of(REQUEST);

  private static final ContextLocal<Span> SPAN = ContextLocal.named("span");

  private final ReentrantLock lock = new ReentrantLock();
  private final int most;

  /** In the order in which they were written; guarded by the lock, as is what follows. */
  private final Deque<Entry> entries = new ArrayDeque<>();

  private long dropped;

  /**
   * Nothing written yet.
   *
   * @param most how many entries are kept; the oldest ones are dropped, and counted
   */
  Trace(int most) {
    this.most = most;
  }

  /** A part of a request. */
  private record Span(String name, @Nullable Span parent) {
    int depth() {
      return parent == null ? 0 : parent.depth() + 1;
    }
  }

  /** A line of the log. */
  record Entry(String level, String request, String span, int depth, String message) {}

  <T> T request(String id, Callable<T> body) throws Exception {
    return Context.current().with(REQUEST, id).call(body);
  }

  /** Runs something as a part of what is current; says how it ended. */
  <T> T span(String name, Callable<T> body) throws Exception {
    Span parent = SPAN.isSet() ? SPAN.get() : null;
    Span span = new Span(name, parent);
    return Context.current()
        .with(SPAN, span)
        .call(() -> {
          debug("begin");
          String end = "failed";
          try {
            T result = body.call();
            end = "end";
            return result;
          } finally {
            debug(end);
          }
        });
  }

  void debug(String message) {
    log("DEBUG", message);
  }

  void info(String message) {
    log("INFO", message);
  }

  private void log(String level, String message) {
    Span span = SPAN.get();
    Entry entry = new Entry(level, REQUEST.get(), span.name, span.depth(), message);
    lock.lock();
    try {
      if (entries.size() == most) {
        entries.removeFirst();
        dropped++;
      }
      entries.addLast(entry);
    } finally {
      lock.unlock();
    }
  }

  List<Entry> entries() {
    lock.lock();
    try {
      return List.copyOf(entries);
    } finally {
      lock.unlock();
    }
  }

  /** How many entries there are no more. */
  long dropped() {
    lock.lock();
    try {
      return dropped;
    } finally {
      lock.unlock();
    }
  }

  /** The spans of a request, each below the one that it is a part of. */
  List<String> tree(String request) {
    List<String> tree = new ArrayList<>();
    for (Entry entry : entries()) {
      if (entry.request.equals(request) && entry.message.equals("begin")) {
        tree.add("  ".repeat(entry.depth) + entry.span);
      }
    }
    return tree;
  }
}
