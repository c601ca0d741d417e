// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import dev.interleave.pool.PoolStats;
import java.util.Objects;

/**
 * What a server has done, and what is in it now: a snapshot, not atomic as a whole.
 *
 * @param name of the server
 * @param connections how many are open
 * @param accepted how many were, ever
 * @param refused how many were closed since there were too many, or their handshake failed
 * @param broken how many ended since what came over them was not the protocol
 * @param inFlight requests that wait or run
 * @param received requests, ever
 * @param ok replied to with a result
 * @param failed the method threw
 * @param rejected for want of room, or since the server was closing
 * @param expired their time was up before they began: never run
 * @param timedOut their time was up while they ran
 * @param cancelled by the client, or since its connection ended
 * @param unknown there is no such method
 * @param bad arguments that could not be decoded, or results that could not be sent
 * @param repeated answered from an earlier call with the same idempotency key
 * @param repliesLost replies that could not be sent, since the connection had ended or the client
 *     did not take them in time
 * @param ignored messages of a kind that may be ignored, and cancels that came too late
 * @param pool the workers
 */
public record RpcServerStats(
    String name,
    int connections,
    long accepted,
    long refused,
    long broken,
    int inFlight,
    long received,
    long ok,
    long failed,
    long rejected,
    long expired,
    long timedOut,
    long cancelled,
    long unknown,
    long bad,
    long repeated,
    long repliesLost,
    long ignored,
    PoolStats pool) {
  /** Checks that nothing is missing. */
  public RpcServerStats {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(pool, "pool");
  }
}
