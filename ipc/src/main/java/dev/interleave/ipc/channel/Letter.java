// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import java.util.Objects;

/**
 * A message on its way through a {@link Router}. Immutable if the message is.
 *
 * @param number the how many-th letter of the router it is, from 1: all clients receive letters in
 *     this order
 * @param from the id of the sender
 * @param to whom it is for
 * @param message what it says
 * @param <M> the messages
 */
public record Letter<M>(long number, String from, Address to, M message) {
  /** Checks that nothing is missing. */
  public Letter {
    Objects.requireNonNull(from, "from");
    Objects.requireNonNull(to, "to");
    Objects.requireNonNull(message, "message");
  }
}
