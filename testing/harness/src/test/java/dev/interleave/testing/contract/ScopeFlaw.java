// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.util.List;

/**
 * One thing that can be wrong with a structured scope, and the tests of the kit that must notice.
 * Together the flaws make every test of the kit fail at least once.
 */
enum ScopeFlaw {
  /** Nothing is wrong: the kit passes. */
  NONE,

  // Who may do what, and when.
  TASKS_TAKE_TURNS("everyTaskRunsInAThreadOfItsOwn"),
  JOIN_WAITS_FOR_THE_FIRST("joinWaitsForAll"),
  EMPTY_SCOPE_MUST_BE_JOINED("emptyScopeIsJoinedOrNot"),
  NULL_IS_NO_RESULT("nullIsAResultAndNoTask"),
  OUTCOME_IS_THERE_AT_ONCE("outcomeIsThereAfterTheJoinOnly"),
  JOINED_SCOPE_FORKS("joinedScopeForksNoMore"),
  ANYONE_MAY("strangersAreRefused"),
  SECOND_CLOSE_FAILS("closeIsIdempotent"),
  ALL_ARE_CANCELLED_TOGETHER("anotherScopeIsAnotherScope"),
  ORDER_IS_NOT_CHECKED("innerScopeIsClosedFirst"),

  // What ends it.
  FAILURE_DOES_NOT_CANCEL("failureCancelsTheOthers", "cancellationReachesNestedScopes"),
  CANCEL_DOES_NOT_INTERRUPT("failureCancelsTheOthers", "cancellationReachesNestedScopes"),
  LAST_FAILURE_COUNTS("laterFailuresChangeNothing"),
  CANCELLED_SCOPE_FORKS("cancelledScopeRunsNoMore"),
  SUCCESS_DOES_NOT_CANCEL("firstSuccessCancelsTheOthers"),
  NO_SUCCESS_IS_NULL("anySuccessfulFailsIfAllFail"),
  AWAIT_ALL_CANCELS("awaitAllGoesOnAfterAFailure", "everyOutcomeIsSeen"),
  JOIN_IGNORES_INTERRUPTS("interruptedJoinLeavesTheRestToClose"),
  CLOSE_DOES_NOT_WAIT("closeWaitsForTheSubtasks", "failuresMeet"),
  INTERRUPTED_CLOSE_LEAVES("interruptedCloseWaitsOn"),
  CLOSE_SWALLOWS_INTERRUPTS("interruptedCloseWaitsOn"),
  CLOSE_WITHOUT_JOIN_IS_SILENT("closeWithoutJoinCancelsAndTells"),
  DEADLINE_IS_IGNORED("deadlineCancels", "deadlineBeforeTheJoinCancels"),
  DEADLINE_IS_EARLY("deadlineCancels"),
  DEADLINE_OUTLIVES_THE_JOIN("deadlineThatIsMetDoesNothing"),

  // In a crowd.
  DONE_BEFORE_THE_END("ownerAndSubtaskSeeWhatTheOtherWrote"),
  SUBTASK_OPENS_NO_SCOPE("scopesNest");

  @SuppressWarnings("ImmutableEnumChecker") // of List.of
  private final List<String> caughtBy;

  ScopeFlaw(String... caughtBy) {
    this.caughtBy = List.of(caughtBy);
  }

  /** Returns the names of the tests that must fail. */
  List<String> caughtBy() {
    return caughtBy;
  }
}
