// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.ipc;

import java.nio.file.Path;

/** The process that serves an {@link Echo}. */
public final class RpcPeer {
  private RpcPeer() {}

  /**
   * Serves until its input ends.
   *
   * @param args the {@link RpcKind}, and the path of a socket
   */
  public static void main(String[] args) throws Exception {
    try (RpcKind.Serving serving = RpcKind.valueOf(args[0]).serve(Path.of(args[1]))) {
      System.out.println(serving.port());
      while (System.in.read() >= 0) {
        // until the end
      }
    }
    System.exit(0); // threads of some peers go on
  }
}
