// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import java.util.List;

/**
 * A measurement that does not fit JMH's model of a benchmark: a program, run in a JVM of its own
 * that prints its figures as the last line, a JSON object of numbers.
 *
 * @param id its name; {@code include} is matched against it
 * @param main the class with the {@code main} method
 * @param arguments what it gets
 * @param jvmArguments flags besides {@link Settings#JVM_ARGUMENTS}
 * @param rounds in how many rounds it runs, from the first on
 */
public record ProgramCase(
    String id, Class<?> main, List<String> arguments, List<String> jvmArguments, int rounds) {}
