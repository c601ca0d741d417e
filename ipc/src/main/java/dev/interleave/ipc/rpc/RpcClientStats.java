// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import dev.interleave.pool.PoolStats;
import java.util.Map;
import java.util.Objects;

/**
 * What a client has done, and what is in it now: a snapshot, not atomic as a whole. Each call is
 * counted once when it ends: {@code ok}, {@code failed}, {@code timedOut}, {@code rejected}, {@code
 * cancelled} or {@code lost}.
 *
 * @param name of the client
 * @param connected whether there is a connection now
 * @param inFlight calls that wait for their reply
 * @param ok a result came, also if it cannot be read here
 * @param failed the method threw, is unknown, or an argument, or there the result, was bad
 * @param timedOut their time was up
 * @param rejected for want of room, here or there
 * @param cancelled by their caller
 * @param lost failed since the connection ended, or the client was closed
 * @param repeated requests sent, or sent again, after a reconnect
 * @param lateReplies to calls that had been given up
 * @param duplicateReplies to calls that had a reply
 * @param unknownReplies to calls that were never made
 * @param ignored messages of a kind that may be ignored
 * @param reconnects connections made after the first
 * @param latency of the calls that ended {@code ok}, by service and signature: {@code
 *     Calculator.add(II)}
 */
public record RpcClientStats(
    String name,
    boolean connected,
    int inFlight,
    long ok,
    long failed,
    long timedOut,
    long rejected,
    long cancelled,
    long lost,
    long repeated,
    long lateReplies,
    long duplicateReplies,
    long unknownReplies,
    long ignored,
    long reconnects,
    Map<String, PoolStats.Times> latency) {
  /** Copies the map. */
  public RpcClientStats {
    Objects.requireNonNull(name, "name");
    latency = Map.copyOf(latency);
  }
}
