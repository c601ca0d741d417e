// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Concurrency utilities that can say why they are stuck: locks, buffers, pools, context, shared
 * state and the lifecycle of services.
 */
@SuppressWarnings("requires-automatic") // Micrometer is one
module dev.interleave.core {
  requires java.management;
  requires jdk.jfr;
  requires transitive org.slf4j; // the bridge to its MDC is an MDCAdapter
  requires static context.propagation;
  requires static micrometer.core;
  requires static org.jspecify;

  exports dev.interleave;
  exports dev.interleave.buffer;
  exports dev.interleave.context;
  exports dev.interleave.diagnose;
  exports dev.interleave.lifecycle;
  exports dev.interleave.lock;
  exports dev.interleave.pool;
  exports dev.interleave.state;
}
