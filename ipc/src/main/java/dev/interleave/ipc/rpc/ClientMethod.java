// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import org.jspecify.annotations.Nullable;

/**
 * A method as a client calls it.
 *
 * @param options what was said of it, all but the key perhaps unset
 * @param latency of all calls of it by this client
 */
record ClientMethod(
    String service,
    String signature,
    Coder<@Nullable Object[]> arguments,
    Coder<?> result,
    CallOptions options,
    Latency latency) {
  MethodShape.Fingerprints fingerprints() {
    return new MethodShape.Fingerprints(arguments.fingerprint(), result.fingerprint());
  }

  /** {@code Calculator.add(II)}. */
  @Override
  public String toString() {
    return service + '.' + signature;
  }
}
