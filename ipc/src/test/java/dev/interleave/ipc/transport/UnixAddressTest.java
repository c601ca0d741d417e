// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import static dev.interleave.ipc.transport.TransportContract.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What lies in the file system, and what is replaced there. */
class UnixAddressTest {
  @TempDir private Path folder;

  private Path path() {
    return folder.resolve("s");
  }

  private String[] files() throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toArray(String[]::new);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"shm", "unix"})
  void onlyTheOwnerMayConnectAndNothingElseIsLeft(String kind) throws Exception {
    Transport transport = ChildJvm.transport(kind, path());
    try (Listener listener = transport.listen();
        Connection one = transport.connect(soon());
        Connection two = listener.accept(soon())) {
      for (Path file : new Path[] {path(), folder.resolve("s.lock")}) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .isEqualTo("rw-------");
      }
      one.send(TransportContract.number(1), soon());
      assertThat(TransportContract.received(two)).isEqualTo(1);
      assertThat(files()).containsExactly("s", "s.lock");
    }
    assertThat(files()).containsExactly("s.lock");
  }

  @Test
  void aSocketThatWasLeftBehindIsReplaced() throws Exception {
    try (ServerSocketChannel old = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      old.bind(UnixDomainSocketAddress.of(path()));
    }
    Path ring = Files.createFile(folder.resolve("s.1-1.ring"));
    Path other = Files.createFile(folder.resolve("t.1-1.ring"));
    assertThat(path()).exists();
    try (Listener listener = Transport.unixSocket(path()).listen();
        Connection connection = listener.transport().connect(soon())) {
      assertThat(connection.isClosed()).isFalse();
    }
    assertThat(ring).doesNotExist();
    assertThat(other).exists();
  }

  @Test
  void aLivingSocketOfSomebodyElseIsNotReplaced() throws Exception {
    try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      other.bind(UnixDomainSocketAddress.of(path()));
      assertThatThrownBy(() -> Transport.unixSocket(path()).listen())
          .isInstanceOf(AddressInUseException.class);
      assertThat(path()).exists();
    }
  }

  @Test
  void aFileIsNotReplaced() throws Exception {
    Files.writeString(path(), "dear");
    assertThatThrownBy(() -> Transport.unixSocket(path()).listen())
        .isInstanceOf(AddressInUseException.class)
        .hasMessageContaining("no socket");
    assertThat(path()).hasContent("dear");
  }

  @Test
  void whereThereIsNoFolderTheSystemRefuses() {
    Transport transport = Transport.unixSocket(folder.resolve("none").resolve("s"));
    assertThatThrownBy(transport::listen)
        .isInstanceOf(TransportFailedException.class)
        .hasMessageContaining("none");
    assertThatThrownBy(() -> transport.connect(soon())).isInstanceOf(NoListenerException.class);
  }
}
