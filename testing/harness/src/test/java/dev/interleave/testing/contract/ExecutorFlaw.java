// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.util.List;

/**
 * One thing that can be wrong with an executor, and the tests of the kit that must notice. Together
 * the flaws make every test of the kit fail at least once.
 */
enum ExecutorFlaw {
  /** Nothing is wrong: the kit passes. */
  NONE,

  // Running tasks.
  RUNS_TASKS_TWICE("everyFormRunsTheTask", "everyTaskRunsOnce"),
  RESULT_IS_FORGOTTEN("resultsAreDelivered"),
  CALLER_RUNS("submissionDoesNotWaitForTheTask"),
  ONE_THREAD_TOO_FEW("enoughTasksRunAtOnce"),
  ONE_THREAD_TOO_MANY("limitIsNeverPassed"),
  WAITING_TASKS_ARE_STRANDED("waitingTasksGetTheirTurn"),
  LAST_COME_FIRST_SERVED("tasksBeginInOrder"),
  FAILURES_ARE_WRAPPED("failuresAreDelivered"),
  ERRORS_KILL_THE_THREAD("failedTaskLeavesAWorkingExecutor"),
  INTERRUPTS_STAY_BEHIND("interruptStaysWithItsTask"),
  NULL_IS_IGNORED("nullIsRefused"),
  DONE_BEFORE_THE_END("taskAndClientSeeWhatTheOtherWrote"),
  EXECUTORS_END_TOGETHER("anotherExecutorIsAnotherExecutor"),

  // Futures.
  RESULT_NOW_WAITS("futureTellsItsState"),
  COMPLETION_WAKES_ONE("everyWaiterGetsTheResult"),
  GET_ENDS_EARLY("timedGetGivesUpAfterItsTime"),
  NULL_UNIT_MEANS_NANOSECONDS("getRefusesNullUnit"),
  GET_IGNORES_INTERRUPTS("interruptedWaiterLeaves"),
  CANCEL_DOES_NOT_INTERRUPT(
      "runningTaskIsCancelled",
      "interruptedInvokeAllCancels",
      "invokeAnyReturnsTheFirstToSucceed",
      "interruptedInvokeAnyCancels",
      "timedInvokeAnyGivesUpAfterItsTime"),
  CANCEL_WAKES_NO_ONE("runningTaskIsCancelled"),
  CANCEL_ALWAYS_INTERRUPTS("runningTaskIsCancelledWithoutInterrupt"),
  CANCELLED_TASK_RUNS("waitingTaskIsCancelled"),
  DONE_TASK_IS_CANCELLED("doneTaskIsNotCancelled"),
  CANCEL_IS_NOT_ATOMIC("cancellationMeetsTheEnd"),
  CANCEL_INTERRUPTS_WHOEVER_RUNS("cancellationDoesNotReachTheNextTask"),

  // Several tasks at once.
  INVOKE_ALL_REVERSES("invokeAllKeepsTheOrder"),
  INVOKE_ALL_WAITS_FOR_ONE("invokeAllWaitsForTheLast"),
  TIMED_INVOKE_ALL_CANCELS_NOTHING("timedInvokeAllCancelsWhatIsLate"),
  NEGATIVE_TIME_WAITS("invokeAllWithoutTimeDoesNotWait"),
  LEAST_TIME_WAITS("leastTimeDoesNotOverflow"),
  INTERRUPTED_INVOKE_ALL_CANCELS_NOTHING("interruptedInvokeAllCancels"),
  INVOKE_ANY_TAKES_THE_FIRST_TO_END("invokeAnyReturnsTheFirstToSucceed", "invokeAnyFailsIfAllFail"),
  INVOKE_ANY_OF_NOTHING_IS_NOTHING("invokeAnyOfNothingIsRefused"),
  TIMED_INVOKE_ANY_ENDS_EARLY("timedInvokeAnyGivesUpAfterItsTime"),
  INTERRUPTED_INVOKE_ANY_CANCELS_NOTHING("interruptedInvokeAnyCancels"),

  // The end.
  SHUTDOWN_DROPS_WAITING("shutdownRunsWhatWasSubmitted"),
  UNUSED_NEVER_ENDS("unusedExecutorEnds"),
  SHUT_DOWN_TAKES_MORE("shutDownExecutorRejects"),
  SHUTDOWN_NOW_DOES_NOT_INTERRUPT("shutdownNowEndsWhatRuns", "interruptedCloseHurries"),
  SHUTDOWN_NOW_RUNS_WAITING("shutdownNowDropsWhatWaits"),
  SHUTDOWN_NOW_RETURNS_NOTHING("shutdownNowDropsWhatWaits", "shutdownNowInFullTrafficLosesNothing"),
  TERMINATED_TOO_SOON("executorEndsWithItsLastTask"),
  AWAIT_TERMINATION_ENDS_EARLY("awaitTerminationGivesUpAfterItsTime"),
  TERMINATION_WAKES_ONE("everyoneLearnsOfTheEnd"),
  AWAIT_TERMINATION_IGNORES_INTERRUPTS("interruptedWaiterForTheEndLeaves"),
  CLOSE_DOES_NOT_WAIT("closeWaitsForTheTasks"),
  CLOSE_SWALLOWS_INTERRUPTS("interruptedCloseHurries"),
  THREADS_STAY_BEHIND("noThreadIsLeftBehind"),
  SHUTDOWN_IS_CHECKED_TOO_SOON("shutdownInFullTrafficLosesNothing"),

  // The bound.
  ONE_TOO_MANY("fullExecutorRejects", "boundIsNeverPassed");

  @SuppressWarnings("ImmutableEnumChecker") // of List.of
  private final List<String> caughtBy;

  ExecutorFlaw(String... caughtBy) {
    this.caughtBy = List.of(caughtBy);
  }

  /** Returns the names of the tests that must fail. */
  List<String> caughtBy() {
    return caughtBy;
  }
}
