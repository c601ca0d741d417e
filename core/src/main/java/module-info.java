// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Concurrency utilities that can say why they are stuck: locks, buffers, pools, shared state and
 * the lifecycle of services now; context to come.
 */
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"}) // Micrometer is one
module dev.interleave.core {
  requires java.management;
  requires jdk.jfr;
  requires org.slf4j;
  requires static transitive micrometer.core;
  requires static transitive org.jspecify;

  exports dev.interleave;
  exports dev.interleave.buffer;
  exports dev.interleave.diagnose;
  exports dev.interleave.lifecycle;
  exports dev.interleave.lock;
  exports dev.interleave.pool;
  exports dev.interleave.state;
}
