// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.testing;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.testing.Stress;
import dev.interleave.testing.StressRun;
import dev.interleave.testing.StressTest;

/** The stress run of the example as a JUnit test. */
class FixedBufferTest {
  @StressTest(millis = 500)
  void eachItemIsDeliveredOnce(StressRun run) throws Exception {
    run.check(BrokenBufferFound.stress(() -> new FixedBuffer<>(1)));
  }

  @StressTest(millis = 500)
  void eachItemIsDeliveredOnceToVirtualThreads(StressRun run) throws Exception {
    run.check(BrokenBufferFound.stress(() -> new FixedBuffer<>(1)).onVirtualThreads());
  }

  @StressTest(millis = 500)
  void aProducerWaitsForRoom(StressRun run) throws Exception {
    run.check(
        Stress.on(() -> new FixedBuffer<Integer>(1))
            .setup(buffer -> buffer.put(0))
            .actor("producer", buffer -> buffer.put(1))
            .actorReturning("consumer", FixedBuffer::take)
            .arbiter(FixedBuffer::poll)
            .expect(Stress.outcome(0, 1), "0 made room for 1"));
  }

  @StressTest(millis = 20_000)
  void theBrokenOneIsFoundOut(StressRun run) {
    assertThatThrownBy(() -> run.check(BrokenBufferFound.stress(() -> new BrokenBuffer<>(1))))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("1 delivered twice, 2 not at all");
  }
}
