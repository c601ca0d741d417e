// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import java.util.List;
import java.util.Map;

/**
 * What JMH measured for one case over all rounds.
 *
 * @param benchmark simple class name and method: {@code MixBenchmark.operation}
 * @param threads who ran it
 * @param params the parameters
 * @param mean of all iterations
 * @param error half of JMH's 99.9 % confidence interval; NaN with too few iterations
 * @param unit of {@code mean}
 * @param rounds the mean of each round
 * @param secondary what profilers added, by name
 */
public record Score(
    String benchmark,
    ThreadSetting threads,
    Map<String, String> params,
    double mean,
    double error,
    String unit,
    List<Double> rounds,
    Map<String, Double> secondary) {}
