// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

/**
 * What lies beneath a connection: how the other end comes to know what has happened here. The
 * methods do not wait, but for {@link #close}. Thread-safe.
 */
interface Link {
  /** Records were published in the outgoing ring. Called by the sender. */
  void published();

  /** There is more room in the incoming ring. Called by the receiver. */
  void freed();

  /**
   * This side will neither send nor receive any more. Called once.
   *
   * @param state {@link ByteRing#BYE}, or the reason for giving up
   */
  void leave(int state);

  /**
   * Waits, for a bounded time, until what was sent is out of reach of this process's end, and frees
   * what there is to free. After {@link #leave}.
   *
   * @return how many bytes were thrown away
   */
  long close();

  /** Where a receiver sleeps. Asked for once, when the connection is made. */
  default Rest receiverRest() {
    return Rest.PARK;
  }

  /** Where a sender sleeps that waits for room. Asked for once, when the connection is made. */
  default Rest senderRest() {
    return Rest.PARK;
  }

  /**
   * How long who ends the connection waits for a sender that is in {@link #published}, in
   * nanoseconds: for ever if that never waits.
   */
  default long patienceNanos() {
    return Long.MAX_VALUE;
  }

  /** How often the other side had to be woken. */
  long wakeUps();
}
