// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * How much of the processor others took while something was measured: other programs on this
 * machine, and the host of a virtual machine. A figure taken meanwhile is worth little. Known on
 * Linux only.
 *
 * @param others cores used by other programs, on average; NaN if unknown
 * @param stolen cores that were wanted here and that the host gave to others; NaN if unknown
 */
public record Disturbance(double others, double stolen) {
  /** Other programs that take more than so many cores make a figure doubtful. */
  private static final double MOST_OTHERS = 0.1;

  /** A host that takes more; it always takes a little. */
  private static final double MOST_STOLEN = 0.2;

  private static final Disturbance UNKNOWN = new Disturbance(Double.NaN, Double.NaN);

  /** Whether so much was taken that the figure is doubtful. */
  boolean isDoubtful() {
    return others > MOST_OTHERS || stolen > MOST_STOLEN;
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "others took %.2f cores, the host %.2f", others, stolen);
  }

  /**
   * A reading of the clocks, in the kernel's ticks of 10 ms.
   *
   * @param busy all cores, this program and others
   * @param own this program and its ended children
   * @param stolen given to others by the host
   */
  record Mark(long nanoTime, long busy, long own, long stolen) {
    private static final Mark UNKNOWN = new Mark(0, 0, 0, -1);

    static Mark now() {
      try {
        String all = Files.readString(Path.of("/proc/stat"));
        String own = Files.readString(Path.of("/proc/self/stat"));
        return parse(System.nanoTime(), all, own);
      } catch (IOException e) {
        return UNKNOWN; // not Linux
      }
    }

    static Mark parse(long nanoTime, String all, String own) {
      // cpu user nice system idle iowait irq softirq steal
      String[] cpu = all.substring(0, all.indexOf('\n')).split(" +", -1);
      long busy = 0;
      for (int field : new int[] {1, 2, 3, 6, 7}) {
        busy += Long.parseLong(cpu[field]);
      }
      // pid (name) state ppid ...: utime, stime, cutime, cstime are fields 14 to 17
      String[] self = own.substring(own.lastIndexOf(')') + 2).split(" ", -1);
      long used = 0;
      for (int field = 14; field <= 17; field++) {
        used += Long.parseLong(self[field - 3]);
      }
      return new Mark(nanoTime, busy, used, Long.parseLong(cpu[8]));
    }

    /** What happened since. */
    Disturbance until(Mark later) {
      if (stolen < 0 || later.stolen < 0) {
        return Disturbance.UNKNOWN;
      }
      double ticks = (later.nanoTime - nanoTime) / 1e7;
      double others = ((later.busy - busy) - (later.own - own)) / ticks;
      return new Disturbance(Math.max(others, 0), (later.stolen - stolen) / ticks);
    }
  }
}
