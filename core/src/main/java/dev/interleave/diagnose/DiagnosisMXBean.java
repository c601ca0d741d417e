// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

/**
 * What {@link Diagnosis} knows, for {@code jconsole} and others that know no class of this library.
 * Its name is {@value Diagnosis#OBJECT_NAME}.
 */
public interface DiagnosisMXBean {
  /** The whole report as text. */
  String getReport();

  /** The whole report as JSON. */
  String getJson();

  /** The wait graph as a Mermaid flow chart. */
  String getMermaid();

  /** The deadlocks of now, one element each; the same text for as long as a deadlock lasts. */
  String[] getDeadlocks();

  /** How many calls are blocked now. */
  int getBlockedCount();
}
