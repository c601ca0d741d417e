// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Bytes that are nearly right, or not at all: whatever comes, there are frames that were sent, or
 * an error that has a name, and no memory but the ring.
 */
class FrameFuzzTest {
  private static final int INPUTS = Boolean.getBoolean("interleave.thorough") ? 1_000_000 : 100_000;
  private static final int MAX_FRAME = 1024;

  /**
   * More than were sent. Who scribbles over the zero that ends the records lets the reader go round
   * and round: for that it is as if the same frames were sent again, and so it never ends.
   */
  private static final int MOST_RECORDS = 1000;

  private static final long SEED = Long.getLong("interleave.seed", 20260711L);

  private final Random random = new Random(SEED);
  private final ByteRing ring = ByteRing.allocate(4096);

  private void clear() {
    for (int i = 0; i < ring.memory.capacity(); i += 8) {
      ring.memory.putLong(i, 0);
    }
  }

  private byte[] payload() {
    byte[] payload = new byte[random.nextInt(random.nextInt(10) == 0 ? MAX_FRAME + 1 : 40)];
    random.nextBytes(payload);
    return payload;
  }

  /** Breaks a few bytes, cuts, or adds; or does nothing. */
  private ByteBuffer mutated(ByteBuffer bytes) {
    byte[] array = new byte[bytes.remaining()];
    bytes.get(array);
    int length = array.length;
    switch (random.nextInt(5)) {
      case 0 -> {}
      case 1 -> length = random.nextInt(length + 1);
      case 2 -> random.nextBytes(array);
      default -> {
        for (int i = random.nextInt(4); i >= 0; i--) {
          array[random.nextInt(length)] ^= (byte) (1 << random.nextInt(8));
        }
      }
    }
    return ByteBuffer.wrap(array, 0, length).slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  @Test
  void aStreamGivesWhatWasSentOrAnError() throws Exception {
    int broken = 0;
    int whole = 0;
    for (int input = 0; input < INPUTS; input++) {
      clear();
      List<ByteBuffer> sent = new ArrayList<>();
      ByteBuffer stream = ByteBuffer.allocate(8192).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = random.nextInt(4); i >= 0; i--) {
        byte[] payload = payload();
        sent.add(ByteBuffer.wrap(payload));
        stream.put(RawPeer.frame(payload));
      }
      List<ByteBuffer> got = new ArrayList<>();
      boolean right = parse(mutated(stream.flip()), got);
      // A ring may have been given what only a hostile peer sends, but no frame that was not sent.
      assertThat(got).as("seed %d, input %d", SEED, input).isEqualTo(sent.subList(0, got.size()));
      if (right) {
        whole++;
      } else {
        broken++;
      }
    }
    assertThat(broken).isPositive();
    assertThat(whole).isPositive();
  }

  /** In pieces of any size; false if it ended with an error. */
  private boolean parse(ByteBuffer stream, List<ByteBuffer> got) {
    RingWriter writer = new RingWriter(ring, false);
    RingReader reader = new RingReader(ring, false, MAX_FRAME);
    FrameParser parser = new FrameParser(ring, writer, true, MAX_FRAME);
    ByteBuffer stage = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN).limit(0);
    try {
      while (true) {
        FrameParser.State state = parser.parse(stage);
        boolean unused = writer.publish();
        boolean read = receive(reader, got);
        if (state == FrameParser.State.LEFT) {
          return true;
        }
        if (state == FrameParser.State.BLOCKED) {
          assertThat(read).as("a ring with nothing in it has room").isTrue();
          continue;
        }
        if (!stream.hasRemaining()) {
          return true;
        }
        stage.compact();
        int more =
            Math.min(stage.remaining(), Math.min(stream.remaining(), 1 + random.nextInt(500)));
        stage.put(stream.slice(stream.position(), more)).flip();
        stream.position(stream.position() + more);
      }
    } catch (BadRecord named) {
      boolean unused = writer.publish();
      try {
        boolean unusedToo = receive(reader, got);
      } catch (BadRecord e) {
        throw new AssertionError("the parser has let it through", e);
      }
      return false;
    }
  }

  private static boolean receive(RingReader reader, List<ByteBuffer> got) throws BadRecord {
    boolean any = false;
    int kind;
    for (int records = 0; records < MOST_RECORDS && (kind = reader.peek()) != 0; records++) {
      any = true;
      if (kind == ByteRing.FRAME) {
        ByteBuffer frame = reader.frame();
        got.add(ByteBuffer.allocate(frame.remaining()).put(frame).flip());
      }
      boolean unused = reader.consume();
    }
    boolean unused = reader.free();
    return any;
  }

  /** Shared memory: the other process has scribbled over the ring. */
  @Test
  void aRingThatWasScribbledOverGivesFramesOfItsLengthOrAnError() {
    int broken = 0;
    for (int input = 0; input < INPUTS; input++) {
      clear();
      RingWriter writer = new RingWriter(ring, true);
      RingReader reader = new RingReader(ring, true, MAX_FRAME);
      List<ByteBuffer> sent = new ArrayList<>();
      List<ByteBuffer> got = new ArrayList<>();
      try {
        for (int lap = random.nextInt(3); lap >= 0; lap--) {
          for (int i = random.nextInt(5); i >= 0; i--) {
            byte[] payload = payload();
            if (writer.write(ByteBuffer.wrap(payload))) {
              sent.add(ByteBuffer.wrap(payload));
            }
          }
          boolean unused = writer.publish();
          if (lap == 0) {
            for (int i = random.nextInt(20); i >= 0; i--) {
              ring.memory.put(
                  ByteRing.DATA + random.nextInt(ring.capacity), (byte) random.nextInt(256));
            }
          }
          boolean unusedToo = receive(reader, got);
        }
      } catch (BadRecord named) {
        broken++;
      }
      // A forged end of the ring leads back to frames of the lap before: they were sent, too.
      assertThat(sent).as("seed %d, input %d", SEED, input).containsAll(got);
    }
    assertThat(broken).isPositive();
  }

  @Test
  void aHelloFitsOrIsRefused() {
    int refused = 0;
    for (int input = 0; input < INPUTS; input++) {
      ByteBuffer hello = RawPeer.hello(WireKind.TCP).encode();
      for (int i = random.nextInt(3); i >= 0; i--) {
        hello.put(random.nextInt(Hello.BYTES), (byte) random.nextInt(256));
      }
      try {
        Hello heard = Hello.decode(hello, WireKind.TCP, "fuzz");
        assertThat(heard.maxFrame()).isPositive();
      } catch (HandshakeException named) {
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }
}
