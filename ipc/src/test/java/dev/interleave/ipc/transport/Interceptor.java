// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stands between two ends of one connection over TCP, and does what a test wants. */
final class Interceptor implements AutoCloseable {
  private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  private final int to;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();

  /** Changes the bytes on their way to who listens. */
  volatile Change there = (bytes, length) -> {};

  interface Change {
    void of(byte[] bytes, int length);
  }

  Interceptor(int to) throws IOException {
    this.to = to;
    Thread.ofPlatform().daemon().name("interceptor").start(this::accept);
  }

  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort());
  }

  private void accept() {
    try {
      Socket from = server.accept();
      Socket onwards = new Socket(InetAddress.getLoopbackAddress(), to);
      sockets.add(from);
      sockets.add(onwards);
      Thread.ofPlatform()
          .daemon()
          .name("there")
          .start(() -> pass(from, onwards, (bytes, length) -> there.of(bytes, length)));
      Thread.ofPlatform()
          .daemon()
          .name("back")
          .start(() -> pass(onwards, from, (bytes, length) -> {}));
    } catch (IOException closed) {
      // by close
    }
  }

  private static void pass(Socket source, Socket sink, Change change) {
    byte[] bytes = new byte[1 << 16];
    try {
      InputStream in = source.getInputStream();
      OutputStream out = sink.getOutputStream();
      int read;
      while ((read = in.read(bytes)) >= 0) {
        change.of(bytes, read);
        out.write(bytes, 0, read);
      }
      sink.shutdownOutput();
    } catch (IOException cut) {
      // by cut, or an end that has gone: the other thread ends of it, too
    }
  }

  /** Ends both directions at once, as who controls the network can: the ends see a clean end. */
  void cut() throws IOException {
    for (Socket socket : sockets) {
      try {
        socket.shutdownOutput();
      } catch (SocketException e) {
        if (!socket.isOutputShutdown()) { // else who passes it on was faster
          throw e;
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
