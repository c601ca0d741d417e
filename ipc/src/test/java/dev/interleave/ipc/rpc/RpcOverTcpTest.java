// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import dev.interleave.ipc.transport.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Tag;

@Tag("kit")
class RpcOverTcpTest extends RpcContract {
  @Override
  Transport transport() {
    return Transport.tcp(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }
}
