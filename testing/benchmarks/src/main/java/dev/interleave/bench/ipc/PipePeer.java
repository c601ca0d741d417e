// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.ipc;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/** The process at the other end: it echoes each message, or counts them. */
public final class PipePeer {
  private PipePeer() {}

  /**
   * Works until its input ends; says how many messages it has received for each line of it.
   *
   * @param args the {@link PipeKind}, the path of a socket, how many bytes, and whether to echo
   */
  public static void main(String[] args) throws Exception {
    AtomicLong count = new AtomicLong();
    Thread.ofPlatform().daemon().start(() -> work(args, count));
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (input.readLine() != null) {
      System.out.println(count.getOpaque());
    }
    System.exit(0);
  }

  private static void say(int port) {
    System.out.println(port);
  }

  private static void work(String[] args, AtomicLong count) {
    ByteBuffer message = ByteBuffer.allocateDirect(Integer.parseInt(args[2]));
    try (Pipe pipe = PipeKind.valueOf(args[0]).accept(Path.of(args[1]), PipePeer::say)) {
      boolean echo = Boolean.parseBoolean(args[3]);
      while (true) {
        int received = pipe.receive();
        count.setOpaque(count.getPlain() + received);
        if (echo) {
          pipe.send(message, false);
        }
      }
    } catch (EOFException e) {
      // the client has what it wanted
    } catch (IOException e) {
      System.err.println("The client has gone: " + e); // as a close shows at some
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
