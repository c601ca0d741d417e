// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import java.util.Queue;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jspecify.annotations.Nullable;

/** The part of {@link BufferLincheck} that a {@link HastyRing} can do. */
@Param(name = "item", gen = IntGen.class, conf = "1:3")
public abstract class HastyLincheck {
  private final Queue<Integer> queue;

  HastyLincheck(Queue<Integer> queue) {
    this.queue = queue;
  }

  @Operation
  public String offer(@Param(name = "item") int item) {
    return queue.offer(item) ? "in" : "full";
  }

  @Operation
  public @Nullable Integer poll() {
    return queue.poll();
  }
}
