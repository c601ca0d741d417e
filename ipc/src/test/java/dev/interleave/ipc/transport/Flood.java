// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import static dev.interleave.ipc.transport.TransportContract.received;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.Deadline;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Step;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends frames with the numbers from 0 until something ends it; so it will come to wait for room,
 * however much the system takes, and whenever. Used by one sender at a time; {@link #sent} and
 * {@link #enough} by all.
 */
final class Flood {
  private final ConnectedEnds ends;

  final AtomicLong sent = new AtomicLong();
  final AtomicBoolean enough = new AtomicBoolean();

  Flood(ConnectedEnds ends) {
    this.ends = ends;
  }

  /** No deadline: until it is enough, or it throws. */
  Step<@Nullable Void> start(Actor sender) {
    return start(sender, Deadline::none);
  }

  /** Goes on from where it was. */
  Step<@Nullable Void> start(Actor sender, Supplier<Deadline> deadline) {
    return sender.start(() -> {
      while (!enough.get()) {
        ends.here().send(padded(sent.get()), deadline.get());
        sent.incrementAndGet();
      }
    });
  }

  void assertAllReceived() throws Exception {
    for (long i = 0; i < sent.get(); i++) {
      assertThat(received(ends.there())).isEqualTo(i);
    }
  }

  static ByteBuffer padded(long number) {
    return ByteBuffer.allocate(1000).putLong(0, number);
  }
}
