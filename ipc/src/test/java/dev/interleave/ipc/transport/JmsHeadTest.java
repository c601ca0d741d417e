// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class JmsHeadTest {
  private static final long SEED = Long.getLong("interleave.seed", 20260711L);
  private static final JmsHead HEAD = new JmsHead(JmsHead.DATA, UUID.randomUUID(), 1, 2, 3);

  private static ByteBuffer bytes() {
    ByteBuffer bytes = ByteBuffer.allocate(JmsHead.BYTES + 8);
    HEAD.encode(bytes);
    return bytes.putLong(4).flip();
  }

  @Test
  void whatIsEncodedIsDecodedAndTheRestIsLeft() {
    ByteBuffer bytes = bytes();
    assertThat(JmsHead.decode(bytes)).isEqualTo(HEAD);
    assertThat(bytes.remaining()).isEqualTo(8);
    assertThat(bytes.getLong()).isEqualTo(4);
  }

  @Test
  void whatIsTooShortOrOfAnotherKindIsNone() {
    for (int length = 0; length < JmsHead.BYTES; length++) {
      assertThat(JmsHead.decode(bytes().limit(length))).isNull();
    }
    for (int at = 0; at < 8; at++) {
      ByteBuffer changed = bytes();
      assertThat(JmsHead.decode(changed.put(at, (byte) 99))).as("byte " + at).isNull();
    }
  }

  @Test
  void nothingThrows() {
    Random random = new Random(SEED);
    for (int i = 0; i < 100_000; i++) {
      ByteBuffer bytes = bytes();
      for (int changes = random.nextInt(4); changes >= 0; changes--) {
        bytes.put(random.nextInt(bytes.limit()), (byte) random.nextInt());
      }
      bytes.limit(random.nextInt(bytes.limit() + 1));
      JmsHead head = JmsHead.decode(bytes);
      assertThat(head == null || head.kind() >= JmsHead.CONNECT).isTrue();
    }
  }
}
