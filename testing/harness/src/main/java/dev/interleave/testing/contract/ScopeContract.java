// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

/**
 * The contract of a structured scope, as tests: of what {@code StructuredTaskScope} of JDK 25
 * promises, for whatever has its shape.
 *
 * <p>Subclass it, and every test is yours:
 *
 * {@snippet :
 * class MyScopeTest extends ScopeContract {
 *   @Override
 *   protected TestedScope open(ScopePolicy policy, @Nullable Duration timeout) {
 *     return new MyScopeAdapter(policy, timeout);
 *   }
 * }
 * }
 *
 * <p>The adapter passes calls on, and does no more: {@link TestedScope}, {@link TestedSubtask}.
 * What else the kit is to know: {@link #failedException()}, {@link #timeoutException()}, {@link
 * #structureException()}. To switch off a single test, override it and mark it
 * {@code @ContractTest @Disabled("reason")}.
 *
 * <p>The kind of thread that a test runs on is that of the owner; the scope starts threads of its
 * own. Each test closes its scope and fails if that does not end, or a thread is left behind. The
 * tests neither share state nor depend on their order; they may run in parallel.
 */
public abstract class ScopeContract extends ScopeStressContract {

  /** For subclasses. */
  protected ScopeContract() {}
}
