// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * What a {@link PeriodicService} is to do, and when: checked, and in nanoseconds where it counts.
 */
record PeriodicPlan(
    String name,
    PeriodicService.Task task,
    boolean fixedRate,
    long period,
    long initialDelay,
    long jitter,
    ErrorPolicy onError,
    PeriodicService.Overlap overlap,
    int missedAtMost,
    Duration jumpThreshold,
    boolean runAfterJump,
    Consumer<? super Throwable> errors) {}
