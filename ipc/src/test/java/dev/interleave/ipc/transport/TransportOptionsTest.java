// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TransportOptionsTest {
  @Test
  void allThatMakesNoSenseIsNamedAtOnce() {
    assertThatThrownBy(() ->
            TransportOptions.builder()
                .bufferBytes(5000)
                .maxFrame(0)
                .backlog(0)
                .handshakeTimeout(Duration.ZERO)
                .spin(Duration.ofSeconds(1))
                .linger(Duration.ofNanos(-1))
                .build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bufferBytes")
        .hasMessageContaining("5000")
        .hasMessageContaining("maxFrame")
        .hasMessageContaining("backlog")
        .hasMessageContaining("handshakeTimeout")
        .hasMessageContaining("spin")
        .hasMessageContaining("linger");
    assertThatThrownBy(() -> TransportOptions.builder().bufferBytes(4096).maxFrame(1025).build())
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void tcpStaysOnThisMachineUnlessAskedOtherwise() throws Exception {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getByAddress(new byte[4]), 0);
    assertThatThrownBy(() -> Transport.tcp(any))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("allowRemote");
    assertThatThrownBy(() -> Transport.tcp(InetSocketAddress.createUnresolved("localhost", 1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatCode(() -> Transport.tcp(any, TransportOptions.builder().allowRemote(true).build()))
        .doesNotThrowAnyException();
  }

  @Test
  void namesAreNotBlank() {
    assertThatThrownBy(() -> Transport.memory(" ")).isInstanceOf(IllegalArgumentException.class);
  }
}
