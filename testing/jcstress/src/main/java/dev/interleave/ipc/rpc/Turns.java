// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.util.concurrent.atomic.AtomicBoolean;

/** The turn to read of a client without a connection. Nobody is saved by the end of the lease. */
final class Turns {
  final AtomicBoolean wanted = new AtomicBoolean();
  final AtomicBoolean broken = new AtomicBoolean();
  final Woken thread = new Woken();
  final ReadTurn turn = new ReadTurn(wanted::get, broken::get, thread, Long.MAX_VALUE / 2);

  /** Writes down that it was woken. */
  static final class Woken implements ReadTurn.Follower {
    volatile boolean woken;

    @Override
    public void wake() {
      woken = true;
    }
  }

  /** With the turn taken. */
  static Turns taken() {
    Turns turns = new Turns();
    if (!turns.turn.tryLead()) {
      throw new IllegalStateException("somebody has it");
    }
    return turns;
  }
}
