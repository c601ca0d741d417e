// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Disabled;

/** An executor that promises less: about order, about interrupts, and about how it ends. */
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
