// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import dev.interleave.ipc.transport.Certificates;
import dev.interleave.ipc.transport.Transport;
import dev.interleave.ipc.transport.TransportOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

@Tag("kit")
class RpcOverTlsTest extends RpcContract {
  private static SSLContext context;

  @BeforeAll
  static void makeCertificate(@TempDir Path folder) throws Exception {
    context = new Certificates(folder).loopback();
  }

  @Override
  Transport transport() {
    return Transport.tcp(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        TransportOptions.builder().tls(context).build());
  }
}
