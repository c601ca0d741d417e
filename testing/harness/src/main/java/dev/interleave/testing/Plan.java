// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import dev.interleave.testing.contract.ThreadKind;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All there is to know about a stress run before it begins. Immutable.
 *
 * @param nanos how long to run; {@code Long.MAX_VALUE} for no limit
 * @param rounds how many rounds to run; {@code Long.MAX_VALUE} for no limit
 * @param hangNanos how long nothing may move before the run is taken for hung
 * @param graceNanos how long to wait for interrupted actors to end
 * @param replay the perturbed round to repeat, if only that
 */
record Plan<S>(
    @Nullable String name,
    Supplier<? extends S> subjects,
    Stress.@Nullable Action<? super S> setup,
    List<StressActor<S>> actors,
    Stress.@Nullable Call<? super S> arbiter,
    List<Invariant<S>> invariants,
    Judge judge,
    ThreadKind kind,
    long seed,
    OptionalLong replay,
    Set<Perturbation> perturbations,
    long nanos,
    long rounds,
    long hangNanos,
    long graceNanos,
    boolean failFast,
    @Nullable Consumer<? super String> progress) {

  /** What has to hold after each round. */
  record Invariant<S>(String name, Stress.Check<? super S> check) {}

  boolean judges() {
    return arbiter != null || !invariants.isEmpty();
  }
}
