// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * One actor of a stress run: either an action, or a call, whose result belongs to the outcome.
 *
 * <p>They are kept apart as the user gave them. One wrapped as the other is one more call of an
 * interface per round, and the compiler sees all actors as one kind.
 */
record StressActor<S>(
    String name, Stress.@Nullable Action<? super S> action, Stress.@Nullable Call<? super S> call) {

  boolean returns() {
    return call != null;
  }

  @Nullable Object act(S subject) throws Exception {
    if (call != null) {
      return call.call(subject);
    }
    requireNonNull(action).run(subject);
    return null;
  }
}
