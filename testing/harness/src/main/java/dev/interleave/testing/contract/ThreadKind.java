// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static java.util.Objects.requireNonNull;

import java.util.Locale;

/** The two kinds of thread that every contract test runs on. */
public enum ThreadKind {
  /** Threads of the operating system, as daemons: a hung one does not keep the JVM alive. */
  PLATFORM {
    @Override
    Thread.Builder builder() {
      return Thread.ofPlatform().daemon();
    }
  },

  /** Virtual threads. */
  VIRTUAL {
    @Override
    Thread.Builder builder() {
      return Thread.ofVirtual();
    }
  };

  /**
   * Makes a thread of this kind and does not start it.
   *
   * @param name the name of the thread
   * @param body what it runs
   * @return the thread, not started; a daemon in any case
   */
  public Thread unstarted(String name, Runnable body) {
    return builder().name(requireNonNull(name, "name")).unstarted(requireNonNull(body, "body"));
  }

  abstract Thread.Builder builder();

  /** Returns the kind in lower case, as it stands in the display name of a test. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
