// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.ContractTest;
import dev.interleave.testing.contract.ExecutorServiceContract;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Tag;

/** The same of an executor with a virtual thread for each task. */
@Tag("kit")
class PropagatingVirtualContractTest extends ExecutorServiceContract {
  @Override
  protected ExecutorService create(int threads) {
    return Context.propagating(Executors.newVirtualThreadPerTaskExecutor());
  }

  @Override
  protected boolean limited() {
    return false;
  }

  @Override
  @ContractTest
  @Disabled("the JDK's own executor fails it: the harness's ExecutorTrapsTest says why")
  public void leastTimeDoesNotOverflow(Actors actors) {}
}
