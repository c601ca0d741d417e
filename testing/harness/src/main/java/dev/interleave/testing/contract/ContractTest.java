// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Marks a test method that runs once for each {@link ThreadKind}.
 *
 * <p>It may declare parameters of type {@link Actors} (made for the kind, with the patience of the
 * kit or else of 30 seconds, and closed after the test) and {@link ThreadKind}. With a parameter of
 * type {@link Side} it runs once for each kind and side of the locks of its kit. A subclass of a
 * kit may use it for tests of its own; so may any other test class.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(EachThreadKind.class)
@SuppressWarnings("exports") // of use to JUnit only
public @interface ContractTest {}
