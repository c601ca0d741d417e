// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.ipc.rpc.Codec;
import dev.interleave.ipc.rpc.Coder;
import dev.interleave.ipc.transport.Polled;
import dev.interleave.ipc.transport.TransportClosedException;
import java.lang.invoke.MethodHandles;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A connection as a channel, over every transport. */
@Tag("kit")
class ConnectionChannelTest {
  @TempDir private Path folder;

  @Nested
  @ParameterizedClass
  @EnumSource(Transports.class)
  class OverTransport extends EndpointContract {
    private final Transports kind;

    OverTransport(Transports kind) {
      this.kind = kind;
    }

    @Override
    Ends open() throws Exception {
      Transports.Pair pair = kind.connect(folder, Transports.SMALL);
      return new Ends(FrameChannel.over(pair.here()), FrameChannel.over(pair.there()));
    }
  }

  record Line(String item, int count) {}

  private static final Coder<Line> LINES = Codec.compact(MethodHandles.lookup()).coder(Line.class);
  private static final Coder<String> TEXTS = Codec.compact().coder(String.class);

  @Test
  void valuesAreEncodedAndDecoded() throws Exception {
    Transports.Pair pair = Transports.MEMORY.connect(folder, Transports.SMALL);
    try (Endpoint<Line, String> here = FrameChannel.over(pair.here()).typed(LINES, TEXTS);
        Endpoint<String, Line> there = FrameChannel.over(pair.there()).typed(TEXTS, LINES)) {
      here.send(new Line("tea", 2), EndpointContract.soon());
      assertThat(here.trySend(new Line("milk", 1))).isTrue();
      assertThat(there.receive(EndpointContract.soon())).isEqualTo(new Line("tea", 2));
      List<Line> polled = new ArrayList<>();
      assertThat(there.tryReceive(polled::add)).isEqualTo(Polled.FRAME);
      assertThat(polled).containsExactly(new Line("milk", 1));
      there.send("thanks", EndpointContract.soon());
      assertThat(here.receive(EndpointContract.soon())).isEqualTo("thanks");
      there.closeSend();
      assertThat(here.receive(EndpointContract.soon())).isNull();
    }
  }

  @Test
  void whatIsNoMessageIsAnErrorOfItsOwnAndTheChannelGoesOn() throws Exception {
    Transports.Pair pair = Transports.MEMORY.connect(folder, Transports.SMALL);
    FrameChannel raw = FrameChannel.over(pair.here());
    try (Endpoint<String, Line> there = FrameChannel.over(pair.there()).typed(TEXTS, LINES)) {
      raw.send(ByteBuffer.wrap(new byte[] {1, 2, 3}), EndpointContract.soon());
      raw.send(ByteBuffer.wrap(LINES.toBytes(null)), EndpointContract.soon());
      raw.send(ByteBuffer.wrap(LINES.toBytes(new Line("tea", 2))), EndpointContract.soon());
      assertThatThrownBy(() -> there.receive(EndpointContract.soon()))
          .isInstanceOf(BadMessageException.class)
          .hasMessageContaining(there.name());
      assertThatThrownBy(() -> there.tryReceive(m -> {}))
          .isInstanceOf(BadMessageException.class)
          .hasMessageContaining("null");
      assertThat(there.receive(EndpointContract.soon())).isEqualTo(new Line("tea", 2));
      String tooLong = "x".repeat(Transports.SMALL.maxFrame());
      assertThatThrownBy(() -> there.send(tooLong, EndpointContract.soon()))
          .isInstanceOf(BadMessageException.class);
      there.send("short", EndpointContract.soon());
      ByteBuffer back = Objects.requireNonNull(raw.receive(EndpointContract.soon()));
      assertThat(TEXTS.fromBytes(bytes(back))).isEqualTo("short");
    }
    raw.close();
  }

  private static byte[] bytes(ByteBuffer frame) {
    byte[] bytes = new byte[frame.remaining()];
    frame.get(bytes);
    return bytes;
  }

  @Test
  void aFrameThatIsTooLongIsRefusedAndTheCauseOfOthersIsKept() throws Exception {
    Transports.Pair pair = Transports.MEMORY.connect(folder, Transports.SMALL);
    FrameChannel here = FrameChannel.over(pair.here());
    ByteBuffer frame = ByteBuffer.allocate(here.maxFrame() + 1);
    assertThatThrownBy(() -> here.send(frame, EndpointContract.soon()))
        .isInstanceOf(BadMessageException.class);
    assertThat(frame.position()).isZero();
    here.close();
    assertThatThrownBy(() -> here.receive(EndpointContract.soon()))
        .isInstanceOf(ChannelClosedException.class)
        .hasCauseInstanceOf(TransportClosedException.class)
        .hasMessageContaining(here.name());
    pair.there().close();
  }
}
