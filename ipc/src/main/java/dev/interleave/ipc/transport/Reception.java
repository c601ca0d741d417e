// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import dev.interleave.Deadline;
import dev.interleave.buffer.BufferClosedException;
import java.util.concurrent.Semaphore;

/**
 * Whom a listener takes in. Its thread takes a place first, and only then lets somebody shake
 * hands; the place is free again when that one is accepted, or has failed. So there are never more
 * than the backlog of those who shake hands or are ready, and who gets ready finds room.
 */
final class Reception implements Opening.Taker {
  private final ReadyConnections ready;
  private final Semaphore places;
  private final Refusals refusals = new Refusals();

  Reception(String name, int backlog) {
    ready = new ReadyConnections(name, backlog);
    places = new Semaphore(backlog);
  }

  void takePlace() throws InterruptedException {
    places.acquire();
  }

  boolean tryTakePlace() {
    return places.tryAcquire();
  }

  /** Nobody came for it. */
  void freePlace() {
    places.release();
  }

  @Override
  public boolean ready(RingConnection connection) {
    try {
      return ready.put(connection, Deadline.none()); // there is a place, so this does not wait
    } catch (BufferClosedException e) {
      return false;
    } catch (InterruptedException e) {
      throw new AssertionError("nobody knows this thread", e);
    }
  }

  @Override
  public void failed(TransportException why) {
    places.release();
    refusals.add(why);
  }

  RingConnection accept(Deadline deadline) throws TransportException, InterruptedException {
    RingConnection next = ready.accept(deadline);
    places.release();
    return next;
  }

  /** How many have failed. */
  long refused() {
    return refusals.count();
  }

  /** Closes those that nobody has accepted. */
  void close() {
    ready.close();
  }
}
