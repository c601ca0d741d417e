// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

/** What two processes speak over a socket or a broker; the number is part of the handshake. */
enum WireKind {
  UNIX_SOCKET(1, "unix"),
  TCP(2, "tcp"),
  SHARED_MEMORY(3, "shm"),
  JMS(4, "jms");

  final byte code;
  final String scheme;

  WireKind(int code, String scheme) {
    this.code = (byte) code;
    this.scheme = scheme;
  }
}
