// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;

/** The kit on a scope without a flaw: it runs on every JDK. */
@Tag("kit")
class ReferenceScopeTest extends ScopeContract {
  @Override
  protected TestedScope open(ScopePolicy policy, @Nullable Duration timeout) {
    return new FlawedScope(policy, timeout, ScopeFlaw.NONE);
  }

  @Override
  protected Class<? extends RuntimeException> structureException() {
    return FlawedScope.WrongOrderException.class;
  }
}
