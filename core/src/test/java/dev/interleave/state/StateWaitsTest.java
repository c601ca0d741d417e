// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.state;

import static dev.interleave.state.Blocker.confinedList;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.Deadline;
import dev.interleave.diagnose.Owner;
import dev.interleave.diagnose.Owners;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.Task;
import dev.interleave.testing.contract.ThreadKind;
import dev.interleave.testing.contract.Waiting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who waits for shared state is seen by those who look for deadlocks, and by the recorder. */
@SuppressWarnings("FutureReturnValueIgnored") // whether they wait is what counts
class StateWaitsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir private Path folder;

  private static Wait awaitWait(Actor actor) throws InterruptedException {
    return Waiting.untilPresent(
        () -> Waits.of(actor.thread()), PATIENCE, () -> actor.name() + " waits for nothing");
  }

  private static void assertWaitsFor(
      Actor actor, String name, String wants, Wait.Exit exit, @Nullable Thread owner)
      throws InterruptedException {
    Wait wait = awaitWait(actor);
    assertThat(wait.resource().name()).isEqualTo(name);
    assertThat(wait.wants()).isEqualTo(wants);
    assertThat(wait.exit()).isEqualTo(exit);
    Owners owners = wait.resource().owners(wait);
    if (owner == null) {
      assertThat(owners.need()).isEqualTo(Owners.Need.ANYONE);
    } else {
      assertThat(owners.need()).isEqualTo(Owners.Need.ALL);
      assertThat(owners.list()).singleElement().extracting(Owner::thread).isEqualTo(owner);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoCallsWaitsForTheOwner(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE);
        Confined<List<String>> list = confinedList(kind).build()) {
      Thread owner = list.call(l -> Thread.currentThread());
      Blocker blocker = Blocker.of(list);
      Actor caller = actors.actor("caller");
      Step<?> call = caller.start(() -> list.call(List::size));
      assertWaitsFor(caller, "log", "the result", Wait.Exit.INTERRUPT, owner);
      Actor timed = actors.actor("timed");
      Step<?> timedCall = timed.start(() -> list.call(List::size, Deadline.after(PATIENCE)));
      assertWaitsFor(timed, "log", "the result", Wait.Exit.TIMEOUT, owner);
      blocker.letGo();
      call.result();
      timedCall.result();
      assertThat(Waits.of(caller.thread())).isNull();
      assertThat(Waits.of(timed.thread())).isNull();
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoFindsTheMailboxFullWaitsForTheOwner(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE);
        Confined<List<String>> list = confinedList(kind).capacity(1).build()) {
      Thread owner = list.call(l -> Thread.currentThread());
      Blocker blocker = Blocker.of(list);
      list.submit(l -> l.add("fills it"));
      Actor sender = actors.actor("sender");
      Step<?> first = sender.start(() -> list.submit(l -> l.add("x")));
      assertWaitsFor(sender, "log", "a place", Wait.Exit.INTERRUPT, owner);
      Actor behind = actors.actor("behind");
      Step<?> second = behind.start(() -> list.submit(l -> l.add("y"), Deadline.after(PATIENCE)));
      assertWaitsFor(behind, "log", "a place", Wait.Exit.TIMEOUT, owner);
      sender.interrupt();
      first.failure(InterruptedException.class);
      assertThat(Waits.of(sender.thread())).isNull();
      blocker.letGo();
      second.result();
      assertThat(Waits.of(behind.thread())).isNull();
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoClosesWaitsForTheOwnerAndCannotBeRefused(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Confined<List<String>> list = confinedList(kind).build();
      Thread owner = list.call(l -> Thread.currentThread());
      Blocker blocker = Blocker.of(list);
      Actor closer = actors.actor("closer");
      Step<?> closing = closer.start(list::close);
      assertWaitsFor(closer, "log", "the end", Wait.Exit.NONE, owner);
      blocker.letGo();
      closing.result();
      assertThat(Waits.of(closer.thread())).isNull();
    }
  }

  /** Of two states that call each other each owner is seen to wait for the other one. */
  @ParameterizedTest
  @EnumSource
  void statesThatCallEachOtherAreSeenToDoSo(ThreadKind kind) throws Exception {
    Confined<List<String>> one = confinedList(kind).name("one").build();
    Confined<List<String>> two = confinedList(kind).name("two").build();
    Thread ownerOfOne = one.call(l -> Thread.currentThread());
    Thread ownerOfTwo = two.call(l -> Thread.currentThread());
    CountDownLatch both = new CountDownLatch(2);
    try (Actors actors = new Actors(kind, PATIENCE)) {
      var forth = one.submit(l -> size(two, both));
      var back = two.submit(l -> size(one, both));
      for (Thread owner : List.of(ownerOfOne, ownerOfTwo)) {
        Thread other = owner == ownerOfOne ? ownerOfTwo : ownerOfOne;
        Waiting.until(() -> Waits.of(owner) != null, PATIENCE, () -> owner + " does not wait");
        Wait wait = Objects.requireNonNull(Waits.of(owner));
        assertThat(wait.resource().owners(wait).list())
            .singleElement()
            .extracting(Owner::thread)
            .isEqualTo(other);
      }
      one.closeNow(); // discards what the owner of two waits for, and so breaks the circle
      two.close();
      one.close();
      assertThat(back).isCompletedExceptionally();
      assertThat(forth.isDone()).isTrue();
    }
  }

  private static int size(Confined<List<String>> other, CountDownLatch both) {
    both.countDown();
    try {
      both.await();
      return other.call(List::size);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoChangesAVersionedStateWaitsForWhoDoesSo(ThreadKind kind) throws Exception {
    VersionedState<String> state = VersionedState.builder("none").name("prices").build();
    CountDownLatch in = new CountDownLatch(1);
    CountDownLatch out = new CountDownLatch(1);
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor slow = actors.actor("slow");
      Step<?> change =
          slow.start(() ->
              state.update(s -> {
                in.countDown();
                await(out);
                return s + "slow";
              }));
      in.await();
      Actor next = actors.actor("next");
      Step<?> waiting = next.start(() -> state.update(s -> s + "next"));
      assertWaitsFor(next, "prices", "to change it", Wait.Exit.REFUSAL, slow.thread());
      Actor patient = actors.actor("patient");
      Step<?> interruptible =
          patient.start(() -> state.update(s -> s + "patient", Deadline.none()));
      assertWaitsFor(patient, "prices", "to change it", Wait.Exit.INTERRUPT, slow.thread());
      patient.interrupt();
      interruptible.failure(InterruptedException.class);
      Actor reader = actors.actor("reader");
      Step<?> version = reader.start(() -> state.awaitAfter(1));
      assertWaitsFor(reader, "prices", "a version", Wait.Exit.INTERRUPT, null);
      out.countDown();
      change.result();
      waiting.result();
      version.result();
      for (Actor actor : List.of(next, patient, reader)) {
        assertThat(Waits.of(actor.thread())).isNull();
      }
    }
  }

  // ------------------------------------------------------------------ the recorder

  private List<RecordedEvent> record(Task task) throws Exception {
    Path file = folder.resolve("waits.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("dev.interleave.StateWait").withThreshold(Duration.ZERO);
      recording.start();
      task.run();
      recording.stop();
      recording.dump(file);
    }
    return RecordingFile.readAllEvents(file).stream()
        .filter(event -> event.getEventType().getName().equals("dev.interleave.StateWait"))
        .toList();
  }

  @Test
  void waitsAreRecordedWithTheirOutcome() throws Exception {
    VersionedState<String> state = VersionedState.builder("none").name("prices").build();
    List<RecordedEvent> events =
        record(() -> {
          try {
            Versioned<String> unused = state.awaitAfter(0, Deadline.after(Duration.ofMillis(1)));
          } catch (StateTimeoutException expected) {
            assertThat(expected).hasMessageContaining("prices");
          }
        });
    assertThat(events)
        .singleElement()
        .satisfies(event -> {
          assertThat(event.getString("state")).isEqualTo("prices");
          assertThat(event.getString("wants")).isEqualTo("a version");
          assertThat(event.getString("outcome")).isEqualTo("timed out");
          assertThat(event.getDuration()).isPositive(); // the deadline is older than the wait
        });
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
