// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A socket in the file system.
 *
 * <p><b>One listener.</b> Who listens holds a lock on the file beside it with the name and {@code
 * .lock}, which the system takes back when the process ends, however it ends. So what lies at the
 * path while the lock is free is left behind, unless it belongs to somebody who does not know of
 * the lock: therefore it is replaced only if it is a socket and nobody answers there. The lock file
 * stays: to delete it would let two have a lock, each on its own file.
 *
 * <p><b>No moment of openness.</b> A socket is created with the rights that the umask leaves it. So
 * it is bound in a folder that only its owner can enter, gets mode 0600 there, and is then moved to
 * its place, which replaces what was left behind in the same step.
 */
record UnixAddress(Path path) implements Endpoint {
  static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  UnixAddress {
    Objects.requireNonNull(path, "path");
    path = path.toAbsolutePath().normalize();
    if (path.getFileName() == null) {
      throw new IllegalArgumentException("path is a root: " + path);
    }
  }

  Path sibling(String suffix) {
    return path.resolveSibling(path.getFileName() + suffix);
  }

  @Override
  public String name() {
    return path.toString();
  }

  @Override
  public SocketChannel open() throws IOException {
    return SocketChannel.open(StandardProtocolFamily.UNIX);
  }

  @Override
  public void connect(SocketChannel channel) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new NoListenerException(path + ": there is no socket");
    }
    try {
      channel.connect(UnixDomainSocketAddress.of(path));
    } catch (ConnectException e) {
      throw new NoListenerException(path + ": nobody listens", e);
    }
  }

  @Override
  public Bound bind() throws IOException {
    FileChannel lockFile =
        FileChannel.open(
            sibling(".lock"),
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            OWNER_ONLY);
    try {
      lock(lockFile);
      refuseToReplace();
      sweep();
      return new Bound(bindAside(), this, () -> release(lockFile));
    } catch (IOException | RuntimeException e) {
      lockFile.close();
      throw e;
    }
  }

  private void lock(FileChannel lockFile) throws IOException {
    @Nullable FileLock lock;
    try {
      lock = lockFile.tryLock();
    } catch (OverlappingFileLockException inThisJvm) {
      throw new AddressInUseException(path + ": somebody in this process listens", inThisJvm);
    }
    if (lock == null) {
      throw new AddressInUseException(path + ": another process listens");
    }
  }

  private void refuseToReplace() throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    BasicFileAttributes found =
        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!found.isOther()) {
      throw new AddressInUseException(path + ": a file lies there that is no socket");
    }
    try (SocketChannel probe = open()) {
      probe.connect(UnixDomainSocketAddress.of(path));
    } catch (ConnectException nobodyAnswers) {
      return;
    }
    throw new AddressInUseException(path + ": somebody answers there who holds no lock");
  }

  /** What listeners that were killed in the middle of a handshake have left. */
  private void sweep() throws IOException {
    Path folder = Objects.requireNonNull(path.getParent());
    String prefix = path.getFileName() + ".";
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(
            folder,
            file -> {
              String name = String.valueOf(file.getFileName());
              return name.startsWith(prefix) && name.endsWith(RingFile.SUFFIX);
            })) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    }
  }

  private ServerSocketChannel bindAside() throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      Path folder = Objects.requireNonNull(path.getParent());
      Path aside = Files.createTempDirectory(folder, ".i", OWNER_FOLDER);
      try {
        Path socket = aside.resolve("s");
        try {
          channel.bind(UnixDomainSocketAddress.of(socket));
          Files.setPosixFilePermissions(socket, OWNER_ONLY.value());
          Files.move(socket, path, StandardCopyOption.ATOMIC_MOVE);
        } finally {
          Files.deleteIfExists(socket);
        }
      } finally {
        Files.deleteIfExists(aside);
      }
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private void release(FileChannel lockFile) throws IOException {
    try {
      Files.deleteIfExists(path);
    } finally {
      lockFile.close();
    }
  }
}
