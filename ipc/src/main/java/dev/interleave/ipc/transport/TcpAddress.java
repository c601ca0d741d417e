// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Objects;

/** A TCP port. */
record TcpAddress(InetSocketAddress address) implements Endpoint {

  TcpAddress(InetSocketAddress address, TransportOptions options) {
    this(address);
    if (address.isUnresolved()) {
      throw new IllegalArgumentException("address is unresolved: " + address);
    }
    if (!options.allowRemote() && !address.getAddress().isLoopbackAddress()) {
      throw new IllegalArgumentException(
          "address leaves this machine, and the options do not allowRemote: " + address);
    }
  }

  TcpAddress {
    Objects.requireNonNull(address, "address");
  }

  @Override
  public String name() {
    return address.getAddress().getHostAddress() + ':' + address.getPort();
  }

  @Override
  public SocketChannel open() throws IOException {
    return withOptions(SocketChannel.open());
  }

  static SocketChannel withOptions(SocketChannel channel) throws IOException {
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    return channel;
  }

  @Override
  public void connect(SocketChannel channel) throws IOException {
    try {
      channel.connect(address);
    } catch (ConnectException e) {
      throw new NoListenerException("tcp:" + name() + ": nobody listens", e);
    }
  }

  @Override
  public Bound bind() throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open();
    try {
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true); // of connections that are gone
      channel.bind(address);
      InetSocketAddress bound = (InetSocketAddress) channel.getLocalAddress();
      // With the name that it was given: the certificate of who listens is for that.
      InetSocketAddress named = new InetSocketAddress(address.getAddress(), bound.getPort());
      return new Bound(channel, new TcpAddress(named), () -> {});
    } catch (IOException e) {
      channel.close();
      throw e instanceof BindException
          ? new AddressInUseException("tcp:" + name() + ": " + e.getMessage(), e)
          : e;
    }
  }
}
