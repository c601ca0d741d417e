// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

/** What {@link TriedLockLincheck} does, if its operations come one after the other. */
public final class TriedLockLincheckModel {
  private final int[] reading = new int[2];
  private final int[] writing = new int[2];

  public boolean tryRead(int thread) {
    if (writing[1 - thread] > 0) {
      return false;
    }
    reading[thread]++;
    return true;
  }

  public boolean visit(int thread) {
    return writing[1 - thread] == 0;
  }

  public String tryWrite(int thread) {
    if (writing[thread] == 0) {
      if (reading[thread] > 0) {
        return "refused";
      }
      if (reading[1 - thread] > 0 || writing[1 - thread] > 0) {
        return "busy";
      }
    }
    writing[thread]++;
    return "in";
  }

  public String release(int thread) {
    if (reading[thread] > 0) {
      reading[thread]--;
      return "read";
    }
    if (writing[thread] > 0) {
      writing[thread]--;
      return "write";
    }
    return "none";
  }

  public String holds(int thread) {
    return reading[thread] + " to read, " + writing[thread] + " to write";
  }
}
