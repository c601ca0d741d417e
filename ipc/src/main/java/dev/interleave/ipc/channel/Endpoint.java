// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

/**
 * One end of a two-way channel: it sends one kind of messages and receives another.
 *
 * <p>The two directions are independent of each other: each has its own room and its own end.
 * {@link #closeSend()} ends one of them: the other side receives what was sent, and then the end,
 * and may go on to send. {@link #close()} ends both.
 *
 * @param <S> what it sends
 * @param <R> what it receives
 */
public interface Endpoint<S, R> extends Sender<S>, Receiver<R> {
  /** Sends no more, but goes on to receive. Idempotent. */
  void closeSend();
}
