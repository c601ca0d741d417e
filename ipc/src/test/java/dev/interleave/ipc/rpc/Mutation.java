// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Changes bytes, a few times. */
final class Mutation {
  /** Numbers of variable length, some of them not allowed; and what is large in any format. */
  private static final byte[][] NUMBERS = {
    {(byte) 0x80, 0},
    {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x07},
    {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x0F},
    {-1, -1, -1, -1, -1, -1, -1, -1, -1, 1},
    {-1, -1, -1, -1, -1, -1, -1, -1, -1, 2},
    {0x7F, -1, -1, -1},
    {0, 0, 0, 0},
  };

  private Mutation() {}

  /**
   * Changes of {@code bytes}, behind the first {@code kept}.
   *
   * @param other what pieces may be taken from
   */
  static byte[] of(byte[] bytes, byte[] other, int kept, SplittableRandom random) {
    byte[] changed = bytes.clone();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      changed = once(changed, other, Math.min(kept, changed.length), random);
    }
    return changed;
  }

  private static byte[] once(byte[] bytes, byte[] other, int kept, SplittableRandom random) {
    int at = kept + random.nextInt(bytes.length - kept + 1);
    int end = at + random.nextInt(Math.min(8, bytes.length - at) + 1);
    return switch (random.nextInt(7)) {
      case 0 -> Arrays.copyOf(bytes, at);
      case 1 -> replaced(bytes, at, end, new byte[0]);
      case 2 -> replaced(bytes, at, at, Arrays.copyOfRange(bytes, at, end));
      case 3 -> replaced(bytes, at, end, NUMBERS[random.nextInt(NUMBERS.length)]);
      case 4 -> {
        int from = random.nextInt(other.length + 1);
        int to = from + random.nextInt(Math.min(16, other.length - from) + 1);
        yield replaced(bytes, at, end, Arrays.copyOfRange(other, from, to));
      }
      case 5 ->
          replaced(bytes, at, Math.min(at + 1, bytes.length), new byte[] {(byte) random.nextInt()});
      default -> {
        byte[] flipped = bytes.clone();
        if (at < flipped.length) {
          flipped[at] ^= (byte) (1 << random.nextInt(8));
        }
        yield flipped;
      }
    };
  }

  private static byte[] replaced(byte[] bytes, int from, int to, byte[] by) {
    ByteArrayOutputStream changed = new ByteArrayOutputStream();
    changed.write(bytes, 0, from);
    changed.writeBytes(by);
    changed.write(bytes, to, bytes.length - to);
    return changed.toByteArray();
  }
}
