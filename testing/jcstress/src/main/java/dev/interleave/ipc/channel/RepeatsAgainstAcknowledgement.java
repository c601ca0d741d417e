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
import org.openjdk.jcstress.infra.results.LL_Result;

/**
 * A message is repeated, each time after twice as long, until its acknowledgement comes. The lock
 * is that of the channel.
 */
@JCStressTest
@Outcome(id = "seldom, 0", expect = ACCEPTABLE, desc = "And never again.")
@Outcome(expect = FORBIDDEN, desc = "Too often, or also afterwards.")
@State
public class RepeatsAgainstAcknowledgement {
  private static final int END = 1000;

  /** After 10, 30, 70, 150, 310 and 630 at the earliest. */
  private static final int MOST = 6;

  private final ReentrantLock lock = new ReentrantLock();
  private final SentMessages messages = new SentMessages(1, 1, END);

  public RepeatsAgainstAcknowledgement() {
    messages.acknowledge(0, 1);
    int unused = messages.send(0);
  }

  private int send(long now) {
    lock.lock();
    try {
      return messages.send(now);
    } finally {
      lock.unlock();
    }
  }

  @Actor
  public void repeats(LL_Result r) {
    int count = 0;
    for (int now = 1; now < END; now++) {
      count += send(now);
    }
    r.r1 = count <= MOST ? "seldom" : "often";
  }

  @Actor
  public void acknowledges() {
    lock.lock();
    try {
      messages.acknowledge(1, 1);
    } finally {
      lock.unlock();
    }
  }

  @Arbiter
  public void judge(LL_Result r) {
    r.r2 = send(10 * END);
  }
}
