// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A detector found a deadlock; off unless a recording asks for {@code dev.interleave.Deadlock}. */
@Name("dev.interleave.Deadlock")
@Label("Deadlock")
@Category({"Interleave", "Diagnosis"})
@Description("A deadlock was found")
@Enabled(false)
@StackTrace(true)
final class DeadlockEvent extends Event {
  @Label("Threads")
  @Description("How many threads form it")
  final int threads;

  @Label("Report")
  final String report;

  @Label("Outcome")
  @Description("What was done about it")
  final String outcome;

  private DeadlockEvent(Deadlock deadlock, String outcome) {
    threads = deadlock.threads().size();
    report = deadlock.toString();
    this.outcome = outcome;
  }

  /** Tells the flight recorder, if it runs: to load an event's class would start it. */
  static void tell(Deadlock deadlock, String outcome) {
    if (FlightRecorder.isInitialized()) {
      Recorder.tell(deadlock, outcome);
    }
  }

  /** Loaded only when the recorder runs. */
  private static final class Recorder {
    private Recorder() {}

    static void tell(Deadlock deadlock, String outcome) {
      new DeadlockEvent(deadlock, outcome).commit();
    }
  }
}
