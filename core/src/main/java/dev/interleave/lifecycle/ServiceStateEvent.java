// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A service has changed its state; off unless a recording asks for it by its name. */
@Name("dev.interleave.ServiceState")
@Label("Service State")
@Category({"Interleave", "Lifecycle"})
@Description("A service was started, became ready, was asked to stop, or ended")
@Enabled(false)
@StackTrace(false)
final class ServiceStateEvent extends Event {
  @Label("Service")
  final String service;

  @Label("From")
  final String from;

  @Label("To")
  final String to;

  @Label("Reason")
  @Description("Why it was asked to stop, or what it failed with")
  final String reason;

  private ServiceStateEvent(String service, String from, String to, String reason) {
    this.service = service;
    this.from = from;
    this.to = to;
    this.reason = reason;
  }

  /** Records it, if a recording asks for it. */
  static void record(Service.State from, ServiceStatus now) {
    if (!FlightRecorder.isInitialized()) {
      return;
    }
    String reason =
        now.failure().map(Throwable::toString).orElseGet(() -> now.stopReason().orElse(""));
    ServiceStateEvent event =
        new ServiceStateEvent(now.name(), from.name(), now.state().name(), reason);
    if (event.shouldCommit()) {
      event.commit();
    }
  }
}
