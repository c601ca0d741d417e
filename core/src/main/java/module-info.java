// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Concurrency utilities that can say why they are stuck: locks, buffers, shared state and the
 * lifecycle of services now; pools and context to come.
 */
module dev.interleave.core {
  requires java.management;
  requires jdk.jfr;
  requires static transitive org.jspecify;

  exports dev.interleave;
  exports dev.interleave.buffer;
  exports dev.interleave.diagnose;
  exports dev.interleave.lifecycle;
  exports dev.interleave.lock;
  exports dev.interleave.state;
}
