// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.Deadline;
import dev.interleave.ipc.rpc.CodecException;
import dev.interleave.ipc.rpc.Coder;
import dev.interleave.ipc.rpc.Decoder;
import dev.interleave.ipc.rpc.Encoder;
import dev.interleave.ipc.transport.Polled;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A channel for frames, seen as one for values: it only encodes and decodes. */
final class TypedEndpoint<S, R> implements Endpoint<S, R> {
  private final FrameChannel frames;
  private final Coder<S> out;
  private final Coder<R> in;

  TypedEndpoint(FrameChannel frames, Coder<S> out, Coder<R> in) {
    this.frames = frames;
    this.out = Objects.requireNonNull(out, "out");
    this.in = Objects.requireNonNull(in, "in");
  }

  @Override
  public String name() {
    return frames.name();
  }

  @Override
  public void send(S message, Deadline deadline) throws ChannelException, InterruptedException {
    frames.send(encoded(message), deadline);
  }

  @Override
  public boolean trySend(S message) throws ChannelException {
    return frames.trySend(encoded(message));
  }

  private ByteBuffer encoded(S message) throws BadMessageException {
    Encoder encoder = new Encoder(frames.maxFrame());
    try {
      out.encode(Objects.requireNonNull(message, "message"), encoder);
    } catch (CodecException e) {
      throw new BadMessageException(name() + ": it cannot be sent: " + e.getMessage(), e);
    }
    return encoder.toByteBuffer();
  }

  @Override
  public @Nullable R receive(Deadline deadline) throws ChannelException, InterruptedException {
    ByteBuffer frame = frames.receive(deadline);
    return frame == null ? null : decoded(frame);
  }

  @Override
  public Polled tryReceive(Consumer<? super R> handler) throws ChannelException {
    Objects.requireNonNull(handler, "handler");
    ByteBuffer[] frame = new ByteBuffer[1];
    Polled found = frames.tryReceive(f -> frame[0] = f);
    if (found == Polled.FRAME) {
      handler.accept(decoded(frame[0]));
    }
    return found;
  }

  private R decoded(ByteBuffer frame) throws BadMessageException {
    R message;
    try {
      Decoder decoder = new Decoder(frame);
      message = in.decode(decoder);
      decoder.requireEnd();
    } catch (CodecException e) {
      throw new BadMessageException(name() + ": what came is no message: " + e.getMessage(), e);
    }
    if (message == null) {
      throw new BadMessageException(name() + ": what came is null, which is no message", null);
    }
    return message;
  }

  @Override
  public void closeSend() {
    frames.closeSend();
  }

  @Override
  public void close() {
    frames.close();
  }

  @Override
  public boolean isClosed() {
    return frames.isClosed();
  }

  @Override
  public ChannelStats stats() {
    return frames.stats();
  }

  /** For messages: that of the channel for frames. */
  @Override
  public String toString() {
    return frames.toString();
  }
}
