// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A mapped file with two rings, one for each direction. The listener makes it and the other side
 * opens it; when both have it mapped it is deleted, so that nothing stays, however they end.
 *
 * <p>It is written once from end to end: in a file with holes the first access to a page fails if
 * the device is full by then, and that failure cannot be handled.
 *
 * <p>The mapping goes when the rings are collected; on this Java it cannot go earlier without the
 * danger that somebody still uses it.
 */
record RingFile(Path path, ByteRing first, ByteRing second) {
  static final String SUFFIX = ".ring";
  private static final int HEADER = 4096;
  private static final long MAGIC = 0x31474E_4952_4C49L; // "ILRING1", little-endian
  private static final int ZEROS = 1 << 16;
  private static final AtomicLong COUNT = new AtomicLong();

  static RingFile create(UnixAddress beside, int capacity) throws IOException {
    Path path =
        beside.sibling(
            "." + ProcessHandle.current().pid() + '-' + COUNT.incrementAndGet() + SUFFIX);
    try (FileChannel file =
        FileChannel.open(
            path,
            Set.of(
                StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
            UnixAddress.OWNER_ONLY)) {
      try {
        long size = size(capacity);
        ByteBuffer zeros = ByteBuffer.allocateDirect(ZEROS);
        for (long written = 0; written < size; ) {
          zeros.clear().limit((int) Math.min(ZEROS, size - written));
          written += file.write(zeros, written);
        }
        ByteBuffer map = map(file, size);
        map.putLong(0, MAGIC).putInt(8, Hello.VERSION).putInt(12, capacity);
        return of(path, map, capacity);
      } catch (IOException | RuntimeException e) {
        Files.deleteIfExists(path);
        throw e;
      }
    }
  }

  static RingFile open(Path path) throws IOException {
    try (FileChannel file =
        FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long size = file.size();
      if (size < HEADER || size > size(1 << ByteRing.LENGTH_BITS)) {
        throw new HandshakeException(path + ": no file of rings, by its size " + size);
      }
      ByteBuffer map = map(file, size);
      int capacity = map.getInt(12);
      if (map.getLong(0) != MAGIC
          || map.getInt(8) != Hello.VERSION
          || Integer.bitCount(capacity) != 1
          || size != size(capacity)) {
        throw new HandshakeException(path + ": no file of rings of this version");
      }
      return of(path, map, capacity);
    }
  }

  private static long size(int capacity) {
    return HEADER + 2L * (ByteRing.DATA + capacity);
  }

  private static ByteBuffer map(FileChannel file, long size) throws IOException {
    return file.map(FileChannel.MapMode.READ_WRITE, 0, size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static RingFile of(Path path, ByteBuffer map, int capacity) {
    int length = ByteRing.DATA + capacity;
    return new RingFile(
        path,
        new ByteRing(map.slice(HEADER, length)),
        new ByteRing(map.slice(HEADER + length, length)));
  }

  void delete() throws IOException {
    Files.deleteIfExists(path);
  }
}
