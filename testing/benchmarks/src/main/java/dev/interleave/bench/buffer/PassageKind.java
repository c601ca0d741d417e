// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.buffer;

import dev.interleave.buffer.BoundedBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.LinkedTransferQueue;

/** What is measured. */
@SuppressWarnings("ImmutableEnumChecker") // the factories have no state
public enum PassageKind {
  /** Ours as it is by default. */
  BUFFER("BoundedBuffer", shape -> queue(new BoundedBuffer<>(shape.capacity()))),
  /** Ours, emptied by its own call for batches. */
  BUFFER_BATCH("BoundedBuffer, takeBatch", shape -> new Passage.OfBuffer(shape.capacity())),
  /** One lock for both sides. */
  ARRAY("ArrayBlockingQueue", shape -> queue(new ArrayBlockingQueue<>(shape.capacity()))),
  /** A lock for each side. */
  LINKED("LinkedBlockingQueue", shape -> queue(new LinkedBlockingQueue<>(shape.capacity()))),
  /** No bound: whatever the capacity, its producers never wait. */
  TRANSFER("LinkedTransferQueue", shape -> queue(new LinkedTransferQueue<>())),
  /** A channel that can be closed. */
  JOX("jox Channel", shape -> new Passage.OfChannel(shape.capacity())),
  /** A ring whose consumer is called by it. */
  DISRUPTOR("Disruptor, blocking", Passage.OfDisruptor::new);

  private interface Factory {
    Passage create(Shape shape);
  }

  private final String label;
  private final Factory factory;

  PassageKind(String label, Factory factory) {
    this.label = label;
    this.factory = factory;
  }

  private static Passage queue(BlockingQueue<Integer> queue) {
    return new Passage.OfQueue(queue);
  }

  /** Its name in tables and plots. */
  String label() {
    return label;
  }

  Passage create(Shape shape) {
    return factory.create(shape);
  }
}
