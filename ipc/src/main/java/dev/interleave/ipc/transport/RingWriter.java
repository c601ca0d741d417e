// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The producer's side of a {@link ByteRing}. Used by one thread at a time. */
final class RingWriter {
  private final ByteRing ring;
  private final @Nullable Checksum checksum;
  private final ByteBuffer view;

  /** How many bytes have been written, ever. */
  private long tail;

  /** How many of them only fill the end of the ring. */
  private long padded;

  /** The head as it was when it was last looked at: it can only have grown since. */
  private long knownHead;

  /** Where the first record lies that is not published, or -1 if all are. */
  private long firstHidden = -1;

  private int firstWord;

  RingWriter(ByteRing ring, boolean checked) {
    this.ring = ring;
    this.checksum = checked ? new Checksum(ring.memory) : null;
    this.view = ring.memory.duplicate();
  }

  /** Writes a frame, hidden until {@link #publish}; false if there is no room for it. */
  boolean write(ByteBuffer frame) {
    int length = frame.remaining();
    int offset = claim(length);
    if (offset < 0) {
      return false;
    }
    fill(offset, frame);
    finish(length);
    return true;
  }

  /** Whether there is room for a frame of this length. */
  boolean hasRoom(int length) {
    int size = ByteRing.size(length);
    int toEnd = ring.toEnd(tail);
    long needed = (size <= toEnd ? size : toEnd + size) + (long) ByteRing.RESERVE;
    if (ring.capacity - (tail - knownHead) >= needed) {
      return true;
    }
    knownHead = ring.head();
    return ring.capacity - (tail - knownHead) >= needed;
  }

  /**
   * Makes room for a frame, to be filled and {@linkplain #finish finished}.
   *
   * @return where its payload goes, or -1 if there is no room
   */
  int claim(int length) {
    if (!hasRoom(length)) {
      return -1;
    }
    int toEnd = ring.toEnd(tail);
    if (ByteRing.size(length) > toEnd) {
      put(ByteRing.word(ByteRing.PAD, 0), toEnd);
      padded += toEnd;
    }
    return ring.at(tail) + ByteRing.HEAD_BYTES;
  }

  /** Copies what remains in {@code bytes} to {@code offset} of the memory. */
  void fill(int offset, ByteBuffer bytes) {
    view.limit(offset + bytes.remaining()).position(offset).put(bytes);
  }

  /** What was claimed, to be filled by somebody else. */
  ByteBuffer room(int offset, int length) {
    return ring.memory.slice(offset, length);
  }

  /** The frame that was claimed is filled; it may have become shorter. */
  void finish(int length) {
    int word = ByteRing.word(ByteRing.FRAME, length);
    int at = ring.at(tail);
    ring.set(at + 4, checksum == null ? 0 : checksum.of(word, at + ByteRing.HEAD_BYTES));
    put(word, ByteRing.size(length));
  }

  /** Writes a record without payload, for which room is reserved: one END, and one LEAVE. */
  void control(int kind, int value) {
    ring.set(ring.at(tail) + 4, 0);
    put(ByteRing.word(kind, value), ByteRing.HEAD_BYTES);
  }

  private void put(int word, int size) {
    ring.set(ring.at(tail + size), 0); // what the consumer looks at next
    if (firstHidden < 0) {
      firstHidden = tail;
      firstWord = word;
    } else {
      ring.set(ring.at(tail), word);
    }
    tail += size;
  }

  /** Lets the consumer see what was written; false if there was nothing. */
  boolean publish() {
    if (firstHidden < 0) {
      return false;
    }
    ring.setRelease(ring.at(firstHidden), firstWord);
    firstHidden = -1;
    return true;
  }

  /** How many bytes were written, ever, only to fill the end of the ring. */
  long padded() {
    return padded;
  }

  /** How many bytes the consumer has not freed yet. */
  long pending() {
    return tail - ring.head();
  }
}
