// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.ipc;

/** A client that is connected to an {@link Echo}. */
interface Caller extends AutoCloseable {
  byte[] call(byte[] bytes) throws Exception;

  @Override
  void close();
}
