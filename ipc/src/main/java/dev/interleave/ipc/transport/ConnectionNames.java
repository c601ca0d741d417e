// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import java.util.concurrent.atomic.AtomicLong;

/** Connections are numbered through in a JVM. */
final class ConnectionNames {
  private static final AtomicLong COUNT = new AtomicLong();

  private ConnectionNames() {}

  static String next(String transport) {
    return transport + '#' + COUNT.incrementAndGet();
  }
}
