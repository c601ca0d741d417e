// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.ipc;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A bare socket that blocks; each message has its length in four bytes before it. */
final class SocketPipe implements Pipe {
  private final SocketChannel channel;
  private final ByteBuffer out = ByteBuffer.allocateDirect(1 << 16);
  private final ByteBuffer in = ByteBuffer.allocateDirect(1 << 16).limit(0);

  SocketPipe(SocketChannel channel) {
    this.channel = channel;
  }

  @Override
  public void send(ByteBuffer message, boolean more) throws Exception {
    out.putInt(message.remaining()).put(message.duplicate());
    if (!more || out.remaining() < Integer.BYTES + message.remaining()) {
      out.flip();
      while (out.hasRemaining()) {
        channel.write(out);
      }
      out.clear();
    }
  }

  @Override
  public int receive() throws Exception {
    int count = 0;
    while (true) {
      while (in.remaining() >= Integer.BYTES
          && in.remaining() >= Integer.BYTES + in.getInt(in.position())) {
        in.position(in.position() + Integer.BYTES + in.getInt(in.position()));
        count++;
      }
      if (count > 0) {
        return count;
      }
      in.compact();
      int read = channel.read(in);
      in.flip();
      if (read < 0) {
        throw new EOFException();
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
