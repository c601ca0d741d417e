// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

/** What the two sides of a handshake have agreed on. */
record Agreement(int maxFrame, boolean checksum) {
  static Agreement of(Hello one, Hello other) {
    return new Agreement(
        Math.min(one.maxFrame(), other.maxFrame()), one.checksum() || other.checksum());
  }
}
