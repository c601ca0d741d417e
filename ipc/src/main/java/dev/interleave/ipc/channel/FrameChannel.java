// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.ipc.rpc.Coder;
import dev.interleave.ipc.transport.Connection;
import java.nio.ByteBuffer;

/**
 * One end of a two-way channel for frames of bytes, whose other end may be in another process.
 *
 * <p>The channels between processes are made of frames below and types above: what resends, splits
 * and merges ({@link ReliableChannel}, {@link Multiplexer}) need not know what is in a message, so
 * one of them can be put on top of the other, and {@link #typed} on top of all. A value is then
 * encoded once, whatever is below, and a codec chosen by who knows the types.
 *
 * <p>A frame is sent from its position to its limit, and the position is moved there when it has
 * been sent; it is copied, so the buffer is the sender's own again. What is received is the
 * receiver's own. An empty frame is a frame.
 *
 * <p>Implemented by this library only.
 */
public interface FrameChannel extends Endpoint<ByteBuffer, ByteBuffer> {
  /** How long a frame can be, in bytes; a longer one is refused, and the channel works on. */
  int maxFrame();

  /**
   * The end of a channel that a connection is. It belongs to the channel from now on, which closes
   * it. What arrived and was not received stays in the connection: it holds up the other side.
   */
  static FrameChannel over(Connection connection) {
    return new ConnectionChannel(connection);
  }

  /**
   * This end, seen as one for values. To close one of the two is to close the other.
   *
   * @param out encodes what is sent
   * @param in decodes what is received; a {@code null} that it finds is no message
   */
  default <S, R> Endpoint<S, R> typed(Coder<S> out, Coder<R> in) {
    return new TypedEndpoint<>(this, out, in);
  }
}
