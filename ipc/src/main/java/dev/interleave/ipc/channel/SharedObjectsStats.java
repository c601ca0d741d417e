// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.ipc.rpc.RpcServerStats;
import java.util.Objects;

/**
 * What a host has done, and what it holds: a snapshot, not atomic as a whole.
 *
 * @param objects how many there are
 * @param bytes what all of them take, as it is counted for the limits
 * @param reads how often something was read
 * @param applied how many changes or transactions were done
 * @param conflicts how many were not, since something had changed that they had read
 * @param full how many were refused for want of room
 * @param calls what came over the wire
 */
public record SharedObjectsStats(
    int objects,
    long bytes,
    long reads,
    long applied,
    long conflicts,
    long full,
    RpcServerStats calls) {
  /** Checks that nothing is missing. */
  public SharedObjectsStats {
    Objects.requireNonNull(calls, "calls");
  }
}
