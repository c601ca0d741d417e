// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.DisabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/**
 * An executor that promises less: about order, about interrupts, and about how it ends. On JDK 21
 * still less: its tasks are not interruptible there.
 */
@Tag("kit")
class ForkJoinPoolTest extends ExecutorServiceContract {
  @Override
  protected ExecutorService create(int threads) {
    return new ForkJoinPool(threads);
  }

  @Override
  protected boolean inOrder() {
    return false;
  }

  /** Not before JDK 22. */
  @Override
  protected boolean cancelInterrupts() {
    return false;
  }

  /** Not before JDK 22: an interrupt that a task leaves behind is found by the next one. */
  @Override
  protected boolean clearsInterrupts() {
    return Runtime.version().feature() >= 22;
  }

  @Override
  @ContractTest
  @DisabledForJreRange(max = JRE.JAVA_21, disabledReason = "invokeAll ignores interrupts")
  public void interruptedInvokeAllCancels(Actors actors) throws InterruptedException {
    super.interruptedInvokeAllCancels(actors);
  }

  @Override
  @ContractTest
  @DisabledForJreRange(max = JRE.JAVA_21, disabledReason = "a worker may begin one more task")
  public void shutdownNowDropsWhatWaits(Actors actors) throws InterruptedException {
    super.shutdownNowDropsWhatWaits(actors);
  }

  @Override
  protected boolean shutdownNowReturnsWaiting() {
    return false;
  }

  @Override
  protected boolean deliversFailuresAsThrown() {
    return false;
  }

  @Override
  @ContractTest
  @Disabled("ExecutorTrapsTest says why")
  public void leastTimeDoesNotOverflow(Actors actors) {}

  @Override
  @ContractTest
  @Disabled("ExecutorTrapsTest says why")
  public void cancellationMeetsTheEnd(Actors actors) {}

  @Override
  @ContractTest
  @Disabled("ExecutorTrapsTest says why")
  public void shutdownInFullTrafficLosesNothing(Actors actors) {}
}
