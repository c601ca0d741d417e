// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.function.Consumer;

/** Keeps what an example prints, and passes each line on when it is complete. Thread-safe. */
final class Recorder extends OutputStream {
  private final Consumer<String> lines;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final StringBuilder text = new StringBuilder();
  private boolean over;

  Recorder(Consumer<String> lines) {
    this.lines = lines;
  }

  /** What the example prints to. */
  PrintStream stream() {
    return new PrintStream(this, true, UTF_8);
  }

  @Override
  public synchronized void write(int b) {
    if (over) {
      return; // an example that was given up, still talking
    }
    if (b == '\n') {
      endLine();
    } else if (b != '\r') {
      line.write(b);
    }
  }

  @Override
  public synchronized void write(byte[] bytes, int from, int length) {
    for (int i = from; i < from + length; i++) {
      write(bytes[i]);
    }
  }

  /** Ends the recording, and returns all of it; what is printed later is dropped. */
  synchronized String end() {
    if (line.size() > 0) {
      endLine();
    }
    over = true;
    return text.toString();
  }

  private void endLine() {
    String complete = line.toString(UTF_8);
    line.reset();
    text.append(complete).append('\n');
    lines.accept(complete);
  }
}
