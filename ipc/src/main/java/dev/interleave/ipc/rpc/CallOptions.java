// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How to make calls. What is not set here is as the annotation {@link RpcOptions} of the method
 * says, and then as the client has it. Immutable.
 *
 * @param timeout how long a call may take; null if not set
 * @param retrySafe whether a call may be repeated after a lost connection; null if not set
 * @param priority the lane, 0 (first) to 9; null if not set
 * @param idempotencyKey names the call: a server that has begun to run a call of this method with
 *     the same key does not execute it again; null if not set. Who asks again with the key gets
 *     what the first execution came to, even if that was that it was interrupted when its time was
 *     up; to try anew, take a new key. What was rejected, cancelled or late before it ran may be
 *     tried again with the same. A key makes a call {@code retrySafe} as long as it is the same
 *     server. The clients of a server share its keys: so random ones, such as UUIDs
 */
public record CallOptions(
    @Nullable Duration timeout,
    @Nullable Boolean retrySafe,
    @Nullable Integer priority,
    @Nullable String idempotencyKey) {

  /** The lane of who does not say. */
  public static final int NORMAL = 5;

  /** The longest idempotency key, in characters. */
  public static final int MAX_KEY = 128;

  private static final CallOptions UNSET = new CallOptions(null, null, null, null);

  /**
   * Checks what is set.
   *
   * @throws IllegalArgumentException if something makes no sense; the message names all of it
   */
  public CallOptions {
    List<String> wrong = new ArrayList<>();
    if (timeout != null && (timeout.isNegative() || timeout.isZero())) {
      wrong.add("timeout is not positive: " + timeout);
    }
    if (priority != null && (priority < 0 || priority > 9)) {
      wrong.add("priority is not in 0 to 9: " + priority);
    }
    if (idempotencyKey != null && (idempotencyKey.isEmpty() || idempotencyKey.length() > MAX_KEY)) {
      wrong.add("idempotencyKey has not 1 to 128 characters: " + idempotencyKey.length());
    }
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", wrong));
    }
  }

  /** Nothing is set. */
  public static CallOptions unset() {
    return UNSET;
  }

  /** These, with another timeout. */
  public CallOptions withTimeout(Duration timeout) {
    return new CallOptions(timeout, retrySafe, priority, idempotencyKey);
  }

  /** These, with whether a call may be repeated. */
  public CallOptions withRetrySafe(boolean safe) {
    return new CallOptions(timeout, safe, priority, idempotencyKey);
  }

  /** These, with another lane. */
  public CallOptions withPriority(int priority) {
    return new CallOptions(timeout, retrySafe, priority, idempotencyKey);
  }

  /** These, with a key; for one call, as the next one needs another. */
  public CallOptions withIdempotencyKey(String key) {
    return new CallOptions(timeout, retrySafe, priority, key);
  }

  CallOptions orElse(CallOptions other) {
    return new CallOptions(
        timeout != null ? timeout : other.timeout,
        retrySafe != null ? retrySafe : other.retrySafe,
        priority != null ? priority : other.priority,
        idempotencyKey != null ? idempotencyKey : other.idempotencyKey);
  }
}
