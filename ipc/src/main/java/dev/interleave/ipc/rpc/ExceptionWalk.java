// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Walks through an exception, its causes and what they suppress, and notes what the limits allow.
 * Exceptions have code of their own, which may fail: that is noted instead of what it was asked
 * for.
 */
final class ExceptionWalk {
  /** How much is noted. */
  enum Limits {
    WHOLE(ExceptionFrame.MAX_EXCEPTIONS, ExceptionFrame.MAX_FRAMES, 4096),
    SHORT(4, 16, 512),
    BARE(1, 0, 100);

    private final int exceptions;
    private final int frames;
    private final int characters;

    Limits(int exceptions, int frames, int characters) {
      this.exceptions = exceptions;
      this.frames = frames;
      this.characters = characters;
    }
  }

  private static final String AGAIN = "(the same exception as above)";
  private static final String CUT = "(not all of its causes were sent)";

  private final Limits limits;
  private final Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private int count;

  ExceptionWalk(Limits limits) {
    this.limits = limits;
  }

  ExceptionFrame frame(Throwable thrown) {
    count++;
    List<String> types = types(thrown);
    if (!seen.add(thrown)) {
      return new ExceptionFrame(types, AGAIN, List.of(), 0, null, List.of());
    }
    List<StackTraceElement> stack = stack(thrown);
    int kept = Math.min(stack.size(), limits.frames);
    boolean cut = false;
    ExceptionFrame cause = null;
    Throwable next = ask(thrown::getCause);
    if (next != null) {
      cut = full();
      cause = cut ? null : frame(next);
    }
    List<ExceptionFrame> suppressed = new ArrayList<>();
    for (Throwable other : thrown.getSuppressed()) {
      if (full()) {
        cut = true;
        break;
      }
      suppressed.add(frame(other));
    }
    return new ExceptionFrame(
        types,
        message(thrown, cut),
        stack.subList(0, kept),
        stack.size() - kept,
        cause,
        suppressed);
  }

  private boolean full() {
    return count >= limits.exceptions;
  }

  private @Nullable String message(Throwable thrown, boolean cut) {
    String message;
    try {
      message = thrown.getMessage();
    } catch (RuntimeException | StackOverflowError e) {
      message = "(getMessage() threw " + e.getClass().getName() + ')';
    }
    if (message != null) {
      message = shortened(message);
    }
    return cut ? (message == null ? CUT : message + ' ' + CUT) : message;
  }

  private List<String> types(Throwable thrown) {
    List<String> types = new ArrayList<>();
    Class<?> type = thrown.getClass();
    do {
      types.add(shortened(type.getName()));
      type = type.getSuperclass();
    } while (type != null && type != Throwable.class && types.size() < ExceptionFrame.MAX_TYPES);
    return types;
  }

  private static List<StackTraceElement> stack(Throwable thrown) {
    List<StackTraceElement> frames = new ArrayList<>();
    StackTraceElement[] stack = ask(thrown::getStackTrace);
    if (stack != null) {
      for (StackTraceElement frame : stack) {
        if (frame != null) {
          frames.add(frame);
        }
      }
    }
    return frames;
  }

  /** Null if the exception's own code fails: what it says of itself is lost, not the exception. */
  private static <R> @Nullable R ask(Supplier<@Nullable R> question) {
    try {
      return question.get();
    } catch (RuntimeException | StackOverflowError e) {
      return null;
    }
  }

  private String shortened(String text) {
    return text.length() <= limits.characters
        ? text
        : text.substring(0, limits.characters) + "... (" + text.length() + " characters)";
  }
}
