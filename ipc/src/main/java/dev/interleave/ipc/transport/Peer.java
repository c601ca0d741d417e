// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import java.util.Objects;

/**
 * Who is at the other end, by what it said in the handshake. Immutable.
 *
 * @param address where it is, for messages
 * @param pid the id of its process, as it is known on its machine; it is not proven
 */
public record Peer(String address, long pid) {
  /** Checks that there is an address. */
  public Peer {
    Objects.requireNonNull(address, "address");
  }

  /** For messages: {@code process 4711 at unix:/run/calculator.sock}. */
  @Override
  public String toString() {
    return "process " + pid + " at " + address;
  }
}
