// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.Deadline;
import dev.interleave.buffer.BoundedBuffer;
import dev.interleave.buffer.BoundedBuffer.Overflow;
import dev.interleave.buffer.BufferClosedException;
import dev.interleave.ipc.channel.Router.WhenFull;
import dev.interleave.ipc.transport.Polled;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the letters for one client wait. Only the router puts them in, and one at a time: what has
 * room has it until then.
 */
final class Mailbox<M> {
  private final String id;
  private final String name;
  private final WhenFull whenFull;
  private final BoundedBuffer<Letter<M>> buffer;
  private final @Nullable Consumer<? super Letter<M>> listener;

  /** Called when there is more room. */
  private final Runnable freed;

  /** Used by who puts in. */
  private final List<Letter<M>> evicted = new ArrayList<>();

  private final LongAdder sent = new LongAdder();
  private final LongAdder received = new LongAdder();
  private final LongAdder discarded = new LongAdder();
  private volatile boolean left;

  Mailbox(
      String router,
      String id,
      int capacity,
      WhenFull whenFull,
      @Nullable Consumer<? super Letter<M>> listener,
      Runnable freed) {
    this.id = id;
    this.whenFull = whenFull;
    this.listener = listener;
    this.freed = freed;
    name = router + "/" + id;
    BoundedBuffer.Builder<Letter<M>> builder =
        BoundedBuffer.<Letter<M>>builder(capacity).name(name);
    buffer =
        (whenFull == WhenFull.DROP_OLDEST
                ? builder.overflow(Overflow.DROP_OLDEST, evicted::add)
                : builder)
            .build();
  }

  String id() {
    return id;
  }

  String name() {
    return name;
  }

  WhenFull whenFull() {
    return whenFull;
  }

  boolean hasRoom() {
    return buffer.remainingCapacity() > 0;
  }

  boolean isListened() {
    return listener != null;
  }

  @Nullable Consumer<? super Letter<M>> listener() {
    return listener;
  }

  /** Puts a letter in. Called with the lock of the router. */
  boolean put(Letter<M> letter) {
    return buffer.offer(letter);
  }

  /** What had to make room since the last call. Called with the lock of the router. */
  List<Letter<M>> takeEvicted() {
    if (evicted.isEmpty()) {
      return List.of();
    }
    List<Letter<M>> taken = List.copyOf(evicted);
    evicted.clear();
    return taken;
  }

  void countSent() {
    sent.increment();
  }

  /** Nothing more comes; what is inside can be received. */
  void end() {
    buffer.close();
  }

  /** Its owner wants no more; what is inside. */
  List<Letter<M>> leave() {
    left = true;
    List<Letter<M>> unread = buffer.closeNow();
    discarded.add(unread.size());
    return unread;
  }

  boolean hasLeft() {
    return left;
  }

  @Nullable Letter<M> receive(Deadline deadline) throws ChannelException, InterruptedException {
    checkOpen(null);
    Letter<M> letter;
    try {
      letter = buffer.poll(deadline);
    } catch (BufferClosedException e) {
      checkOpen(e);
      return null;
    }
    if (letter == null) {
      throw new ChannelTimeoutException(name + ": no letter has come", null);
    }
    taken();
    return letter;
  }

  Polled tryReceive(Consumer<? super Letter<M>> handler) throws ChannelException {
    checkOpen(null);
    boolean last = buffer.isClosed(); // read first: then nothing comes behind what is found
    Letter<M> letter = buffer.poll();
    if (letter == null) {
      checkOpen(null);
      return last ? Polled.END : Polled.NOTHING;
    }
    taken();
    handler.accept(letter);
    return Polled.FRAME;
  }

  private void taken() {
    received.increment();
    freed.run();
  }

  private void checkOpen(@Nullable Throwable cause) throws ChannelClosedException {
    if (left) {
      throw new ChannelClosedException(name + " has left", cause);
    }
  }

  ChannelStats stats() {
    return new ChannelStats(sent.sum(), received.sum(), discarded.sum(), buffer.size());
  }

  /** For messages: the name, and how full it is. */
  @Override
  public String toString() {
    return name + ", " + buffer.size() + " of " + buffer.capacity() + (left ? ", has left" : "");
  }
}
