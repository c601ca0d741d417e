// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import static dev.interleave.ipc.transport.TransportContract.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.ChildJvm.Program;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two real processes, one of which may be killed at any moment. */
@Tag("kit")
class TwoProcessesTest {
  private static final boolean THOROUGH = Boolean.getBoolean("interleave.thorough");

  private static int kills(String kind) {
    return THOROUGH ? 100 : kind.equals("tcp") ? Program.values().length : 10;
  }

  private static final long SEED = Long.getLong("interleave.seed", 20260711L);

  @TempDir private Path folder;

  private Path path() {
    return folder.resolve("s");
  }

  private Listener listen(String kind) throws Exception {
    return ChildJvm.transport(kind, kind.equals("tcp") ? "0" : path().toString()).listen();
  }

  /** At the other end of what listens here. */
  private ChildJvm child(Program program, String kind, Listener listener) throws Exception {
    return new ChildJvm(
        program, kind, kind.equals("tcp") ? ChildJvm.port(listener) : path().toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"shm", "unix", "tcp"})
  void framesGoThereAndBack(String kind) throws Exception {
    int frames = 20_000;
    try (Listener listener = listen(kind);
        ChildJvm child = child(Program.ECHO, kind, listener);
        Connection connection = listener.accept(soon());
        Actors actors = new Actors(ThreadKind.VIRTUAL, TransportContract.PATIENCE)) {
      assertThat(connection.peer().pid()).isEqualTo(child.pid());
      Random lengths = new Random(SEED);
      Step<?> sending =
          actors
              .actor("sender")
              .start(() -> {
                Random same = new Random(SEED);
                for (int i = 0; i < frames; i++) {
                  ByteBuffer frame = TransportContract.pattern(8 + same.nextInt(300));
                  connection.send(frame.putInt(0, i));
                }
                connection.closeSend();
              });
      for (int i = 0; i < frames; i++) {
        ByteBuffer expected = TransportContract.pattern(8 + lengths.nextInt(300)).putInt(0, i);
        assertThat(connection.receive(soon())).isEqualTo(expected);
      }
      sending.result();
      assertThat(connection.receive(soon())).isNull();
      assertThat(child.awaitExit()).isZero();
      assertThatThrownBy(() -> connection.send(TransportContract.number(1), soon()))
          .isInstanceOf(TransportClosedException.class);
    }
  }

  /** Both wait each time: the doorbell is what moves it. */
  @ParameterizedTest
  @ValueSource(strings = {"shm", "unix", "tcp"})
  void oneByOne(String kind) throws Exception {
    try (Listener listener = listen(kind);
        ChildJvm unused = child(Program.ECHO, kind, listener);
        Connection connection = listener.accept(soon())) {
      for (long i = 0; i < 5_000; i++) {
        connection.send(TransportContract.number(i), soon());
        assertThat(TransportContract.received(connection)).isEqualTo(i);
      }
    }
  }

  /**
   * Whatever the two are doing, whoever waits here gets to know of it, and does not wait for its
   * deadline; and the listener takes in the next one.
   */
  @ParameterizedTest
  @ValueSource(strings = {"shm", "unix", "tcp"})
  @Timeout(value = THOROUGH_MINUTES, unit = TimeUnit.MINUTES)
  void theDeathOfThePeerIsSeenWhateverItDoes(String kind) throws Exception {
    Random random = new Random(SEED);
    Program[] programs = {Program.ECHO, Program.SEND, Program.RECEIVE, Program.NOTHING};
    try (Listener listener = listen(kind)) {
      for (int round = 0; round < kills(kind); round++) {
        kill(kind, listener, programs[round % programs.length], random.nextInt(2_000));
      }
    }
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.map(file -> file.getFileName().toString()))
          .containsExactlyElementsOf(kind.equals("tcp") ? List.of() : List.of("s.lock"));
    }
  }

  private static final int THOROUGH_MINUTES = 15;

  private void kill(String kind, Listener listener, Program program, int after) throws Exception {
    List<Step<?>> waiting = new ArrayList<>();
    try (ChildJvm child = child(program, kind, listener);
        Connection connection = listener.accept(soon());
        Actors actors = new Actors(ThreadKind.PLATFORM, TransportContract.PATIENCE)) {
      Step<?> receiving =
          actors
              .actor("receiver of " + program)
              .start(() -> {
                for (int i = 0; ; i++) {
                  if (i == after) {
                    child.kill();
                  }
                  assertThat(connection.receive(f -> {}, Deadline.none())).isTrue();
                }
              });
      Step<?> sending =
          actors
              .actor("sender to " + program)
              .start(() -> {
                for (int i = 0; ; i++) {
                  if (i == after) {
                    child.kill();
                  }
                  connection.send(ByteBuffer.allocate(100));
                }
              });
      waiting.add(receiving);
      waiting.add(sending);
      for (Step<?> step : waiting) {
        assertThat(step.failure(TransportException.class)).isInstanceOf(PeerDiedException.class);
      }
      assertThatThrownBy(() -> connection.receive(soon())).isInstanceOf(PeerDiedException.class);
      assertThatThrownBy(() -> connection.send(ByteBuffer.allocate(1), soon()))
          .isInstanceOf(PeerDiedException.class);
      assertThat(connection.isClosed()).isTrue();
      assertThat(child.awaitExit()).isNotZero();
    }
  }

  @Test
  void aListenerThatWasKilledIsReplaced() throws Exception {
    Transport transport = Transport.unixSocket(path());
    try (ChildJvm child = new ChildJvm(Program.LISTEN, "unix", path().toString())) {
      child.awaitLine("listens");
      assertThatThrownBy(transport::listen)
          .isInstanceOf(AddressInUseException.class)
          .hasMessageContaining("another process");
    }
    assertThat(path()).exists(); // left behind
    assertThatThrownBy(() -> transport.connect(soon())).isInstanceOf(NoListenerException.class);
    try (Listener listener = transport.listen();
        Connection one = transport.connect(soon());
        Connection two = listener.accept(soon())) {
      one.send(TransportContract.number(3), soon());
      assertThat(Objects.requireNonNull(two.receive(soon())).getLong()).isEqualTo(3);
    }
  }
}
