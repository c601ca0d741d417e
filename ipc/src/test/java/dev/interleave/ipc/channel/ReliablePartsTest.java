// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.ipc.channel.Inbox.Arrival;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The parts of a reliable channel, by themselves and in their own time. */
class ReliablePartsTest {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final RoundTrip roundTrip = new RoundTrip(1_000, 1_000_000);
  private final Outbox outbox = new Outbox(4, roundTrip);
  private final Inbox inbox = new Inbox(4);

  /** An acknowledgement up to a number, and of what the bitmap says. */
  private static ReliableFrame ack(long number, long limit, long echo, long... bitmap) {
    return new ReliableFrame(
        ReliableFrame.ACK, false, true, false, 1, 2, 1, echo, 0, number, limit, bitmap, NOTHING);
  }

  /** The numbers of all that is due at this time, which is sent. */
  private List<Long> sentAt(long now) {
    List<Long> numbers = new ArrayList<>();
    Outbox.Item item;
    while ((item = outbox.next(now)) != null) {
      outbox.sent(item, outbox.transmit(now), now);
      numbers.add(item.number);
    }
    return numbers;
  }

  private void add(int count) {
    for (int i = 0; i < count; i++) {
      outbox.add(EndpointContract.number(i));
    }
  }

  // ------------------------------------------------------------------ the time for an answer

  @Test
  void theTimeForAnAnswerFollowsTheAnswersWithinItsBounds() {
    assertThat(roundTrip.timeoutNanos(1)).isEqualTo(10_000);
    assertThat(roundTrip.timeoutNanos(2)).isEqualTo(20_000);
    assertThat(roundTrip.timeoutNanos(60)).isEqualTo(1_000_000);
    roundTrip.sample(8_000);
    assertThat(roundTrip.meanNanos()).isEqualTo(8_000);
    assertThat(roundTrip.timeoutNanos(1)).isEqualTo(24_000);
    for (int i = 0; i < 100; i++) {
      roundTrip.sample(80);
    }
    assertThat(roundTrip.timeoutNanos(1)).isEqualTo(1_000);
    roundTrip.sample(100_000_000);
    assertThat(roundTrip.timeoutNanos(1)).isEqualTo(1_000_000);
  }

  // ------------------------------------------------------------------ to send

  @Test
  void nothingIsSentBeyondTheRoomThatIsKnown() {
    add(3);
    assertThat(sentAt(0)).isEmpty();
    assertThat(outbox.isHeldUp()).isTrue();
    assertThat(outbox.acknowledge(ack(0, 2, 0), 0)).isFalse();
    assertThat(outbox.isHeldUp()).isFalse();
    assertThat(sentAt(0)).containsExactly(1L, 2L);
    assertThat(outbox.acknowledge(ack(2, 3, 2), 10)).isTrue();
    assertThat(sentAt(10)).containsExactly(3L);
    assertThat(outbox.size()).isEqualTo(1);
    assertThat(outbox.repeated()).isZero();
  }

  @Test
  void theWindowBoundsWhatIsKeptAndTheEndHasAPlaceOfItsOwn() {
    add(4);
    assertThat(outbox.hasRoom()).isFalse();
    outbox.end();
    outbox.end();
    assertThat(outbox.last()).isEqualTo(5);
    assertThat(outbox.messages()).isEqualTo(4);
    outbox.acknowledge(ack(0, 4, 0), 0);
    assertThat(sentAt(0)).containsExactly(1L, 2L, 3L, 4L, 5L); // it needs no room
    outbox.acknowledge(ack(5, 4, 5), 0);
    assertThat(outbox.isEmpty()).isTrue();
    assertThat(outbox.isAcknowledged(5)).isTrue();
  }

  @Test
  void whatIsNotAnsweredInTimeIsSentAgainLaterEachTime() {
    add(1);
    outbox.acknowledge(ack(0, 4, 0), 0);
    assertThat(sentAt(0)).containsExactly(1L);
    assertThat(outbox.nanosUntilDue(0)).isBetween(10_000L, 12_500L);
    assertThat(sentAt(9_999)).isEmpty();
    assertThat(sentAt(12_500)).containsExactly(1L);
    assertThat(outbox.nanosUntilDue(12_500)).isBetween(20_000L, 25_000L);
    assertThat(sentAt(32_000)).isEmpty();
    assertThat(sentAt(37_500)).containsExactly(1L);
    assertThat(outbox.repeated()).isEqualTo(2);
  }

  @Test
  void whatThreeLaterOnesHaveOvertakenIsSentAgainAtOnce() {
    add(4);
    outbox.acknowledge(ack(0, 4, 0), 0);
    assertThat(sentAt(0)).containsExactly(1L, 2L, 3L, 4L);
    outbox.acknowledge(ack(0, 4, 3, 0b110), 1); // 2 and 3 have come
    assertThat(sentAt(1)).isEmpty();
    outbox.acknowledge(ack(0, 4, 4, 0b1110), 2);
    assertThat(sentAt(2)).containsExactly(1L);
    outbox.acknowledge(ack(0, 4, 4, 0b1110), 3); // no news
    assertThat(sentAt(3)).isEmpty();
    outbox.acknowledge(ack(4, 8, 5), 4);
    assertThat(outbox.isEmpty()).isTrue();
  }

  @Test
  void anotherConnectionBeginsWithWhatIsNotAcknowledged() {
    add(3);
    outbox.acknowledge(ack(0, 4, 0), 0);
    assertThat(sentAt(0)).containsExactly(1L, 2L, 3L);
    outbox.acknowledge(ack(0, 4, 2, 0b10), 1);
    outbox.connectionLost();
    assertThat(sentAt(2)).containsExactly(1L, 3L); // 2 had come
  }

  @Test
  void whatWasNotSentCannotBeAcknowledged() {
    add(2);
    outbox.acknowledge(ack(0, 1, 0), 0);
    assertThat(sentAt(0)).containsExactly(1L);
    for (ReliableFrame wrong :
        List.of(ack(2, 4, 0), ack(-1, 4, 0), ack(0, 4, 2), ack(0, 4, 1, 0b10))) {
      assertThatThrownBy(() -> outbox.acknowledge(wrong, 0)).isInstanceOf(Breach.class);
    }
  }

  // ------------------------------------------------------------------ to leave

  private Transmitter transmitter() {
    Duration hour = Duration.ofHours(1);
    ReliableOptions options =
        new ReliableOptions(4, hour, hour, hour, hour, hour, hour, hour, hour);
    return new Transmitter(options, outbox, inbox, roundTrip);
  }

  /** What is due at this time; null if nothing. */
  private static @Nullable ReliableFrame due(Transmitter transmitter, long now) {
    ByteBuffer out = ByteBuffer.allocate(ReliableFrame.headFor(4) + Long.BYTES);
    return transmitter.fill(out, now) == 0 ? ReliableFrame.parse(out) : null;
  }

  /** An acknowledgement by one that receives no more. */
  private static ReliableFrame leaving(long number, long limit) {
    return new ReliableFrame(
        ReliableFrame.ACK, false, false, true, 1, 2, 1, 0, 0, number, limit, new long[0], NOTHING);
  }

  private void hear(Transmitter transmitter, ReliableFrame frame, long now) {
    transmitter.heard(frame);
    outbox.acknowledge(frame, now);
  }

  @Test
  void whoLeavesSaysSoAtOnceThoughItHasMessagesThatMayNotBeSent() {
    Transmitter transmitter = transmitter();
    long now = System.nanoTime();
    add(1);
    hear(transmitter, ack(0, 0, 0), now); // there is no room
    assertThat(due(transmitter, now))
        .returns(ReliableFrame.ACK, ReliableFrame::kind)
        .returns(true, ReliableFrame::wantsAnswer)
        .returns(false, ReliableFrame::receivesNoMore);
    assertThat(due(transmitter, now)).isNull();
    transmitter.leave();
    assertThat(due(transmitter, now))
        .returns(ReliableFrame.ACK, ReliableFrame::kind)
        .returns(true, ReliableFrame::receivesNoMore);
    assertThat(due(transmitter, now)).isNull();
    hear(transmitter, ack(0, 1, 0), now);
    assertThat(due(transmitter, now))
        .returns(ReliableFrame.DATA, ReliableFrame::kind)
        .returns(true, ReliableFrame::receivesNoMore);
    assertThat(transmitter.isPeerLeaving()).isFalse();
  }

  @Test
  void whatWillNeverBeAcknowledgedIsNotSentAndDoesNotHoldUpTheFarewell() {
    Transmitter transmitter = transmitter();
    long now = System.nanoTime();
    add(3);
    hear(transmitter, ack(0, 2, 0), now);
    assertThat(due(transmitter, now)).returns(1L, ReliableFrame::number);
    assertThat(due(transmitter, now)).returns(2L, ReliableFrame::number);
    hear(transmitter, leaving(1, 2), now);
    assertThat(transmitter.isHopeless()).isTrue();
    long later = now + Duration.ofMinutes(10).toNanos(); // and nothing to be seen in between
    assertThat(due(transmitter, later)).isNull();
    assertThat(transmitter.fill(NOTHING, later)).isGreaterThan(1);
    hear(transmitter, leaving(2, 2), later);
    assertThat(due(transmitter, later)).isNull(); // it does not probe for room either
    outbox.end();
    assertThat(due(transmitter, later)).isNull();
    transmitter.leave();
    long left = System.nanoTime();
    assertThat(due(transmitter, left))
        .returns(ReliableFrame.BYE, ReliableFrame::kind)
        .returns(4L, ReliableFrame::number);
    assertThat(transmitter.fill(NOTHING, left)).isBetween(1L, 1_000_000L);
    assertThat(due(transmitter, left + 1_000_000)).returns(ReliableFrame.BYE, ReliableFrame::kind);
    assertThat(outbox.messages()).isEqualTo(1);
  }

  @Test
  void whoLeavesIsToldOfTheEndIfAllMessagesHaveCome() {
    Transmitter transmitter = transmitter();
    long now = System.nanoTime();
    add(1);
    hear(transmitter, ack(0, 1, 0), now);
    assertThat(due(transmitter, now)).returns(1L, ReliableFrame::number);
    hear(transmitter, leaving(1, 1), now);
    outbox.end();
    assertThat(transmitter.isHopeless()).isFalse();
    assertThat(due(transmitter, now))
        .returns(ReliableFrame.END, ReliableFrame::kind)
        .returns(2L, ReliableFrame::number);
    hear(transmitter, leaving(2, 1), now);
    assertThat(outbox.isEmpty()).isTrue();
  }

  // ------------------------------------------------------------------ to receive

  private Arrival come(long number) {
    Arrival arrival = inbox.look(number);
    if (arrival == Arrival.IN_ORDER || arrival == Arrival.EARLY) {
      inbox.put(number, EndpointContract.number(number));
    }
    return arrival;
  }

  private long taken() {
    return Objects.requireNonNull(inbox.take(), "nothing in order").getLong();
  }

  @Test
  void whatComesIsHeldUntilItsTurnAndTakenOnce() {
    assertThat(come(2)).isEqualTo(Arrival.EARLY);
    assertThat(come(4)).isEqualTo(Arrival.EARLY);
    assertThat(come(2)).isEqualTo(Arrival.AGAIN);
    assertThat(come(5)).isEqualTo(Arrival.BEYOND);
    assertThat(inbox.take()).isNull();
    assertThat(inbox.acknowledged()).isZero();
    assertThat(inbox.bitmap()).containsExactly(0b1010);
    assertThat(inbox.size()).isEqualTo(2);
    assertThat(come(1)).isEqualTo(Arrival.IN_ORDER);
    assertThat(inbox.acknowledged()).isEqualTo(2);
    assertThat(inbox.bitmap()).containsExactly(0b10);
    assertThat(inbox.waiting()).isEqualTo(2);
    assertThat(taken()).isEqualTo(1);
    assertThat(inbox.limit()).isEqualTo(5);
    assertThat(come(1)).isEqualTo(Arrival.AGAIN);
    assertThat(come(5)).isEqualTo(Arrival.EARLY);
    assertThat(come(3)).isEqualTo(Arrival.IN_ORDER);
    for (int i = 2; i <= 5; i++) {
      assertThat(taken()).isEqualTo(i);
    }
    assertThat(inbox.take()).isNull();
    assertThat(inbox.bitmap()).isEmpty();
  }

  @Test
  void theEndIsBehindTheLastAlsoIfItComesFirst() {
    inbox.end(3);
    inbox.end(3);
    assertThat(inbox.acknowledged()).isZero();
    assertThat(inbox.isAtEnd()).isFalse();
    come(1);
    come(2);
    assertThat(inbox.acknowledged()).isEqualTo(3);
    assertThat(inbox.isAtEnd()).isFalse();
    assertThat(taken()).isEqualTo(1);
    assertThat(taken()).isEqualTo(2);
    assertThat(inbox.isAtEnd()).isTrue();
    assertThatThrownBy(() -> inbox.end(4)).isInstanceOf(Breach.class);
    assertThatThrownBy(() -> inbox.look(3)).isInstanceOf(Breach.class);
    assertThatThrownBy(() -> inbox.look(0)).isInstanceOf(Breach.class);
  }

  @Test
  void anEndThatCannotBeIsRefused() {
    come(2);
    assertThatThrownBy(() -> inbox.end(2)).isInstanceOf(Breach.class);
    assertThatThrownBy(() -> inbox.end(6)).isInstanceOf(Breach.class);
    inbox.end(5);
  }

  @ParameterizedTest
  @ValueSource(ints = {63, 64, 65, 200})
  void theBitmapReachesAsFarAsTheWindow(int window) {
    Inbox wide = new Inbox(window);
    wide.put(window, NOTHING);
    long[] bitmap = wide.bitmap();
    assertThat(ReliableFrame.HEAD + bitmap.length * Long.BYTES)
        .isLessThanOrEqualTo(ReliableFrame.headFor(window));
    Outbox other = new Outbox(window, roundTrip);
    for (int i = 0; i < window; i++) {
      other.add(NOTHING);
    }
    other.acknowledge(ack(0, window, 0), 0);
    for (int i = 0; i < window; i++) {
      other.sent(Objects.requireNonNull(other.next(0)), other.transmit(0), 0);
    }
    other.acknowledge(ack(0, window, window, bitmap), 1);
    int again = 0;
    Outbox.Item item;
    while ((item = other.next(2)) != null) {
      assertThat(item.number).isNotEqualTo(window);
      other.sent(item, other.transmit(2), 2);
      again++;
    }
    assertThat(again).isEqualTo(window - LATER);
  }

  /** Those of which it is not certain yet. */
  private static final int LATER = 3;

  // ------------------------------------------------------------------ frames

  @Test
  void aFrameIsReadAsItWasWrittenAndNotIfABitIsTurned() {
    ReliableFrame frame =
        new ReliableFrame(
            ReliableFrame.DATA,
            true,
            true,
            true,
            1,
            -2,
            3,
            4,
            5,
            6,
            7,
            new long[] {8, -9},
            ByteBuffer.wrap(new byte[] {10, 11}));
    ByteBuffer out = ByteBuffer.allocate(200);
    frame.write(out);
    ReliableFrame read = Objects.requireNonNull(ReliableFrame.parse(out.duplicate()));
    assertThat(read).usingRecursiveComparison().ignoringFields("payload").isEqualTo(frame);
    assertThat(read.payload()).isEqualTo(frame.payload());
    for (int bit = 0; bit < out.limit() * Byte.SIZE; bit++) {
      ByteBuffer damaged = Frames.copy(out);
      int at = bit / Byte.SIZE;
      damaged.put(at, (byte) (damaged.get(at) ^ (1 << (bit % Byte.SIZE))));
      assertThat(ReliableFrame.parse(damaged)).as("bit %d", bit).isNull();
    }
    for (int length = 0; length < out.limit(); length++) {
      assertThat(ReliableFrame.parse(out.slice(0, length))).as("length %d", length).isNull();
    }
  }
}
