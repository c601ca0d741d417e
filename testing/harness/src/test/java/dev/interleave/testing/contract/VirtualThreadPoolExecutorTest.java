// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.Tag;

/** The same with virtual threads for workers. */
@Tag("kit")
class VirtualThreadPoolExecutorTest extends ThreadPoolExecutorTest {
  @Override
  ThreadFactory workers() {
    return Thread.ofVirtual().factory();
  }
}
