// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import dev.interleave.Guard;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells listeners of events, in order, one after the other, and with no lock held.
 *
 * <p>Who has an event adds it while it holds its own lock, which gives the order, and {@linkplain
 * #deliver delivers} when it has released that. If another thread is delivering, that one tells of
 * this event, too. The queue is as long as its user has events: a service has five in its life.
 *
 * @param <E> an event
 */
final class Announcer<E> {
  private final Consumer<? super Throwable> onError;
  private final String what;
  private final List<Consumer<? super E>> listeners = new CopyOnWriteArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Queue<E> events = new ArrayDeque<>();
  private boolean delivering;

  Announcer(String what, Consumer<? super Throwable> onError) {
    this.what = what;
    this.onError = onError;
  }

  /** A listener that is told of what is added from now on. */
  Guard listen(Consumer<? super E> listener) {
    Consumer<E> own = listener::accept; // each registration is another one
    listeners.add(own);
    return () -> listeners.remove(own);
  }

  void add(E event) {
    lock.lock();
    try {
      events.add(event);
    } finally {
      lock.unlock();
    }
  }

  /** Tells of all that was added, unless another thread does. Throws nothing. */
  void deliver() {
    for (E event = begin(true); event != null; event = begin(false)) {
      for (Consumer<? super E> listener : listeners) {
        try {
          listener.accept(event);
        } catch (Throwable e) { // neither the service's, nor that of the other listeners
          Log.tell(onError, what, e);
        }
      }
    }
  }

  /** The next event to be told by this thread; null if there is none, or another one tells. */
  private @Nullable E begin(boolean first) {
    lock.lock();
    try {
      if (first && delivering) {
        return null;
      }
      E event = events.poll();
      delivering = event != null;
      return event;
    } finally {
      lock.unlock();
    }
  }
}
