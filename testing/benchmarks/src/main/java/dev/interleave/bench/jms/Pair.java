// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.jms;

/** A client and a server that gives back what it gets, over a broker. */
interface Pair extends AutoCloseable {
  /** Sends 64 bytes with this number, and waits until they are back. */
  void roundTrip(long number) throws Exception;

  @Override
  void close() throws Exception;
}
