// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.locks.ReentrantLock;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * An acknowledgement comes, and an older one that it has overtaken. The lock is that of the
 * channel.
 */
@JCStressTest
@Outcome(id = "4", expect = ACCEPTABLE, desc = "All that there is room for is sent.")
@Outcome(expect = FORBIDDEN, desc = "Room that was there is forgotten.")
@State
public class RoomAgainstOldAcknowledgement {
  private final ReentrantLock lock = new ReentrantLock();
  private final SentMessages messages = new SentMessages(4, 1, 1);

  public RoomAgainstOldAcknowledgement() {}

  private void acknowledge(long limit) {
    lock.lock();
    try {
      messages.acknowledge(0, limit);
    } finally {
      lock.unlock();
    }
  }

  @Actor
  public void comes() {
    acknowledge(4);
  }

  @Actor
  public void comesLate() {
    acknowledge(2);
  }

  @Arbiter
  public void counts(I_Result r) {
    r.r1 = messages.send(0);
  }
}
