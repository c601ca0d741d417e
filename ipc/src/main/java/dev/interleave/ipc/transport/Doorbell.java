// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the receiver of a connection sleeps: at the socket, beside the thread of the wire. One
 * thread at a time. It has a selector, and the channel does not block: so an interrupt ends the
 * sleep, and closes nothing.
 */
final class Doorbell {
  /** For what is read by who sleeps here. */
  final ByteBuffer rung = ByteBuffer.allocateDirect(256);

  private final Selector selector;
  private final Count sleeps = new Count();

  /** Whether there may be something to read; used by who has the turn to receive. */
  private boolean unread;

  /** At a channel that does not block. */
  Doorbell(SocketChannel channel) throws IOException {
    selector = Selector.open();
    try {
      SelectionKey unused = channel.register(selector, SelectionKey.OP_READ);
    } catch (IOException e) {
      selector.close();
      throw e;
    }
  }

  /**
   * Whether there may be something to read that has woken who slept here. It is left until the next
   * sleep: at first there is a frame to be answered, for which the other side waits.
   */
  boolean takeUnread() {
    boolean was = unread;
    unread = false;
    return was;
  }

  /**
   * Sleeps until there is something to read, or {@link #wake}, or the thread is interrupted, or the
   * time is over, to the next millisecond.
   */
  void sleep(long nanos) {
    sleeps.add(1);
    try {
      selector.selectedKeys().clear();
      unread =
          (nanos == Long.MAX_VALUE
                  ? selector.select()
                  : selector.select(TimeUnit.NANOSECONDS.toMillis(nanos) + 1))
              > 0;
    } catch (ClosedSelectorException e) {
      log().trace("The connection has ended meanwhile", e); // as the receiver finds when it looks
    } catch (IOException e) {
      log().debug("Nobody can sleep at the doorbell", e);
      unread = true; // who reads finds out
    }
  }

  void wake() {
    Selector unused = selector.wakeup();
  }

  /** How often somebody has slept here. */
  long sleeps() {
    return sleeps.get();
  }

  /** Asked for when there is something to say, as in {@link Opening}. */
  private static Logger log() {
    return LoggerFactory.getLogger(Connection.class);
  }

  void close() {
    try {
      selector.close();
    } catch (IOException e) {
      log().debug("A selector could not be closed", e);
    }
  }
}
