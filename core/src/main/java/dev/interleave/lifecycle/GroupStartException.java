// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import dev.interleave.StopReport;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A group did not start, and what of it had started has been stopped again. Names who failed and
 * who was late; the cause is the first failure, the others are suppressed.
 */
public final class GroupStartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String name;
  private final transient Map<String, Throwable> failures;
  private final transient List<String> late;
  private final transient @Nullable StopReport rollback;

  GroupStartException(
      String name, Map<String, Throwable> failures, List<String> late, StopReport rollback) {
    super(
        message(name, failures, late, rollback),
        failures.values().stream().findFirst().orElse(null));
    this.name = name;
    this.failures = Collections.unmodifiableMap(new LinkedHashMap<>(failures));
    this.late = List.copyOf(late);
    this.rollback = rollback;
    failures.values().stream().skip(1).forEach(this::addSuppressed);
  }

  private static String message(
      String name, Map<String, Throwable> failures, List<String> late, StopReport rollback) {
    List<String> why = new ArrayList<>();
    failures.forEach((member, failure) -> why.add(member + " failed (" + failure + ')'));
    if (!late.isEmpty()) {
      why.add("late: " + String.join(", ", late));
    }
    return name
        + " did not start: "
        + (why.isEmpty() ? "it was told to stop" : String.join("; ", why))
        + "; what had started was stopped: "
        + rollback;
  }

  /** The name of the group. */
  public String name() {
    return name;
  }

  /** Who failed, and of what, in the order in which it was noticed; empty after deserialization. */
  public Map<String, Throwable> failures() {
    return failures == null ? Map.of() : failures;
  }

  /** Who was not ready in time; empty after deserialization. */
  public List<String> late() {
    return late == null ? List.of() : late;
  }

  /** What the rollback found; empty after deserialization. */
  public Optional<StopReport> rollback() {
    return Optional.ofNullable(rollback);
  }
}
