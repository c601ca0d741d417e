// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.buffer;

import com.lmax.disruptor.BatchEventProcessor;
import com.lmax.disruptor.BatchEventProcessorBuilder;
import com.lmax.disruptor.BlockingWaitStrategy;
import com.lmax.disruptor.RingBuffer;
import com.softwaremill.jox.Channel;
import dev.interleave.Deadline;
import dev.interleave.buffer.BoundedBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * What items go through. A JVM that measures loads one implementation only, so the calls are
 * inlined whichever it is.
 */
interface Passage {
  /** Puts one item in, and waits while there is no place for it. */
  void put(Integer item) throws InterruptedException;

  /** Takes one item out, and waits while there is none. */
  Integer take() throws InterruptedException;

  /** Whether producers have to wait for a place. */
  default boolean bounded() {
    return true;
  }

  /** A consumer of it; used by one thread. */
  Consumer consumer(Shape shape, Count count);

  /** Ends a consumer that may be waiting. */
  default void stop(Thread consumer) {
    consumer.interrupt();
  }

  /** What takes items out until it is interrupted, and counts them. */
  interface Consumer {
    /** Takes some thousand. */
    void some() throws InterruptedException;
  }

  /** One item after the other. */
  final class Singly implements Consumer {
    private final Passage passage;
    private final Count count;

    Singly(Passage passage, Count count) {
      this.passage = passage;
      this.count = count;
    }

    @Override
    public void some() throws InterruptedException {
      for (int i = 0; i < Flow.BURST; i++) {
        count.add(passage.take());
      }
    }
  }

  /** A queue of the JDK's interface. */
  final class OfQueue implements Passage {
    private final BlockingQueue<Integer> queue;

    OfQueue(BlockingQueue<Integer> queue) {
      this.queue = queue;
    }

    @Override
    public void put(Integer item) throws InterruptedException {
      queue.put(item);
    }

    @Override
    public Integer take() throws InterruptedException {
      return queue.take();
    }

    @Override
    public boolean bounded() {
      return queue.remainingCapacity() < Integer.MAX_VALUE;
    }

    @Override
    public Consumer consumer(Shape shape, Count count) {
      return shape.batch() == 1 ? new Singly(this, count) : () -> drain(shape.batch(), count);
    }

    /** Waits for one item, and takes what else is there. */
    private void drain(int batch, Count count) throws InterruptedException {
      List<Integer> items = new ArrayList<>(batch);
      for (int i = 0; i < Flow.BURST; i += items.size()) {
        items.clear();
        items.add(queue.take());
        queue.drainTo(items, batch - 1);
        for (Integer item : items) {
          count.add(item);
        }
      }
    }
  }

  /** Ours, with its own call for batches. */
  final class OfBuffer implements Passage {
    private final BoundedBuffer<Integer> buffer;

    OfBuffer(int capacity) {
      buffer = new BoundedBuffer<>(capacity);
    }

    @Override
    public void put(Integer item) throws InterruptedException {
      buffer.put(item);
    }

    @Override
    public Integer take() throws InterruptedException {
      return buffer.take();
    }

    @Override
    public Consumer consumer(Shape shape, Count count) {
      return () -> {
        for (int i = 0; i < Flow.BURST; ) {
          for (Integer item : buffer.takeBatch(shape.batch(), Deadline.none())) {
            count.add(item);
            i++;
          }
        }
      };
    }
  }

  /** A channel of jox. */
  final class OfChannel implements Passage {
    private final Channel<Integer> channel;

    OfChannel(int capacity) {
      channel = Channel.newBufferedChannel(capacity);
    }

    @Override
    public void put(Integer item) throws InterruptedException {
      channel.send(item);
    }

    @Override
    public Integer take() throws InterruptedException {
      return channel.receive();
    }

    @Override
    public Consumer consumer(Shape shape, Count count) {
      return new Singly(this, count);
    }
  }

  /**
   * A ring of Disruptor. Its consumers each see every item; so that it passes each item once, it
   * has one.
   */
  final class OfDisruptor implements Passage {
    private static final class Slot {
      private int item;
    }

    private final RingBuffer<Slot> ring;
    private @Nullable BatchEventProcessor<Slot> processor;

    OfDisruptor(Shape shape) {
      BlockingWaitStrategy blocking = new BlockingWaitStrategy();
      ring =
          shape.producers() == 1
              ? RingBuffer.createSingleProducer(Slot::new, shape.capacity(), blocking)
              : RingBuffer.createMultiProducer(Slot::new, shape.capacity(), blocking);
    }

    @Override
    public void put(Integer item) {
      long sequence = ring.next();
      try {
        ring.get(sequence).item = item;
      } finally {
        ring.publish(sequence);
      }
    }

    @Override
    public Integer take() {
      throw new UnsupportedOperationException("it calls its consumer");
    }

    @Override
    public Consumer consumer(Shape shape, Count count) {
      BatchEventProcessor<Slot> made =
          new BatchEventProcessorBuilder()
              .build(ring, ring.newBarrier(), (slot, sequence, last) -> count.add(slot.item));
      ring.addGatingSequences(made.getSequence());
      processor = made;
      return () -> {
        made.run(); // until it is stopped
        throw new InterruptedException();
      };
    }

    @Override
    public void stop(Thread consumer) {
      if (processor != null) {
        processor.halt();
      }
    }
  }
}
