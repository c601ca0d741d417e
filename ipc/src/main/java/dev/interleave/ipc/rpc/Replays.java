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
 * The calls with an idempotency key: those under way, and the replies of the last ones that ran, up
 * to a number, and up to a number of bytes. Those under way are bounded by the server's requests.
 * Thread-safe; nothing is sent with the lock held.
 */
final class Replays {
  private static final int MAX_BYTES = 16 << 20;

  private record Key(String method, String key) {}

  private record Asker(ServerLink link, long id) {}

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
   * with this key before: its reply is sent, or will be.
   */
  Replays.@Nullable Replay begin(ServerMethod method, String key, ServerLink link, long id) {
    Key name = new Key(method.toString(), key);
    byte[] reply;
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
        first.askers.add(new Asker(link, id));
      }
    } finally {
      lock.unlock();
    }
    if (reply != null) {
      link.send(readdressed(reply, id));
    }
    return null;
  }

  private void ended(Replay replay, @Nullable ByteBuffer reply) {
    byte @Nullable [] message = reply == null ? null : bytes(reply);
    List<Asker> askers;
    lock.lock();
    try {
      running.remove(replay.name);
      askers = List.copyOf(replay.askers);
      if (message != null && hasRun(message)) {
        keep(replay.name, message);
      }
    } finally {
      lock.unlock();
    }
    for (Asker asker : askers) {
      asker.link.send(
          message != null
              ? readdressed(message, asker.id)
              : Frames.error(
                  asker.id, Frames.Code.REJECTED, "the first call with this key was cancelled"));
    }
  }

  private void keep(Key name, byte[] message) {
    done.put(name, message);
    bytes += message.length;
    Iterator<byte[]> oldest = done.values().iterator();
    while (done.size() > maxDone || bytes > MAX_BYTES) {
      bytes -= oldest.next().length;
      oldest.remove();
    }
  }

  /** Whether the method has run: what was rejected may be tried again. */
  private static boolean hasRun(byte[] message) {
    Decoder in = new Decoder(message);
    int kind = Frames.kind(in);
    long unused = in.readUnsigned();
    return kind == Frames.REPLY || Frames.Code.read(in) != Frames.Code.REJECTED;
  }

  private static ByteBuffer readdressed(byte[] message, long id) {
    Decoder in = new Decoder(message);
    Encoder out = new Encoder();
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

  /** A call under way, and who else asked for its reply. */
  static final class Replay {
    private final Replays all;
    private final Key name;
    private final List<Asker> askers = new ArrayList<>(); // guarded by the lock

    private Replay(Replays all, Key name) {
      this.all = all;
      this.name = name;
    }

    /**
     * The call has ended.
     *
     * @param reply null if there is none
     */
    void ended(@Nullable ByteBuffer reply) {
      all.ended(this, reply);
    }
  }
}
