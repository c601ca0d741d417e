// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import java.util.Queue;
import java.util.function.BooleanSupplier;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jspecify.annotations.Nullable;

/** The operations of a buffer that do not wait, for Lincheck. */
@Param(name = "item", gen = IntGen.class, conf = "1:3")
public abstract class BufferLincheck {
  private final Queue<Integer> queue;
  private final Runnable close;
  private final BooleanSupplier isClosed;

  BufferLincheck(BoundedBuffer<Integer> buffer) {
    this(buffer, buffer::close, buffer::isClosed);
  }

  /** Of a queue that throws {@link IllegalStateException} when it is closed. */
  BufferLincheck(Queue<Integer> queue, Runnable close, BooleanSupplier isClosed) {
    this.queue = queue;
    this.close = close;
    this.isClosed = isClosed;
  }

  @Operation
  public String offer(@Param(name = "item") int item) {
    try {
      return queue.offer(item) ? "in" : "full";
    } catch (IllegalStateException e) {
      return "closed";
    }
  }

  @Operation
  public @Nullable Integer poll() {
    return queue.poll();
  }

  @Operation
  public @Nullable Integer peek() {
    return queue.peek();
  }

  @Operation
  public int size() {
    return queue.size();
  }

  @Operation
  public boolean remove(@Param(name = "item") int item) {
    return queue.remove((Object) item);
  }

  @Operation
  public void close() {
    close.run();
  }

  @Operation
  public boolean isClosed() {
    return isClosed.getAsBoolean();
  }
}
