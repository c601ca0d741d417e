// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

/**
 * The threads of one test, all of one {@link ThreadKind}, none of whose failures gets lost.
 *
 * <p>Close it when the test is over. {@link #close()} throws if a step failed and nobody asked, or
 * if an actor is still inside a step: a test that leaves a thread behind has not passed.
 *
 * <p>A {@link ContractTest} that declares a parameter of this type gets one and has it closed. All
 * methods may be called from any thread.
 */
public final class Actors implements AutoCloseable {
  private final ThreadKind kind;
  private final Duration patience;
  private final List<Actor> actors = new CopyOnWriteArrayList<>();
  private volatile boolean outOfPatience;

  /**
   * Makes a company without any actor.
   *
   * @param kind the kind of all threads
   * @param patience how long any single wait may take before it fails; a watch-dog, not a measure
   * @throws IllegalArgumentException if the patience is zero or negative
   */
  public Actors(ThreadKind kind, Duration patience) {
    this.kind = requireNonNull(kind, "kind");
    if (patience.isZero() || patience.isNegative()) {
      throw new IllegalArgumentException("patience: " + patience);
    }
    this.patience = patience;
  }

  /**
   * Returns the kind of all threads.
   *
   * @return the kind
   */
  public ThreadKind kind() {
    return kind;
  }

  /**
   * Returns how long any single wait may take.
   *
   * @return the patience
   */
  public Duration patience() {
    return patience;
  }

  /**
   * Adds an actor and starts its thread.
   *
   * @param name its name, which stands in every message about it
   * @return the actor
   */
  public Actor actor(String name) {
    Actor actor = new Actor(this, name);
    actors.add(actor);
    actor.thread().start();
    return actor;
  }

  /**
   * Adds several actors and starts their threads.
   *
   * @param count how many
   * @param name their name, to which a number is added
   * @return the actors
   */
  public List<Actor> actors(int count, String name) {
    return IntStream.range(0, count).mapToObj(i -> actor(name + "-" + i)).toList();
  }

  /**
   * Lets actors loose on one another: all start at the same time and repeat a round until the time
   * is up or one of them fails.
   *
   * @param racers who takes part
   * @param time for how long; each runs one round at least
   * @param round what each does, over and over
   * @throws AssertionError if a round threw anything: the first is the cause, the others are
   *     suppressed; also if someone is not back within the time and the patience
   * @throws InterruptedException if the caller is interrupted
   */
  public void race(List<Actor> racers, Duration time, Round round) throws InterruptedException {
    new Race(time, round).run(racers);
  }

  /** What each actor of a race repeats. */
  @FunctionalInterface
  public interface Round {
    /**
     * Runs one round.
     *
     * @param racer the index of the actor in the race, from 0
     * @param round the number of the round of this actor, from 0
     * @throws Exception whatever it throws ends the race and fails the test
     */
    void run(int racer, int round) throws Exception;
  }

  /**
   * Ends all actors. Those still in a step are interrupted; those that do not end within the
   * patience, or at once if a wait has already failed, are left behind.
   *
   * @throws AssertionError if an actor was still in a step, or a failed step was never asked about
   */
  @Override
  public void close() {
    List<AssertionError> complaints = new ArrayList<>();
    for (Actor actor : actors) {
      for (Step<?> step : actor.started()) {
        Throwable failure = step.unobservedFailure();
        if (failure != null) {
          complaints.add(new AssertionError(actor.name() + " threw " + failure, failure));
        }
      }
    }
    if (!outOfPatience && actors.stream().anyMatch(Actor::isBusy)) {
      complaints.add(new AssertionError("left behind:" + describe()));
    }
    actors.forEach(Actor::close);
    if (!outOfPatience && !join()) {
      complaints.add(new AssertionError("not to be ended by an interrupt:" + describe()));
    }
    if (!complaints.isEmpty()) {
      AssertionError first = complaints.get(0);
      complaints.stream().skip(1).forEach(first::addSuppressed);
      throw first;
    }
  }

  boolean isOutOfPatience() {
    return outOfPatience;
  }

  AssertionError outOfPatience(String what) {
    outOfPatience = true;
    return new AssertionError(what + " within " + patience + "; all actors:" + describe());
  }

  private boolean join() {
    try {
      return Waiting.holdsWithin(
          () -> actors.stream().noneMatch(actor -> actor.thread().isAlive()), patience);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true; // the test is being ended from outside, which is reported there
    }
  }

  private String describe() {
    StringBuilder text = new StringBuilder();
    for (Actor actor : actors) {
      text.append(System.lineSeparator());
      text.append(actor.isBusy() ? Waiting.describe(actor.thread()) : actor.name() + " idle");
    }
    return text.toString();
  }
}
