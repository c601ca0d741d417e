// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.internal.linear;

import java.util.Arrays;

/**
 * What is known of the calls of a history besides when they begin and end. Each hint spares the
 * search work and must be true; without any it finds the same.
 */
public final class Hints {
  private static final int NONE = -1;

  private final boolean[] reader;
  private final int[] twin;
  private final int[] release;
  private final int[] deadline;

  /** Knows nothing of so many calls. */
  public Hints(int count) {
    reader = new boolean[count];
    twin = new int[count];
    Arrays.fill(twin, NONE);
    release = new int[count];
    deadline = new int[count];
    Arrays.fill(deadline, Timeline.NEVER);
  }

  /** A call that ended as it did has not changed the state, whatever the state was. */
  public void reader(int call) {
    reader[call] = true;
  }

  /**
   * Neither of two calls has ended, the earlier one began before, and they do the same: if only one
   * takes effect, it may as well be the earlier one.
   */
  public void twin(int call, int earlier) {
    twin[call] = earlier;
  }

  /**
   * The effects of some calls show in the order in which the calls take effect, as what was put
   * into a queue is taken. So if one's is sure to have shown before another's can show, the one
   * comes before the other.
   *
   * @param call the call
   * @param notBefore the effect does not show before that time
   * @param notAfter the effect has shown by that time, or {@link Timeline#NEVER} if that is not
   *     sure
   */
  public void orderedBy(int call, int notBefore, int notAfter) {
    release[call] = notBefore;
    deadline[call] = notAfter;
  }

  boolean isReader(int call) {
    return reader[call];
  }

  /** Returns the call that has to take effect before, or a negative number. */
  int twin(int call) {
    return twin[call];
  }

  int release(int call) {
    return release[call];
  }

  int deadline(int call) {
    return deadline[call];
  }
}
