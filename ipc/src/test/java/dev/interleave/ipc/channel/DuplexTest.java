// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Both ends inside the process. */
@Tag("kit")
class DuplexTest extends EndpointContract {
  @Override
  Ends open() {
    Duplex<ByteBuffer, ByteBuffer> duplex = Duplex.create("desk", 4);
    return new Ends(duplex.first(), duplex.second());
  }

  /** Each direction has its own. */
  @Override
  String nameInErrors(Endpoint<?, ?> end) {
    return "desk-1to2"; // in these tests it is this one
  }

  @Test
  void theEndsAreAlwaysTheSame() {
    Duplex<String, Integer> duplex = Duplex.create("desk", 4);
    assertThat(duplex.first()).isSameAs(duplex.first());
    assertThat(duplex.second()).isSameAs(duplex.second());
    assertThat(duplex.name()).isEqualTo("desk");
    assertThat(duplex.first().name()).isEqualTo("desk-1");
    assertThat(duplex.second().name()).isEqualTo("desk-2");
    assertThat(duplex.toString()).contains("desk");
  }

  @Test
  void eachDirectionHasItsOwnTypeAndRoom() throws Exception {
    Duplex<String, Integer> duplex = Duplex.create("desk", 1);
    assertThat(duplex.first().trySend("a")).isTrue();
    assertThat(duplex.first().trySend("b")).isFalse();
    assertThat(duplex.second().trySend(1)).isTrue();
    assertThat(duplex.second().receive(passed())).isEqualTo("a");
    assertThat(duplex.first().receive(passed())).isEqualTo(1);
  }

  @Test
  void whatWasNotReceivedIsCounted() throws Exception {
    Duplex<String, Integer> duplex = Duplex.create("desk", 4);
    duplex.first().send("a");
    duplex.first().send("b");
    assertThat(duplex.second().stats()).isEqualTo(new ChannelStats(0, 0, 0, 2));
    duplex.second().close();
    assertThat(duplex.second().stats()).isEqualTo(new ChannelStats(0, 0, 2, 0));
  }

  @Test
  void argumentsAreChecked() {
    assertThatThrownBy(() -> Duplex.create("desk", 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("capacity");
    assertThatThrownBy(() -> Duplex.create(nothing(), 1)).isInstanceOf(NullPointerException.class);
  }
}
