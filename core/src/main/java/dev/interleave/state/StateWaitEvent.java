// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.state;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A thread waited for shared state; off unless a recording asks for it by its name. */
@Name("dev.interleave.StateWait")
@Label("State Wait")
@Category({"Interleave", "State"})
@Description("A thread waited for a place, a result, a change or a version of shared state")
@Enabled(false)
@StackTrace(true)
final class StateWaitEvent extends Event {
  @Label("State")
  final String state;

  @Label("Wants")
  @Description("a place, the result, the end, to change it, or a version")
  final String wants;

  @Label("Outcome")
  @Description("succeeded, timed out, interrupted, refused or failed")
  String outcome = "";

  private StateWaitEvent(String state, String wants) {
    this.state = state;
    this.wants = wants;
  }

  /** An event that has begun. */
  static StateWaitEvent begin(String state, String wants) {
    StateWaitEvent event = new StateWaitEvent(state, wants);
    event.begin();
    return event;
  }

  void end(String how) {
    end(); // else the duration is 0 and below every threshold
    if (shouldCommit()) {
      outcome = how;
      commit();
    }
  }
}
