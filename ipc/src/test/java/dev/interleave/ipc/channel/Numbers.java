// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.Deadline;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Random;

/** Frames of different lengths that say which one they are, and how long. */
final class Numbers {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private Numbers() {}

  static ByteBuffer frame(int number, Random random) {
    ByteBuffer frame = ByteBuffer.allocate(8 + random.nextInt(random.nextInt(20) == 0 ? 500 : 40));
    return frame.putInt(0, number).putInt(4, frame.limit());
  }

  static void send(Sender<ByteBuffer> to, int count, Random random) throws Exception {
    for (int i = 0; i < count; i++) {
      to.send(frame(i, random), Deadline.after(PATIENCE));
    }
  }

  /** Receives all that there are, each once and in order; how many it were. */
  static int receive(Receiver<ByteBuffer> from) throws Exception {
    int next = 0;
    while (receive(from, next)) {
      next++;
    }
    return next;
  }

  /** Receives the one that is due; false at the end. */
  static boolean receive(Receiver<ByteBuffer> from, int due) throws Exception {
    ByteBuffer frame = from.receive(Deadline.after(PATIENCE));
    if (frame == null) {
      return false;
    }
    assertThat(frame.getInt(0)).isEqualTo(due);
    assertThat(frame.getInt(4)).isEqualTo(frame.remaining());
    return true;
  }
}
