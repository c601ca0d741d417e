// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.ipc.channel.SharedService.Bytes;
import dev.interleave.ipc.channel.SharedService.Op;

/**
 * A number at a {@link SharedObjectsHost}. Each method is one call, and atomic. What they throw,
 * and all else, is as {@link SharedObjects} says.
 */
public final class SharedCounter {
  final SharedObjects objects;
  final String name;

  SharedCounter(SharedObjects objects, String name) {
    this.objects = objects;
    this.name = name;
  }

  /** Where it stands. */
  public long get() {
    return objects.read(name, Bytes.NONE).number();
  }

  /**
   * Adds, and returns the sum.
   *
   * @throws ArithmeticException if it is no {@code long} any more; nothing is added then
   */
  public long add(long number) {
    return objects.change(Op.ADD, name, Bytes.NONE, number, null).number();
  }

  /** Adds 1, and returns the sum. */
  public long increment() {
    return add(1);
  }

  /** Takes 1 away, and returns what is left. */
  public long decrement() {
    return add(-1);
  }

  /** The name, and those of both sides. */
  @Override
  public String toString() {
    return "SharedCounter[" + name + " of " + objects + ']';
  }
}
