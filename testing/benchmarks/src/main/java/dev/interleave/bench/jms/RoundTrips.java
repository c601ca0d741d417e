// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.jms;

import dev.interleave.bench.Programs;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Round trips of 64 bytes over one broker, of all ways in turns of 100, so that whatever disturbs
 * the machine disturbs all of them. Client, server and broker are in this JVM.
 */
public final class RoundTrips {
  private static final int TURN = 100;

  private RoundTrips() {}

  /** The ways, in the order of their turns. */
  static final List<String> WAYS = List.of("bare", "lean", "listener", "transport");

  /**
   * Prints median and 99th percentile of each way.
   *
   * @param args the address of the broker, turns to warm up, and turns to measure
   */
  public static void main(String[] args) throws Exception {
    int warmUp = Integer.parseInt(args[1]);
    int turns = Integer.parseInt(args[2]);
    Map<String, Double> figures = new HashMap<>();
    try (BenchBroker broker = new BenchBroker(args[0]);
        Pair bare = new BarePair(broker.factory(), "bare", false, false);
        Pair lean = new BarePair(broker.factory(), "lean", true, false);
        Pair listener = new BarePair(broker.factory(), "listener", true, true);
        Pair transport = new TransportPair(broker.factory(), "transport")) {
      List<Pair> pairs = List.of(bare, lean, listener, transport);
      long[][] nanos = new long[pairs.size()][turns * TURN];
      for (int turn = -warmUp; turn < turns; turn++) {
        for (int i = 0; i < pairs.size(); i++) {
          play(pairs.get(i), nanos[i], Math.max(0, turn) * TURN);
        }
      }
      for (int i = 0; i < pairs.size(); i++) {
        Arrays.sort(nanos[i]);
        figures.put(WAYS.get(i), nanos[i][nanos[i].length / 2] / 1e3);
        figures.put(WAYS.get(i) + "99", nanos[i][nanos[i].length * 99 / 100] / 1e3);
      }
    }
    Programs.report(figures);
  }

  private static void play(Pair pair, long[] nanos, int from) throws Exception {
    for (int i = from; i < from + TURN; i++) {
      long start = System.nanoTime();
      pair.roundTrip(i);
      nanos[i] = System.nanoTime() - start;
    }
  }
}
