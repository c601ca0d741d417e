// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Channels, RPC, worker processes and shared memory. Each package says what it will hold; it is
 * exported with its first type.
 */
module dev.interleave.ipc {
  requires transitive dev.interleave.core;
  requires jdk.jfr;
  requires org.slf4j;
  requires static com.fasterxml.jackson.databind; // in the API of Codec alone
  requires static jakarta.messaging; // in the API of JmsTransport alone
  requires static org.jspecify;

  exports dev.interleave.ipc.channel;
  exports dev.interleave.ipc.rpc;
  exports dev.interleave.ipc.transport;
}
