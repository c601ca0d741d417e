// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How a call ended: with a result that is not decoded yet, or with an exception not made yet. */
sealed interface Outcome {
  /** The bytes of the result. */
  record Reply(Decoder result) implements Outcome {}

  /** Makes the exception on the thread that gets it, whose stack it then has. */
  record Failure(Kind kind, Supplier<? extends RuntimeException> exception) implements Outcome {}

  /** As what it is counted. */
  enum Kind {
    FAILED,
    TIMED_OUT,
    REJECTED,
    CANCELLED,
    LOST
  }

  /** The result, or an exception. */
  default @Nullable Object get(PendingCall call) {
    return switch (this) {
      case Failure failure -> throw call.told(failure.exception().get());
      case Reply reply -> {
        try {
          Object value = call.method.result().decode(reply.result());
          reply.result().requireEnd();
          yield value;
        } catch (CodecException e) {
          throw new BadResultException(
              call + ": the result cannot be decoded: " + e.getMessage(), e);
        }
      }
    };
  }
}
