// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.ipc;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerServiceDefinition;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/** {@link Echo} by gRPC, with a marshaller for bytes written by hand. */
final class GrpcEcho {
  private static final MethodDescriptor<byte[], byte[]> ECHO =
      MethodDescriptor.<byte[], byte[]>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName(MethodDescriptor.generateFullMethodName("Echo", "echo"))
          .setRequestMarshaller(new Bytes())
          .setResponseMarshaller(new Bytes())
          .build();

  private GrpcEcho() {}

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static EventLoopGroup eventLoop() {
    return new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  }

  // ------------------------------------------------------------------ servers

  static ServerBuilder<?> tcp() {
    return NettyServerBuilder.forAddress(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  static ServerBuilder<?> unix(Path path) {
    return NettyServerBuilder.forAddress(new DomainSocketAddress(path.toFile()))
        .channelType(EpollServerDomainSocketChannel.class)
        .bossEventLoopGroup(eventLoop())
        .workerEventLoopGroup(eventLoop());
  }

  static ServerBuilder<?> inProcess(String name) {
    return InProcessServerBuilder.forName(name);
  }

  static Server start(ServerBuilder<?> builder, boolean direct) throws IOException {
    if (direct) {
      builder.directExecutor();
    }
    return builder
        .addService(
            ServerServiceDefinition.builder("Echo")
                .addMethod(
                    ECHO,
                    ServerCalls.asyncUnaryCall((request, observer) -> {
                      observer.onNext(request);
                      observer.onCompleted();
                    }))
                .build())
        .build()
        .start();
  }

  // ------------------------------------------------------------------ clients

  static ManagedChannelBuilder<?> toTcp(int port) {
    return NettyChannelBuilder.forAddress(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  static ManagedChannelBuilder<?> toUnix(Path path) {
    return NettyChannelBuilder.forAddress(new DomainSocketAddress(path.toFile()))
        .channelType(EpollDomainSocketChannel.class, DomainSocketAddress.class)
        .eventLoopGroup(eventLoop());
  }

  static ManagedChannelBuilder<?> toInProcess(String name) {
    return InProcessChannelBuilder.forName(name);
  }

  static Caller connect(ManagedChannelBuilder<?> builder, boolean direct) {
    if (direct) {
      builder.directExecutor();
    }
    ManagedChannel channel = builder.usePlaintext().build();
    return new Caller() {
      @Override
      public byte[] call(byte[] bytes) {
        return ClientCalls.blockingUnaryCall(channel, ECHO, CallOptions.DEFAULT, bytes);
      }

      @Override
      public void close() {
        channel.shutdownNow();
      }
    };
  }
}
