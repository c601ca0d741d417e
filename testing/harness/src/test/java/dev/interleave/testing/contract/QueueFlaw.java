// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.util.List;

/**
 * One thing that can be wrong with a blocking queue, and the tests of the kit that must notice.
 * Together the flaws make every test of the kit fail at least once.
 */
enum QueueFlaw {
  /** Nothing is wrong: the kit passes. */
  NONE,

  // One thread by itself.
  PEEK_REMOVES("everyFormInsertsAndEveryFormRemoves"),
  REMOVE_OF_NOTHING_RETURNS_NULL("emptyQueueHasNothing"),
  ONE_TOO_MANY("fullQueueTakesNoMore"),
  ADD_TO_A_FULL_QUEUE_RETURNS_FALSE("fullQueueTakesNoMore"),
  ROOM_IS_THE_CAPACITY("remainingCapacityIsWhatCanBeInserted"),
  LAST_IN_FIRST_OUT("elementsComeOutInOrder", "drainTakesAll"),
  NULL_IS_IGNORED("nullIsRefused"),
  NULL_IS_FOUND("nullIsNeverInside"),
  QUEUES_SHARE_THEIR_ELEMENTS("anotherQueueIsAnotherQueue"),

  // Many elements, and those beyond the head.
  DRAIN_REPLACES_WHAT_WAS_THERE("drainTakesAll"),
  DRAIN_IGNORES_ITS_LIMIT("drainTakesNoMoreThanItsLimit"),
  DRAIN_TO_ITSELF_IS_DONE("drainToItselfIsRefused"),
  FAILED_DRAIN_KEEPS_THE_LOCK("drainThatFailsLeavesAWorkingQueue"),
  FAILED_DRAIN_LEAKS_ROOM("drainThatFailsLeavesAWorkingQueue"),
  ADD_ALL_TO_ITSELF_IS_DONE("addAllAddsAll"),
  ADD_ALL_PASSES_THE_BOUND("addAllKeepsToTheBound"),
  REMOVE_TAKES_ALL_EQUAL_ONES("removeTakesOutOne"),
  RETAIN_ALL_SAYS_ALWAYS_TRUE("bulkRemovalTakesOutThoseAsked"),
  CLEAR_KEEPS_THE_ROOM("clearRemovesAll"),
  ARRAY_IS_OF_ITS_OWN_TYPE("arraysAreCopies"),
  TEXT_IS_THE_SIZE("everyViewShowsAll"),
  REMOVED_IS_KEPT("removedElementIsForgotten"),
  WAITER_IS_KEPT("elementOfAWaiterIsForgotten"),

  // Iterators.
  ITERATOR_HAS_NO_END("iteratorShowsEachOnce", "emptyQueueHasNothing"),
  ITERATOR_REMOVES_TWICE("iteratorRemovesWhatItShowedLast"),
  ITERATOR_REMOVES_THE_HEAD("iteratorDoesNotRemoveWhatIsGone", "iteratorRemovesWhatItShowedLast"),
  ITERATOR_FAILS_FAST("iteratorSurvivesEveryChange"),
  ITERATOR_GOES_BY_INDEX("iteratorSurvivesEveryChange", "iteratorsShowWhatStays"),

  // Those who wait.
  OFFER_WAKES_NO_ONE("waitingConsumerGetsWhatComes"),
  REMOVE_ELEMENT_WAKES_NO_ONE("waitingProducerGetsInWhenRoomComes"),
  POLL_ENDS_EARLY("timedPollGivesUpAfterItsTime"),
  OFFER_ENDS_EARLY("timedOfferGivesUpAfterItsTime"),
  NEGATIVE_TIME_WAITS("zeroOrNegativeTimeDoesNotWait"),
  TIME_OVERFLOWS("longestTimeDoesNotOverflow"),
  NULL_UNIT_MEANS_NANOSECONDS("nullUnitIsRefused"),
  INTERRUPT_STATUS_STAYS_SET(
      "interruptBeforeTheWaitThrowsAndIsCleared",
      "interruptBeforeEntryThrowsAndIsCleared",
      "interruptOfAWaitingConsumerThrowsAndIsCleared",
      "interruptOfAWaitingProducerThrowsAndIsCleared"),
  INTERRUPT_IS_SEEN_IN_THE_WAIT_ONLY("interruptBeforeEntryThrowsAndIsCleared"),
  INTERRUPTED_TAKE_GOES_ON(
      "interruptBeforeTheWaitThrowsAndIsCleared", "interruptOfAWaitingConsumerThrowsAndIsCleared"),
  INTERRUPTED_PUT_INSERTS("interruptOfAWaitingProducerThrowsAndIsCleared"),
  OFFER_CLEARS_INTERRUPTS("whatDoesNotWaitLeavesTheInterruptAlone"),

  // Who is woken.
  INSERTION_WAKES_ONLY_IF_IT_WAS_EMPTY("everyOneOfManyConsumersGetsOne"),
  REMOVAL_WAKES_ONLY_IF_IT_WAS_FULL("bulkRemovalLetsAsManyIn"),
  REMOVAL_WAKES_NO_ONE("everyOneOfManyProducersGetsIn", "bulkRemovalLetsAsManyIn"),
  FILTER_WAKES_NO_ONE("filteringLetsAsManyIn"),
  WOKEN_CONSUMER_DOES_NOT_LOOK_AGAIN("oneElementIsForOneConsumer"),
  LAST_CONSUMER_FIRST_SERVED("consumersAreServedInOrder"),
  LAST_PRODUCER_FIRST_SERVED("producersAreServedInOrder"),
  LEAVING_WAITER_STAYS_QUEUED(
      "leavingConsumerDoesNotBlockTheOthers", "leavingProducerDoesNotBlockTheOthers"),
  LEAVING_WAITER_SWALLOWS_THE_WAKE_UP(
      "elementThatMeetsALeavingConsumerGoesToTheNext",
      "roomThatMeetsALeavingProducerGoesToTheNext"),

  // Many at once.
  CHECK_THEN_ACT("nothingIsLostOrDoubled", "boundIsNeverPassed"),
  TIMED_OUT_OFFER_INSERTS("timeoutsAndInterruptsLoseNothing", "timedOfferGivesUpAfterItsTime"),
  REMOVE_IS_NOT_ATOMIC("everyElementIsRemovedOnce"),
  WAITS_WITHOUT_LOOKING_AGAIN("handOverNeverStalls", "crowdOnBothSidesNeverStalls"),

  // Closing.
  CLOSED_QUEUE_TAKES_MORE("closedQueueTakesNoMore"),
  CLOSED_QUEUE_FORGETS_WHAT_IS_LEFT("closedQueueIsDrained"),
  CLOSED_QUEUE_KEEPS_CONSUMERS_WAITING("closeWakesConsumers"),
  CLOSE_WAKES_ONE("closeWakesConsumers", "closeWakesProducers"),
  SECOND_CLOSE_FAILS("closeIsIdempotent"),
  CLOSE_CLEARS_INTERRUPTS("closeLeavesTheInterruptAlone"),
  WOKEN_PRODUCER_INSERTS_AFTER_CLOSE("closeInFullTrafficLosesNothing", "closeWakesProducers");

  @SuppressWarnings("ImmutableEnumChecker") // of List.of
  private final List<String> caughtBy;

  QueueFlaw(String... caughtBy) {
    this.caughtBy = List.of(caughtBy);
  }

  /** Returns the names of the tests that must fail. */
  List<String> caughtBy() {
    return caughtBy;
  }
}
