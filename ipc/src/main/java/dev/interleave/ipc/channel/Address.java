// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import java.util.Objects;

/**
 * Whom a letter is for. No name is special: who registers as {@code broadcast} is just called so.
 */
public sealed interface Address {
  /**
   * One client.
   *
   * @param id as it was registered
   */
  record To(String id) implements Address {
    /** Checks that there is one. */
    public To {
      Objects.requireNonNull(id, "id");
    }
  }

  /**
   * All that have subscribed to a topic, but for the sender.
   *
   * @param name of the topic
   */
  record Topic(String name) implements Address {
    /** Checks that there is one. */
    public Topic {
      Objects.requireNonNull(name, "name");
    }
  }

  /** All but the sender. */
  record All() implements Address {}
}
