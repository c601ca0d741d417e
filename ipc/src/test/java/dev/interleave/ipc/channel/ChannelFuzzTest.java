// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.Connection;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Frames that are nearly right, or not at all, and right ones that make no sense: there is an error
 * with a name, or nothing happens, and what is kept is bounded.
 */
class ChannelFuzzTest {
  private static final int INPUTS = Boolean.getBoolean("interleave.thorough") ? 1_000_000 : 100_000;
  private static final int WINDOW = 16;
  private static final long SEED = Long.getLong("interleave.seed", 20260711L);

  @TempDir private Path folder;
  private final Random random = new Random(SEED);

  private ByteBuffer mutated(ByteBuffer frame) {
    ByteBuffer copy = Frames.copy(frame);
    switch (random.nextInt(4)) {
      case 0 -> copy.limit(random.nextInt(copy.limit() + 1));
      case 1 -> {
        byte[] noise = new byte[copy.limit()];
        random.nextBytes(noise);
        copy = ByteBuffer.wrap(noise);
      }
      default -> {
        for (int i = random.nextInt(3); i >= 0; i--) {
          int at = random.nextInt(copy.limit());
          copy.put(at, (byte) (copy.get(at) ^ (1 << random.nextInt(8))));
        }
      }
    }
    return copy;
  }

  /** Small ones mostly, and now and then one that is out of all bounds. */
  private long number() {
    return switch (random.nextInt(12)) {
      case 0 -> random.nextLong();
      case 1 -> Long.MAX_VALUE - random.nextInt(2);
      case 2 -> -random.nextInt(3);
      default -> random.nextInt(24);
    };
  }

  private ReliableFrame reliable(long from, long to) {
    long[] bitmap = new long[random.nextInt(3)];
    for (int i = 0; i < bitmap.length; i++) {
      bitmap[i] = random.nextInt(4) == 0 ? random.nextLong() : 0;
    }
    return new ReliableFrame(
        (byte) (1 + random.nextInt(random.nextInt(50) == 0 ? 20 : 5)),
        random.nextBoolean(),
        random.nextBoolean(),
        random.nextInt(8) == 0,
        from,
        to,
        random.nextInt(1000),
        random.nextInt(4) == 0 ? number() : 0,
        number(),
        random.nextInt(4) == 0 ? number() : 0,
        number(),
        bitmap,
        ByteBuffer.allocate(random.nextInt(50)));
  }

  @Test
  void damagedFramesOfAReliableChannelAreDropped() {
    ByteBuffer frame = ByteBuffer.allocate(1024);
    int right = 0;
    for (int input = 0; input < INPUTS; input++) {
      reliable(random.nextLong(), random.nextLong()).write(frame);
      assertThat(ReliableFrame.parse(frame.duplicate())).isNotNull();
      ByteBuffer other = mutated(frame);
      if (!other.equals(frame) && ReliableFrame.parse(other) != null) {
        right++;
      }
    }
    assertThat(right).isZero(); // one in 4 thousand million
  }

  @Test
  void framesOfAReliableChannelThatMakeNoSenseEndInAnErrorAndAreBounded() throws Exception {
    ByteBuffer frame = ByteBuffer.allocate(1024);
    Connection connection = Transports.MEMORY.connect(folder, Transports.SMALL).here();
    int breaches = 0;
    int input = 0;
    while (input < INPUTS) {
      ReliableEngine engine = engine(connection);
      for (int i = 0; i < 5; i++) {
        engine.trySend(EndpointContract.number(i));
      }
      try {
        for (int i = 0; i < 50; i++, input++) {
          reliable(random.nextInt(40) == 0 ? number() : 7, random.nextInt(20) == 0 ? 9 : 0)
              .write(frame);
          engine.frame(frame.asReadOnlyBuffer());
          assertThat(engine.held()).isLessThanOrEqualTo(WINDOW);
          if (random.nextInt(3) == 0) {
            receive(engine);
          }
        }
      } catch (Breach e) {
        breaches += String.valueOf(e.getMessage()).isBlank() ? 0 : 1;
      } catch (RuntimeException e) {
        fail("seed " + SEED + ", input " + input, e);
      }
    }
    assertThat(breaches).isPositive();
  }

  private static void receive(ReliableEngine engine) {
    try {
      ByteBuffer unused = engine.poll();
    } catch (ChannelFailedException e) {
      String unused = e.getMessage(); // it seems that the other side has closed too early
    } catch (ChannelException e) {
      throw new AssertionError(e);
    }
  }

  /** Its threads are not started: what comes is what the test says. */
  private static ReliableEngine engine(Connection connection) {
    Duration second = Duration.ofSeconds(1);
    ReliableOptions options =
        new ReliableOptions(WINDOW, second, second, second, second, second, second, second, second);
    Connector none =
        deadline -> {
          throw new AssertionError("not asked for");
        };
    return new ReliableEngine("fuzzed", none, options, connection, 1024);
  }

  @Test
  void framesOfAMultiplexerEndInAnErrorAndAreBounded() throws Exception {
    FrameChannel below =
        FrameChannel.over(Transports.MEMORY.connect(folder, Transports.SMALL).here());
    int breaches = 0;
    int input = 0;
    while (input < INPUTS) {
      MuxEngine engine = new MuxEngine("fuzzed", below, 4096, 8, 4, Duration.ZERO);
      try {
        for (int i = 0; i < 50; i++, input++) {
          engine.read(multiplexed());
          assertThat(engine.stats().channels()).isLessThanOrEqualTo(8);
          for (LogicalChannel channel : engine.channels()) {
            assertThat(channel.stats().waiting()).isLessThanOrEqualTo(4096 / MuxFrame.OVERHEAD);
          }
          if (random.nextInt(4) == 0) {
            accept(engine);
          }
        }
      } catch (Breach e) {
        breaches += String.valueOf(e.getMessage()).isBlank() ? 0 : 1;
      } catch (RuntimeException e) {
        fail("seed " + SEED + ", input " + input, e);
      }
    }
    assertThat(breaches).isPositive();
    below.close();
  }

  private void accept(MuxEngine engine) throws InterruptedException {
    try {
      LogicalChannel channel = engine.accept(Deadline.after(Duration.ZERO));
      if (channel != null && random.nextBoolean()) {
        channel.close();
      }
    } catch (ChannelTimeoutException e) {
      String unused = e.getMessage(); // there is none
    } catch (ChannelException e) {
      throw new AssertionError(e);
    }
  }

  private ByteBuffer multiplexed() {
    ByteBuffer frame = ByteBuffer.allocate(300);
    byte kind = (byte) (1 + random.nextInt(random.nextInt(50) == 0 ? 20 : 8));
    boolean odd = random.nextInt(30) == 0;
    frame.put(kind).put((byte) (odd ? random.nextInt(3) : 1)).putInt(1 + random.nextInt(9));
    switch (kind) {
      case MuxFrame.OPEN, MuxFrame.ACCEPT ->
          frame.putInt(odd ? random.nextInt() : 4096).put(new byte[random.nextInt(4)]);
      case MuxFrame.CREDIT -> frame.putInt(odd ? random.nextInt() : random.nextInt(100));
      default -> frame.put(new byte[random.nextInt(200)]);
    }
    frame.flip();
    return random.nextInt(30) == 0 ? mutated(frame) : frame;
  }
}
