// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.ipc;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.Connection;
import dev.interleave.ipc.transport.Listener;
import dev.interleave.ipc.transport.Transport;
import dev.interleave.ipc.transport.TransportException;
import dev.interleave.ipc.transport.TransportOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** The two ends of a connection. */
public final class Ends {
  private static final AtomicLong COUNT = new AtomicLong();
  private static final TransportOptions OPTIONS =
      TransportOptions.builder().bufferBytes(4096).maxFrame(1024).spin(Duration.ZERO).build();

  public final Connection here;
  public final Connection there;

  public Ends() {
    Transport transport = Transport.memory("jcstress-" + COUNT.incrementAndGet(), OPTIONS);
    try (Listener listener = transport.listen()) {
      here = transport.connect(Deadline.none());
      there = listener.accept(Deadline.none());
    } catch (TransportException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Until there is no room for one more. */
  Ends filled() {
    try {
      while (here.trySend(ByteBuffer.allocate(1000))) {
        // one more
      }
    } catch (TransportException e) {
      throw new IllegalStateException(e);
    }
    return this;
  }

  static ByteBuffer frame(long value) {
    return ByteBuffer.allocate(16).putLong(value).putLong(value).flip();
  }
}
