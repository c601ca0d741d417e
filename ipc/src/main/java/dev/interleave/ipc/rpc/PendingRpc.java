// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.time.Duration;
import java.util.Objects;

/**
 * A call that waits for its reply.
 *
 * @param id its number in this client
 * @param method service and signature, {@code Calculator.add(II)}
 * @param age since it was made
 * @param remaining until its deadline
 * @param sent whether it was sent over the connection there is now
 * @param retrySafe whether it will be repeated if the connection is lost
 */
public record PendingRpc(
    long id, String method, Duration age, Duration remaining, boolean sent, boolean retrySafe) {
  /** Checks that nothing is missing. */
  public PendingRpc {
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(age, "age");
    Objects.requireNonNull(remaining, "remaining");
  }
}
