// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIf;

/** The kit on the JDK's own scope, where there is one. */
@EnabledIf("dev.interleave.testing.contract.JdkScope#isThere")
@Tag("kit")
class JdkScopeTest extends ScopeContract {
  @Override
  protected TestedScope open(ScopePolicy policy, @Nullable Duration timeout) {
    return new JdkScope(policy, timeout);
  }

  @Override
  protected Class<? extends Exception> failedException() {
    return JdkScope.type("$FailedException").asSubclass(Exception.class);
  }

  @Override
  protected Class<? extends Exception> timeoutException() {
    return JdkScope.type("$TimeoutException").asSubclass(Exception.class);
  }

  @Override
  protected Class<? extends RuntimeException> structureException() {
    try {
      return Class.forName("java.util.concurrent.StructureViolationException")
          .asSubclass(RuntimeException.class);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }
}
