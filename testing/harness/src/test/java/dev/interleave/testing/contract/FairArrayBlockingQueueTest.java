// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Tag;

@Tag("kit")
class FairArrayBlockingQueueTest extends BlockingQueueContract {
  @Override
  protected BlockingQueue<Long> create(int capacity) {
    return new ArrayBlockingQueue<>(capacity, true);
  }

  @Override
  protected boolean fair() {
    return true;
  }

  @Override
  @ContractTest
  @Disabled("ArrayBlockingQueueTrapsTest says why")
  public void filteringLetsAsManyIn(Actors actors) {}
}
