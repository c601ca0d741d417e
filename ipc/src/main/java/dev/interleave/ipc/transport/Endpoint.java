// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** Where sockets meet. Immutable. */
sealed interface Endpoint permits UnixAddress, TcpAddress {
  /** For messages, without the scheme. */
  String name();

  /**
   * Connects a new channel, in blocking mode; who wants it to end closes the channel.
   *
   * @throws NoListenerException if nobody listens
   */
  void connect(SocketChannel channel) throws IOException;

  /** A channel that can be connected. */
  SocketChannel open() throws IOException;

  /**
   * Listens.
   *
   * @throws AddressInUseException if somebody does so already
   */
  Bound bind() throws IOException;

  /**
   * A place where somebody listens.
   *
   * @param endpoint where that is: with the port it got, if it had none
   * @param release what else is to be done to free it
   */
  record Bound(ServerSocketChannel channel, Endpoint endpoint, Release release) {
    void close() throws IOException {
      try {
        channel.close();
      } finally {
        release.run();
      }
    }
  }

  /** Frees an address. */
  interface Release {
    void run() throws IOException;
  }
}
