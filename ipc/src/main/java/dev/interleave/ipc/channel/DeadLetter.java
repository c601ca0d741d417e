// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import java.util.Objects;

/**
 * A letter that somebody should have got and did not.
 *
 * @param letter the letter
 * @param recipient who should have got it; the name of the topic, if nobody had subscribed to it
 * @param reason why not
 * @param <M> the messages
 */
public record DeadLetter<M>(Letter<M> letter, String recipient, Reason reason) {
  /** Why nobody got it. */
  public enum Reason {
    /** Nobody of that name is registered, or nobody has subscribed. */
    NOBODY,

    /** It found no room. */
    FULL,

    /** It had been inside longest, and made room for a newer one. */
    EVICTED,

    /** It was inside when the mailbox was closed. */
    UNREAD
  }

  /** Checks that nothing is missing. */
  public DeadLetter {
    Objects.requireNonNull(letter, "letter");
    Objects.requireNonNull(recipient, "recipient");
    Objects.requireNonNull(reason, "reason");
  }
}
