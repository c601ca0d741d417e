// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.Deadline;
import dev.interleave.state.Mailbox.Sent;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import dev.interleave.testing.contract.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The mailbox alone; the calling thread is its owner. */
class MailboxTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static Mailbox<String> mailbox(int capacity) {
    Mailbox<String> mailbox = new Mailbox<>("test", capacity);
    mailbox.setOwner(Thread.currentThread());
    return mailbox;
  }

  @Test
  void whatWasSentIsTakenInOrderAndThenComesTheEnd() {
    Mailbox<String> mailbox = mailbox(3);
    assertThat(mailbox.offer("a")).isEqualTo(Sent.ACCEPTED);
    assertThat(mailbox.offer("b")).isEqualTo(Sent.ACCEPTED);
    assertThat(mailbox.take()).isEqualTo("a");
    assertThat(mailbox.offer("c")).isEqualTo(Sent.ACCEPTED);
    assertThat(mailbox.offer("d")).isEqualTo(Sent.ACCEPTED);
    assertThat(mailbox.offer("e")).isEqualTo(Sent.FULL);
    assertThat(mailbox.length()).isEqualTo(3);
    assertThat(mailbox.isClosed()).isFalse();
    mailbox.close();
    mailbox.close();
    assertThat(mailbox.isClosed()).isTrue();
    assertThat(mailbox.offer("f")).isEqualTo(Sent.CLOSED);
    assertThat(List.of(mailbox.take(), mailbox.take(), mailbox.take()))
        .containsExactly("b", "c", "d");
    assertThat(mailbox.take()).isNull();
    assertThat(mailbox.take()).as("again").isNull();
    assertThat(mailbox.length()).isZero();
    assertThat(mailbox.sent()).isEqualTo(4);
    assertThat(mailbox.taken()).isEqualTo(4);
    assertThat(mailbox.highWater()).isEqualTo(3);
  }

  @Test
  void whatWasNotForgottenIsPending() {
    Mailbox<String> mailbox = mailbox(3);
    List.of("a", "b", "c").forEach(mailbox::offer);
    mailbox.take();
    mailbox.forget();
    mailbox.take();
    mailbox.close();
    assertThat(mailbox.pending()).as("b was taken, but not begun").containsExactly("b", "c");
    mailbox.forget();
    assertThat(mailbox.pending()).containsExactly("c");
    mailbox.take();
    mailbox.forget();
    assertThat(mailbox.pending()).isEmpty();
    assertThat(mailbox.take()).isNull();
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsLostDoubledOrOutOfOrder(ThreadKind kind) throws Exception {
    Mailbox<List<Integer>> mailbox = new Mailbox<>("test", 4);
    mailbox.setOwner(Thread.currentThread());
    int senders = 3;
    int messages = 2000;
    AtomicInteger left = new AtomicInteger(senders);
    try (Actors actors = new Actors(kind, PATIENCE)) {
      List<Step<?>> sending = new ArrayList<>();
      for (int s = 0; s < senders; s++) {
        int sender = s;
        sending.add(
            actors
                .actor("sender-" + s)
                .start(() -> {
                  for (int m = 0; m < messages; m++) {
                    Deadline deadline = m % 2 == 0 ? Deadline.none() : Deadline.after(PATIENCE);
                    assertThat(mailbox.put(List.of(sender, m), deadline)).isEqualTo(Sent.ACCEPTED);
                  }
                  if (left.decrementAndGet() == 0) {
                    mailbox.close();
                  }
                }));
      }
      int[] next = new int[senders];
      for (List<Integer> m = mailbox.take(); m != null; m = mailbox.take()) {
        assertThat(m.get(1)).isEqualTo(next[m.get(0)]++);
      }
      assertThat(next).containsOnly(messages);
      for (Step<?> step : sending) {
        step.result();
      }
    }
    assertThat(mailbox.highWater()).isLessThanOrEqualTo(4);
  }

  /** Whoever is overtaken again and again makes those that arrive stand in line. */
  @ParameterizedTest
  @EnumSource
  void theFirstInLineLosesItsPatienceAndGetsIn(ThreadKind kind) throws Exception {
    Mailbox<String> mailbox = mailbox(1);
    try (Actors actors = new Actors(kind, PATIENCE)) {
      boolean seen = false;
      while (!seen) {
        assertThat(mailbox.offer("full")).isEqualTo(Sent.ACCEPTED);
        Step<Sent> first =
            actors.actor("first").startCall(() -> mailbox.put("first", Deadline.none()));
        first.awaitBlocked();
        long start = System.nanoTime();
        Waiting.until(
            () -> System.nanoTime() - start > 2 * Mailbox.PATIENCE, PATIENCE, () -> "no time");
        mailbox.take(); // wakes it
        if (mailbox.offer("overtakes") == Sent.ACCEPTED) {
          Waiting.until(mailbox::isImpatient, PATIENCE, () -> "overtaken, and still patient");
          seen = true;
          mailbox.take();
        }
        assertThat(first.result()).isEqualTo(Sent.ACCEPTED);
        assertThat(mailbox.isImpatient()).as("when it is in").isFalse();
        assertThat(mailbox.take()).isEqualTo("first");
      }
    }
  }
}
