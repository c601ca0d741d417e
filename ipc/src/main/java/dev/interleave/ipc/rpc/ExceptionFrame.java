// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An exception as it is sent: names, texts and numbers, bounded, and no object. All strings, and so
 * all that a {@link RemoteException} shows, are the peer's; none is ever looked up.
 *
 * @param types the names of its class and of its superclasses below {@code Throwable}
 * @param stack the first frames of its stack
 * @param omitted how many frames there were behind them
 */
record ExceptionFrame(
    List<String> types,
    @Nullable String message,
    List<StackTraceElement> stack,
    int omitted,
    @Nullable ExceptionFrame cause,
    List<ExceptionFrame> suppressed) {

  static final int MAX_EXCEPTIONS = 32;
  static final int MAX_FRAMES = 128;
  static final int MAX_TYPES = 8;

  /** Begins what stands for the class loader in frames of other threads. */
  private static final String REMOTE = "remote:";

  // ------------------------------------------------------------------ writing

  /**
   * Appends an exception, and less of it if not all of it fits.
   *
   * @throws CodecException if not even the name of its class and the beginning of its message fit
   */
  static void write(Throwable thrown, Encoder out) {
    int start = out.size();
    for (ExceptionWalk.Limits limits : ExceptionWalk.Limits.values()) {
      try {
        new ExceptionWalk(limits).frame(thrown).write(out, List.of());
        return;
      } catch (CodecException e) {
        out.truncate(start);
        if (limits == ExceptionWalk.Limits.BARE) {
          throw e;
        }
      }
    }
  }

  private void write(Encoder out, List<StackTraceElement> above) {
    out.writeUnsigned(types.size());
    types.forEach(type -> writeText(out, type));
    writeText(out, message);
    int common = common(stack, above);
    out.writeUnsigned(stack.size() - common);
    for (StackTraceElement frame : stack.subList(0, stack.size() - common)) {
      writeFrame(out, frame);
    }
    out.writeUnsigned(common);
    out.writeUnsigned(omitted);
    out.writeByte(cause == null ? 0 : 1);
    if (cause != null) {
      cause.write(out, stack);
    }
    out.writeUnsigned(suppressed.size());
    suppressed.forEach(other -> other.write(out, stack));
  }

  /** How many frames at the end of both are the same, as in every cause of an exception. */
  private static int common(List<StackTraceElement> stack, List<StackTraceElement> above) {
    int max = Math.min(stack.size(), above.size());
    int count = 0;
    while (count < max
        && stack.get(stack.size() - 1 - count).equals(above.get(above.size() - 1 - count))) {
      count++;
    }
    return count;
  }

  private static void writeFrame(Encoder out, StackTraceElement frame) {
    String loader = frame.getClassLoaderName();
    writeText(out, loader != null && loader.startsWith(REMOTE) ? loader : null);
    writeText(out, frame.getModuleName());
    writeText(out, frame.getClassName());
    writeText(out, frame.getMethodName());
    writeText(out, frame.getFileName());
    out.writeSigned(frame.getLineNumber());
  }

  private static void writeText(Encoder out, @Nullable String text) {
    out.writeString(text == null ? null : Utf8.mended(text));
  }

  // ------------------------------------------------------------------ reading

  /**
   * Reads an exception.
   *
   * @throws CodecException if the bytes are not one
   */
  static ExceptionFrame read(Decoder in) {
    try {
      return new Reader(in).frame(List.of());
    } catch (CodecException e) {
      throw e.within("exception");
    }
  }

  private static final class Reader {
    private final Decoder in;
    private int count;

    Reader(Decoder in) {
      this.in = in;
    }

    ExceptionFrame frame(List<StackTraceElement> above) {
      if (++count > MAX_EXCEPTIONS) {
        throw new CodecException("more than " + MAX_EXCEPTIONS + " exceptions in one");
      }
      List<String> types = types();
      String message = in.readString();
      List<StackTraceElement> stack = stack(above);
      int omitted = (int) number(Integer.MAX_VALUE);
      ExceptionFrame cause = in.readBoolean() ? frame(stack) : null;
      long others = number(MAX_EXCEPTIONS);
      List<ExceptionFrame> suppressed = new ArrayList<>();
      for (int i = 0; i < others; i++) {
        suppressed.add(frame(stack));
      }
      return new ExceptionFrame(types, message, stack, omitted, cause, suppressed);
    }

    private List<String> types() {
      long size = number(MAX_TYPES);
      if (size == 0) {
        throw new CodecException("an exception without a class");
      }
      List<String> types = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        types.add(text());
      }
      return types;
    }

    private List<StackTraceElement> stack(List<StackTraceElement> above) {
      long own = number(MAX_FRAMES);
      List<StackTraceElement> stack = new ArrayList<>();
      for (int i = 0; i < own; i++) {
        stack.add(element());
      }
      long common = number(Math.min(MAX_FRAMES - own, above.size()));
      stack.addAll(above.subList(above.size() - (int) common, above.size()));
      return stack;
    }

    private StackTraceElement element() {
      String loader = in.readString();
      if (loader != null && !loader.startsWith(REMOTE)) {
        throw new CodecException("a frame of a class loader");
      }
      String module = in.readString();
      String type = text();
      String method = text();
      String file = in.readString();
      long line = in.readSigned();
      if (line != (int) line) {
        throw new CodecException("line " + line);
      }
      return new StackTraceElement(loader, module, null, type, method, file, (int) line);
    }

    private String text() {
      String text = in.readString();
      if (text == null) {
        throw new CodecException("a frame or class without a name");
      }
      return text;
    }

    private long number(long max) {
      long number = in.readUnsigned();
      if (number < 0 || number > max) {
        throw new CodecException(Long.toUnsignedString(number) + " is more than " + max);
      }
      return number;
    }
  }

  // ------------------------------------------------------------------ throwing

  /** What to throw for it on the calling thread, whose stack follows the remote one. */
  RemoteException toException(String server) {
    Objects.requireNonNull(server, "server");
    StackTraceElement[] local = new Throwable().getStackTrace();
    return toException(server, List.of(local).subList(1, local.length));
  }

  private RemoteException toException(String server, List<StackTraceElement> local) {
    RemoteException exception =
        new RemoteException(
            server, types, message, cause == null ? null : cause.toException(server, local));
    for (ExceptionFrame other : suppressed) {
      exception.addSuppressed(other.toException(server, local));
    }
    List<StackTraceElement> whole = new ArrayList<>();
    for (StackTraceElement frame : stack) {
      whole.add(marked(server, frame));
    }
    if (omitted > 0) {
      String frames = omitted + " frames";
      whole.add(new StackTraceElement(REMOTE + server, null, null, "omitted", frames, null, -1));
    }
    // Under the causes, too: whoever prints them shows what they have in common only once.
    whole.addAll(local);
    exception.setStackTrace(whole.toArray(StackTraceElement[]::new));
    return exception;
  }

  private static StackTraceElement marked(String server, StackTraceElement frame) {
    String further = frame.getClassLoaderName();
    return new StackTraceElement(
        further == null
            ? REMOTE + server
            : REMOTE + server + '>' + further.substring(REMOTE.length()),
        frame.getModuleName(),
        null,
        frame.getClassName(),
        frame.getMethodName(),
        frame.getFileName(),
        frame.getLineNumber());
  }
}
