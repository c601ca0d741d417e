// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import static dev.interleave.ipc.ActorWaits.awaitWait;
import static dev.interleave.ipc.channel.EndpointContract.PATIENCE;
import static dev.interleave.ipc.channel.EndpointContract.number;
import static dev.interleave.ipc.channel.EndpointContract.passed;
import static dev.interleave.ipc.channel.EndpointContract.received;
import static dev.interleave.ipc.channel.EndpointContract.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.Deadline;
import dev.interleave.ipc.channel.FaultyConnection.Rates;
import dev.interleave.ipc.transport.Connection;
import dev.interleave.ipc.transport.Polled;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.ContractTest;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.Waiting;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Many channels over one. */
@Tag("kit")
class MultiplexerTest {
  private static final long SEED = Long.getLong("interleave.seed", 20260711L);

  @TempDir private Path folder;
  private final List<AutoCloseable> open = new ArrayList<>();
  private FrameChannel belowHere;
  private FrameChannel belowThere;

  @BeforeEach
  void connect() throws Exception {
    Transports.Pair pair = Transports.MEMORY.connect(folder, Transports.SMALL);
    belowHere = FrameChannel.over(pair.here());
    belowThere = FrameChannel.over(pair.there());
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    belowHere.close();
    belowThere.close();
  }

  private static Multiplexer.Builder small(FrameChannel below, String name) {
    return Multiplexer.builder(below).name(name).window(4096).linger(Duration.ofMillis(200));
  }

  private Multiplexer here() {
    return kept(small(belowHere, "here").build());
  }

  private Multiplexer there() {
    return kept(small(belowThere, "there").build());
  }

  private Multiplexer kept(Multiplexer mux) {
    open.add(mux);
    return mux;
  }

  private static LogicalChannel accepted(Multiplexer mux) throws Exception {
    return Objects.requireNonNull(mux.accept(soon()), "the end");
  }

  // ------------------------------------------------------------------ the contract

  abstract static class Over extends EndpointContract {
    private final List<Multiplexer> both = new ArrayList<>();

    abstract FrameChannel[] below() throws Exception;

    @Override
    Ends open() throws Exception {
      FrameChannel[] below = below();
      Multiplexer one = small(below[0], "one").build();
      Multiplexer two = small(below[1], "two").build();
      both.add(one);
      both.add(two);
      return new Ends(one.open("test", soon()), accepted(two));
    }

    @Override
    void closeRest() {
      both.forEach(Multiplexer::close);
      both.clear();
    }
  }

  @Nested
  @ParameterizedClass
  @EnumSource(Transports.class)
  class OverTransport extends Over {
    private final Transports kind;

    OverTransport(Transports kind) {
      this.kind = kind;
    }

    @Override
    FrameChannel[] below() throws Exception {
      Transports.Pair pair = kind.connect(folder, Transports.SMALL);
      return new FrameChannel[] {FrameChannel.over(pair.here()), FrameChannel.over(pair.there())};
    }
  }

  @Nested
  class OverReliable extends Over {
    @Override
    FrameChannel[] below() throws Exception {
      Transports.Pair pair = Transports.MEMORY.connect(folder, Transports.SMALL);
      return new FrameChannel[] {reliable("one", pair.here()), reliable("two", pair.there())};
    }

    private ReliableChannel reliable(String name, Connection connection) throws Exception {
      Connection faulty =
          new FaultyConnection(connection, Rates.each(0.02), SEED + name.hashCode());
      return ReliableChannelTest.quick(name, deadline -> faulty).open(soon());
    }
  }

  // ------------------------------------------------------------------ many channels

  @ContractTest
  void everyChannelIsAChannelOfItsOwn(Actors actors) throws Exception {
    Multiplexer here = here();
    Multiplexer there = there();
    int channels = 40;
    int frames = 100;
    List<Step<?>> steps = new ArrayList<>();
    Step<?> serving =
        actors
            .actor("server")
            .start(() -> {
              for (int i = 0; i < channels; i++) {
                LogicalChannel next = accepted(there);
                steps.add(actors.actor("serves " + next.label()).start(() -> echo(next)));
              }
            });
    List<Step<?>> asking = new ArrayList<>();
    for (int c = 0; c < channels; c++) {
      int id = c;
      asking.add(
          actors
              .actor("client " + c)
              .start(() -> {
                try (LogicalChannel mine = here.open("channel " + id, soon())) {
                  for (int i = 0; i < frames; i++) {
                    mine.send(number(id * 1000L + i), soon());
                    assertThat(received(mine)).isEqualTo(id * 1000L + i);
                  }
                  mine.closeSend();
                  assertThat(mine.receive(soon())).isNull();
                }
              }));
    }
    for (Step<?> step : asking) {
      step.result();
    }
    serving.result();
    for (Step<?> step : steps) {
      step.result();
    }
    Waiting.until(
        () -> here.stats().channels() == 0 && there.stats().channels() == 0,
        PATIENCE,
        () -> here + " and " + there);
    assertThat(here.stats().opened()).isEqualTo(channels);
    assertThat(there.stats().accepted()).isEqualTo(channels);
    assertThat(here.channels()).isEmpty();
  }

  private static void echo(LogicalChannel channel) throws Exception {
    try (channel) {
      ByteBuffer frame;
      while ((frame = channel.receive(soon())) != null) {
        channel.send(frame, soon());
      }
    }
  }

  @ContractTest
  void bothSidesMayOpenAndLabelsAndNamesTell(Actors actors) throws Exception {
    Multiplexer here = here();
    Multiplexer there = there();
    Actor actor = actors.actor("opener");
    LogicalChannel a = actor.call(() -> here.open("orders", soon()));
    LogicalChannel b = actor.call(() -> there.open("prices", soon()));
    LogicalChannel a2 = accepted(there);
    LogicalChannel b2 = accepted(here);
    assertThat(a2.label()).isEqualTo("orders");
    assertThat(b2.label()).isEqualTo("prices");
    assertThat(a.name()).isEqualTo("here/orders#1");
    assertThat(a2.name()).isEqualTo("there/orders#-1");
    assertThat(here.channels()).containsExactlyInAnyOrder(a, b2);
    a.send(number(1));
    b.send(number(2));
    assertThat(received(a2)).isEqualTo(1);
    assertThat(received(b2)).isEqualTo(2);
    assertThat(a.idle()).isGreaterThanOrEqualTo(Duration.ZERO);
    assertThat(here.toString()).contains("here", "2 channels");
  }

  @ContractTest
  void aSlowChannelHoldsUpNoOther(Actors actors) throws Exception {
    Multiplexer here = here();
    Multiplexer there = there();
    LogicalChannel slow = here.open("slow", soon());
    LogicalChannel quick = here.open("quick", soon());
    LogicalChannel slow2 = accepted(there);
    LogicalChannel quick2 = accepted(there);
    Actor sender = actors.actor("sender");
    Step<?> stuck =
        sender.start(() -> {
          for (int i = 0; i < 100; i++) {
            slow.send(ByteBuffer.allocate(1000).putInt(0, i));
          }
        });
    awaitWait(sender);
    for (int i = 0; i < 1000; i++) {
      quick.send(number(i), soon());
      assertThat(received(quick2)).isEqualTo(i);
    }
    stuck.assertNotDone();
    for (int i = 0; i < 100; i++) {
      assertThat(Objects.requireNonNull(slow2.receive(soon())).getInt()).isEqualTo(i);
    }
    stuck.result();
  }

  @Test
  void emptyFramesAreBoundedToo() throws Exception {
    Multiplexer here = here();
    there();
    LogicalChannel channel = here.open("empty", soon());
    int sent = 0;
    while (channel.trySend(ByteBuffer.allocate(0))) {
      sent++;
    }
    assertThat(sent).isEqualTo(4096 / MuxFrame.OVERHEAD);
  }

  /** Short ones do not overtake it for ever. */
  @ContractTest
  void aLongFrameHasItsTurn(Actors actors) throws Exception {
    Multiplexer here = here();
    Multiplexer there = there();
    LogicalChannel channel = here.open("turns", soon());
    LogicalChannel other = accepted(there);
    while (channel.trySend(ByteBuffer.allocate(0))) {
      // until it is full
    }
    Actor longer = actors.actor("long");
    Step<?> waiting = longer.start(() -> channel.send(ByteBuffer.allocate(channel.maxFrame())));
    awaitWait(longer);
    assertThat(channel.trySend(ByteBuffer.allocate(0))).isFalse();
    Waiting.until(() -> isRoomAfterAReceive(channel, other), PATIENCE, channel::toString);
    waiting.result();
  }

  private static boolean isRoomAfterAReceive(LogicalChannel from, LogicalChannel to) {
    try {
      Polled unused = to.tryReceive(frame -> {});
      return from.trySend(ByteBuffer.allocate(0));
    } catch (ChannelException e) {
      throw new AssertionError(e);
    }
  }

  // ------------------------------------------------------------------ refused

  @ContractTest
  void whatIsTooMuchIsRefusedAndTheOthersWorkOn(Actors actors) throws Exception {
    Multiplexer here = kept(small(belowHere, "here").maxChannels(3).build());
    Multiplexer there = kept(small(belowThere, "there").maxChannels(2).backlog(1).build());
    Actor actor = actors.actor("opener");
    LogicalChannel first = actor.call(() -> here.open("1", soon()));
    assertThat(actor.start(() -> here.open("2", soon())).failure(ChannelRefusedException.class))
        .hasMessageContaining("here/2#2")
        .hasMessageContaining("the other side");
    LogicalChannel first2 = accepted(there);
    LogicalChannel second = actor.call(() -> here.open("2", soon()));
    LogicalChannel second2 = accepted(there);
    actor.start(() -> here.open("3", soon())).failure(ChannelRefusedException.class);
    assertThat(there.stats().refused()).isEqualTo(2);
    first.send(number(1));
    assertThat(received(first2)).isEqualTo(1);
    second.close();
    second2.close();
    Waiting.until(() -> there.stats().channels() == 1, PATIENCE, there::toString);
    actor.run(() -> here.open("again", soon()).close());
    LogicalChannel again = accepted(there);
    assertThat(again.label()).isEqualTo("again");
    assertThat(again.receive(soon())).isNull();
  }

  @ContractTest
  void anOpenWithoutAnAnswerTimesOutOrIsInterruptedAndTheChannelIsGone(Actors actors)
      throws Exception {
    Multiplexer here = here();
    Actor actor = actors.actor("opener");
    assertThat(actor.start(() -> here.open("x", passed())).failure(ChannelTimeoutException.class))
        .hasMessageContaining("here/x#1");
    Step<?> waiting = actor.start(() -> here.open("y", Deadline.none()));
    awaitWait(actor);
    waiting.awaitBlocked();
    actor.interrupt();
    waiting.failure(InterruptedException.class);
    Multiplexer there = there();
    for (int i = 0; i < 2; i++) {
      LogicalChannel abandoned = accepted(there);
      assertThat(abandoned.receive(soon())).isNull();
      abandoned.close();
    }
    Waiting.until(() -> here.stats().channels() == 0, PATIENCE, here::toString);
  }

  // ------------------------------------------------------------------ the end

  @ContractTest
  void aCloseEndsAllChannelsOfBothSides(Actors actors) throws Exception {
    Multiplexer here = kept(small(belowHere, "here").linger(EndpointContract.PATIENCE).build());
    Multiplexer there = there();
    LogicalChannel channel = here.open("x", soon());
    LogicalChannel other = accepted(there);
    channel.send(number(1));
    Step<?> receiving = actors.actor("receiver").start(() -> channel.receive(Deadline.none()));
    Step<?> accepting = actors.actor("acceptor").start(() -> here.accept(Deadline.none()));
    receiving.awaitBlocked();
    accepting.awaitBlocked();
    here.close();
    here.close();
    receiving.failure(ChannelClosedException.class);
    accepting.failure(ChannelClosedException.class);
    assertThat(received(other)).isEqualTo(1);
    assertThat(other.receive(soon())).isNull();
    assertThat(there.accept(soon())).isNull();
    assertThatThrownBy(() -> other.send(number(2))).isInstanceOf(BrokenChannelException.class);
    assertThatThrownBy(() -> there.open("y", soon())).isInstanceOf(BrokenChannelException.class);
    assertThatThrownBy(() -> here.open("y", soon())).isInstanceOf(ChannelClosedException.class);
    assertThat(here.isClosed()).isTrue();
  }

  @ContractTest
  void ifTheOtherSideIsGoneAllFailAfterWhatHadCome(Actors actors) throws Exception {
    Multiplexer there = there();
    Step<LogicalChannel> opening =
        actors.actor("opener").startCall(() -> there.open("x", Deadline.none()));
    assertThat(Objects.requireNonNull(belowHere.receive(soon())).get()).isEqualTo(MuxFrame.OPEN);
    belowHere.send(head(MuxFrame.ACCEPT, 0, 1).putInt(4096).flip());
    LogicalChannel channel = opening.result();
    belowHere.send(head(MuxFrame.DATA, 0, 1).putLong(7).flip());
    belowHere.close(); // without a word
    assertThat(received(channel)).isEqualTo(7);
    Actor actor = actors.actor("there");
    assertThat(actor.start(() -> channel.receive(soon())).failure(ChannelFailedException.class))
        .hasMessageContaining("there/x#1")
        .hasMessageContaining("goodbye");
    actor.start(() -> channel.send(number(1), soon())).failure(ChannelFailedException.class);
    actor.start(() -> there.accept(soon())).failure(ChannelFailedException.class);
    actor.start(() -> there.open("y", soon())).failure(ChannelFailedException.class);
    assertThat(there.isClosed()).isTrue();
  }

  private static ByteBuffer head(byte kind, int opener, int id) {
    return ByteBuffer.allocate(300).put(kind).put((byte) opener).putInt(id);
  }

  private void assertBreach(String expected, ByteBuffer... frames) throws Exception {
    Transports.Pair pair = Transports.MEMORY.connect(folder, Transports.SMALL);
    try (FrameChannel raw = FrameChannel.over(pair.here());
        Multiplexer mux = small(FrameChannel.over(pair.there()), "mux").build()) {
      sendAll(frames, raw);
      assertThatThrownBy(
              () -> {
                while (mux.accept(soon()) != null) {
                  // those that came before
                }
              })
          .isInstanceOf(ChannelFailedException.class)
          .hasMessageContaining("broke the protocol")
          .hasMessageContaining(expected);
      ByteBuffer last;
      do {
        last = raw.receive(soon()); // what it had said before it closed
      } while (last != null);
    }
  }

  private static void sendAll(ByteBuffer[] frames, FrameChannel to) throws Exception {
    try {
      for (ByteBuffer frame : frames) {
        to.send(frame, soon());
      }
    } catch (BrokenChannelException e) {
      String unused = e.getMessage(); // it has seen the breach before the last
    }
  }

  @Test
  void whatBreaksTheProtocolIsNamed() throws Exception {
    ByteBuffer open = head(MuxFrame.OPEN, 1, 1).putInt(4096).flip();
    assertBreach("frame of 3 bytes", ByteBuffer.allocate(3));
    assertBreach("opened by 7", head(MuxFrame.OPEN, 7, 1).flip());
    assertBreach("not its next", head(MuxFrame.OPEN, 0, 1).putInt(4096).flip());
    assertBreach("not its next", open.duplicate(), open.duplicate());
    assertBreach("window of 3", head(MuxFrame.OPEN, 1, 1).putInt(3).flip());
    assertBreach("too short", head(MuxFrame.OPEN, 1, 1).flip());
    assertBreach("text of 201", head(MuxFrame.OPEN, 1, 1).putInt(4096).put(new byte[201]).flip());
    assertBreach("is not, 5", head(MuxFrame.DATA, 1, 5).flip());
    assertBreach("is not, 5", head(MuxFrame.CREDIT, 0, 5).putInt(1).flip());
    assertBreach("unknown kind, 99", open.duplicate(), head((byte) 99, 1, 1).flip());
    assertBreach(
        "takes a channel that it opened",
        open.duplicate(),
        head(MuxFrame.ACCEPT, 1, 1).putInt(4096).flip());
    assertBreach("refuses a channel", open.duplicate(), head(MuxFrame.REFUSE, 1, 1).flip());
    assertBreach("credit", open.duplicate(), head(MuxFrame.CREDIT, 1, 1).putInt(1).flip());
    assertBreach(
        "after the end",
        open.duplicate(),
        head(MuxFrame.END, 1, 1).flip(),
        head(MuxFrame.DATA, 1, 1).flip());
    assertBreach(
        "ends twice",
        open.duplicate(),
        head(MuxFrame.END, 1, 1).flip(),
        head(MuxFrame.END, 1, 1).flip());
    List<ByteBuffer> flood = new ArrayList<>(List.of(open.duplicate()));
    for (int i = 0; i < 30; i++) {
      flood.add(head(MuxFrame.DATA, 1, 1).put(new byte[250]).flip());
    }
    assertBreach("has credit for", flood.toArray(ByteBuffer[]::new));
  }

  @Test
  void labelsOfTheOtherSideBreakNoLineOfALog() throws Exception {
    Multiplexer mux = here();
    belowThere.send(head(MuxFrame.OPEN, 1, 1).putInt(4096).put(new byte[] {'a', '\n', 'b'}).flip());
    LogicalChannel channel = accepted(mux);
    assertThat(channel.label()).isEqualTo("a\nb");
    assertThat(channel.name()).isEqualTo("here/a?b#-1");
  }

  @Test
  void argumentsAreCheckedTogether() {
    assertThatThrownBy(() ->
            Multiplexer.builder(belowHere)
                .name(" ")
                .window(1)
                .maxChannels(0)
                .backlog(0)
                .linger(Duration.ofMillis(-1))
                .build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("name is blank")
        .hasMessageContaining("window is not from 1024")
        .hasMessageContaining("maxChannels")
        .hasMessageContaining("backlog")
        .hasMessageContaining("linger");
    Multiplexer mux = here();
    assertThatThrownBy(() -> mux.open("x".repeat(201), soon()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("label");
    assertThat(mux.name()).isEqualTo("here");
  }
}
