// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.buffer;

import dev.interleave.bench.Ratio;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Every case in which a peer gets more done than the buffer, and why. */
final class BufferLosses {
  /**
   * One case.
   *
   * @param what was measured
   * @param peer which was faster
   * @param ratio less than 1
   * @param why that is so
   */
  record Loss(String what, String peer, Ratio ratio, String why) {}

  private static final String NO_BOUND =
      "it has no bound: its producers never wait, and its consumers find more than they can take";

  private static final String ONE_CONSUMER =
      "it has a single consumer, which nobody has to agree with on who takes what";

  private static final String RARE_WAIT =
      "waits are short here and cost little without a second core to be woken on";

  private static final String NOBODY_MEETS =
      "a handful of atomic instructions each; what a lock costs shows when threads meet";

  private static final String HAND_OVER =
      "it hands an item to the thread that waits, without a place in between";

  private final List<Loss> losses = new ArrayList<>();

  private BufferLosses() {}

  static List<Loss> of(BufferFigures figures) {
    BufferLosses found = new BufferLosses();
    for (String threads : BufferSuite.THREAD_KINDS) {
      List<Shape> shapes = new ArrayList<>(BufferSuite.flows(threads));
      shapes.add(BufferSuite.batches(threads));
      for (Shape shape : shapes) {
        found.flows(figures, shape);
      }
    }
    found.flows(figures, BufferSuite.FAN_OUT);
    for (PassageKind peer : BufferSuite.TAKING) {
      for (String threads : BufferSuite.THREAD_KINDS) {
        found.add(
            "ping-pong, " + threads,
            peer,
            figures.pingPongRatio(PassageKind.BUFFER, peer, threads),
            peer == PassageKind.TRANSFER ? HAND_OVER : RARE_WAIT);
      }
      found.add(
          "put and take, nobody else",
          peer,
          figures.uncontendedRatio(PassageKind.BUFFER, peer),
          NOBODY_MEETS);
    }
    return found.losses;
  }

  private void flows(BufferFigures figures, Shape shape) {
    for (PassageKind peer : PassageKind.values()) {
      if (peer != PassageKind.BUFFER_BATCH) {
        add(
            shape.words() + (shape.batch() == 1 ? "" : ", batches of " + shape.batch()),
            peer,
            figures.flowRatio(PassageKind.BUFFER, peer, shape),
            why(peer));
      }
    }
  }

  private void add(String what, PassageKind peer, @Nullable Ratio ratio, String why) {
    if (peer != PassageKind.BUFFER && ratio != null && ratio.median() < 1) {
      losses.add(new Loss(what, peer.label(), ratio, why));
    }
  }

  private static String why(PassageKind peer) {
    return switch (peer) {
      case TRANSFER -> NO_BOUND;
      case DISRUPTOR -> ONE_CONSUMER;
      default -> RARE_WAIT;
    };
  }
}
