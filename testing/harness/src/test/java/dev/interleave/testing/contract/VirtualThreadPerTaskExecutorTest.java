// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Tag;

/** An executor in which no task ever waits for its turn. */
@Tag("kit")
class VirtualThreadPerTaskExecutorTest extends ExecutorServiceContract {
  @Override
  protected ExecutorService create(int threads) {
    return Executors.newVirtualThreadPerTaskExecutor();
  }

  @Override
  protected boolean limited() {
    return false;
  }

  @Override
  @ContractTest
  @Disabled("ExecutorTrapsTest says why")
  public void leastTimeDoesNotOverflow(Actors actors) {}
}
