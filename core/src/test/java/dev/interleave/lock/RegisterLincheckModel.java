// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

/** What {@link LockedRegisterLincheck} is to one thread. */
public final class RegisterLincheckModel {
  private int value;

  public int read() {
    return value;
  }

  public int readNested() {
    return value;
  }

  public void write(int newValue) {
    value = newValue;
  }

  public boolean compareAndSet(int expected, int newValue) {
    if (value != expected) {
      return false;
    }
    value = newValue;
    return true;
  }

  public int increment() {
    return ++value;
  }

  public int readTrying() {
    return value;
  }

  public int addTrying(int more) {
    return value += more;
  }
}
