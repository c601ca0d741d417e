// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The calls with an idempotency key: those under way, and what the last ones came to that ran, up
 * to a number, and up to a number of bytes.
 *
 * <p>A key is under way until its method has really ended, whether anybody waits for that or not:
 * what has begun to run is never executed again. So those under way are the requests that wait, as
 * many as the server takes, and the methods that have not ended: no more than there are workers,
 * and, of asynchronous ones, futures that have not completed. A deadline, or the cancel of the last
 * who waits, interrupts the one and cancels the other; only a method that heeds neither holds its
 * key for longer. Each has up to {@value #MAX_ASKERS} that asked again, which count for their
 * connections as requests do.
 *
 * <p>Thread-safe; one lock guards all of it. Nothing is sent, and no call is told, with the lock
 * held.
 */
final class Replays {
  /** How many may wait for a call that is under way. */
  static final int MAX_ASKERS = 64;

  private static final int MAX_BYTES = 16 << 20;

  /** Each method is there once. */
  private record Key(ServerMethod method, String key) {
    int bytes() {
      return Character.BYTES * key.length();
    }
  }

  private record Asker(ServerLink link, long id) {
    /** What it is told; null for that the call was given up before it ran. */
    ByteBuffer reply(byte @Nullable [] message) {
      if (message == null) {
        return Frames.error(
            id, Frames.Code.REJECTED, "the first call with this key was given up before it ran");
      }
      ByteBuffer reply = readdressed(message, id);
      return reply.remaining() <= link.maxFrame()
          ? reply
          : Frames.error(
              id,
              Frames.Code.BAD_RESULT,
              "the reply to the first call with this key has, with the id of this one, "
                  + reply.remaining()
                  + " bytes, and a frame of this connection has at most "
                  + link.maxFrame());
    }
  }

  private final int maxDone;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Key, Replay> running = new LinkedHashMap<>();
  private final Map<Key, byte[]> done = new LinkedHashMap<>();
  private long bytes;

  Replays(int maxDone) {
    this.maxDone = maxDone;
  }

  /**
   * What is to be told of the end of the call that is to be executed now; null if there was one
   * with this key before: its reply is sent, or will be, or there are too many who wait for that.
   */
  Replays.@Nullable Replay begin(ServerMethod method, String key, ServerLink link, long id) {
    Key name = new Key(method, key);
    Asker asker = new Asker(link, id);
    byte[] reply;
    @Nullable String full = null;
    lock.lock();
    try {
      reply = done.get(name);
      Replay first = running.get(name);
      if (reply == null && first == null) {
        Replay replay = new Replay(this, name);
        running.put(name, replay);
        return replay;
      }
      if (first != null) {
        full = first.add(asker);
      }
    } finally {
      lock.unlock();
    }
    ServerCounts counts = link.server.counts;
    (full == null ? counts.repeated : counts.rejected).increment();
    if (full != null) {
      link.send(Frames.error(id, Frames.Code.REJECTED, full));
    } else if (reply != null) {
      link.send(asker.reply(reply));
    }
    return null;
  }

  /**
   * Those that ask for it get the reply, if there is one, and so does its own client, if that waits
   * for it; nothing if it has ended before.
   */
  private void ended(
      Replay replay, @Nullable ByteBuffer reply, boolean keep, @Nullable ServerLink client) {
    byte @Nullable [] message = reply == null ? null : bytes(reply);
    List<Asker> askers;
    lock.lock();
    try {
      if (!running.remove(replay.name, replay)) {
        return;
      }
      askers = List.copyOf(replay.askers);
      if (message != null && keep) {
        keep(replay.name, message);
      }
    } finally {
      lock.unlock();
    }
    Replies replies = new Replies();
    if (client != null && reply != null) {
      ByteBuffer own = reply;
      replies.send(client, () -> own);
    }
    for (Asker asker : askers) {
      asker.link.answers(asker.id);
      replies.send(asker.link, () -> asker.reply(message));
    }
    replies.sendRest();
  }

  private void keep(Key name, byte[] reply) {
    byte[] message = name.bytes() + reply.length <= MAX_BYTES ? reply : tooLong(reply.length);
    done.put(name, message);
    bytes += name.bytes() + message.length;
    Iterator<Map.Entry<Key, byte[]>> oldest = done.entrySet().iterator();
    while (done.size() > maxDone || bytes > MAX_BYTES) {
      Map.Entry<Key, byte[]> forgotten = oldest.next();
      bytes -= forgotten.getKey().bytes() + forgotten.getValue().length;
      oldest.remove();
    }
  }

  /** It would displace all others, and itself; that it has run is to be remembered. */
  private static byte[] tooLong(int length) {
    return bytes(
        Frames.error(
            0,
            Frames.Code.BAD_RESULT,
            "the call with this key has run; its reply has "
                + length
                + " bytes, and was not remembered"));
  }

  private static ByteBuffer readdressed(byte[] message, long id) {
    Decoder in = new Decoder(message);
    Encoder out = new Encoder(message.length + Long.BYTES + 2); // the longest id has ten bytes
    out.writeByte(Frames.kind(in));
    long unused = in.readUnsigned();
    out.writeUnsigned(id);
    out.writeBytes(message, in.position(), in.remaining());
    return out.toByteBuffer();
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(buffer.position(), bytes);
    return bytes;
  }

  /** How many keys are under way; for tests. */
  int running() {
    lock.lock();
    try {
      return running.size();
    } finally {
      lock.unlock();
    }
  }

  /** A call under way, and who waits for its reply. */
  static final class Replay {
    private final Replays all;
    private final Key name;

    // Guarded by the lock.
    private final List<Asker> askers = new ArrayList<>();
    private boolean left;
    private @Nullable ServerCall call;

    private Replay(Replays all, Key name) {
      this.all = all;
      this.name = name;
    }

    /** Which call it is; before that can be asked to end. */
    void isOf(ServerCall call) {
      all.lock.lock();
      try {
        this.call = call;
      } finally {
        all.lock.unlock();
      }
    }

    /** Null if it waits now, or else why not. */
    private @Nullable String add(Asker asker) {
      if (askers.size() >= MAX_ASKERS) {
        return "more than " + MAX_ASKERS + " wait for the first call with this key";
      }
      if (asker.link.isFull()) {
        return asker.link.full();
      }
      askers.add(asker);
      asker.link.asks(asker.id, this);
      return null;
    }

    /**
     * The method has run, and this is what it came to: whoever asks gets that, from now on. The
     * first end counts.
     *
     * @param client the call's own, if it waits for that, too
     */
    void ended(ByteBuffer reply, @Nullable ServerLink client) {
      all.ended(this, reply, true, client);
    }

    /**
     * The method has not run, and never will for this call: it may be tried again.
     *
     * @param reply what those that asked for it are told; null for that it was given up
     * @param client the call's own, if it waits for that, too
     */
    void forget(@Nullable ByteBuffer reply, @Nullable ServerLink client) {
      all.ended(this, reply, false, client);
    }

    /** The client of the call itself waits for it no more; true if nobody else does. */
    boolean leave() {
      all.lock.lock();
      try {
        left = true;
        return askers.isEmpty();
      } finally {
        all.lock.unlock();
      }
    }

    /** One that asked for it waits for it no more: the call is abandoned if nobody else does. */
    void cancel(ServerLink link, long id) {
      ServerCall abandoned = null;
      all.lock.lock();
      try {
        if (askers.remove(new Asker(link, id)) && left && askers.isEmpty()) {
          abandoned = call;
        }
      } finally {
        all.lock.unlock();
      }
      if (abandoned != null) {
        abandoned.abandon();
      }
    }

    /** The connection of one that asked for it has ended: it may be asked for over another. */
    void drop(ServerLink link, long id) {
      all.lock.lock();
      try {
        boolean unused = askers.remove(new Asker(link, id));
      } finally {
        all.lock.unlock();
      }
    }
  }
}
