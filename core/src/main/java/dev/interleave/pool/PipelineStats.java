// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import java.util.List;
import java.util.Objects;

/**
 * What a {@link Pipeline} has done so far and what is in it now: a snapshot, immutable.
 *
 * <p>The components are not read at one single moment. When nothing happens meanwhile, each is
 * exact, and {@code accepted} is what was delivered, what waits in the output, and what is in the
 * stages.
 *
 * @param name of the pipeline
 * @param accepted items that were put in
 * @param delivered outcomes that were taken out, or that the sink was given
 * @param waiting outcomes that wait to be taken out, now
 * @param stages in their order
 * @param closed whether nothing more goes in
 * @param ended whether all of its threads have ended
 */
public record PipelineStats(
    String name,
    long accepted,
    long delivered,
    int waiting,
    List<Stage> stages,
    boolean closed,
    boolean ended) {

  /**
   * Checks the components and copies the list.
   *
   * @throws NullPointerException if a component or an element is null
   */
  public PipelineStats {
    Objects.requireNonNull(name, "name");
    stages = List.copyOf(stages);
  }

  /**
   * A stage. When nothing happens meanwhile, {@code in} is the sum of {@code out}, {@code failed},
   * {@code passed}, {@code queued} and {@code busy}, unless a stop has thrown some away.
   *
   * @param name of the stage
   * @param parallelism how many threads it has
   * @param ordered whether items leave it in the order in which they came
   * @param in items that came to it
   * @param out items its work was done on
   * @param failed items its work failed with
   * @param passed items that had failed before and went by
   * @param queued items that wait for one of its threads, now
   * @param turn items that are done, or being worked on, and wait until all before them have left,
   *     now; of an ordered stage only
   * @param busy threads that work on an item, now; the others wait, for an item or for room behind
   * @param capacity how many items may wait for its threads
   */
  public record Stage(
      String name,
      int parallelism,
      boolean ordered,
      long in,
      long out,
      long failed,
      long passed,
      int queued,
      int turn,
      int busy,
      int capacity) {

    /**
     * Checks the components.
     *
     * @throws NullPointerException if one is null
     */
    public Stage {
      Objects.requireNonNull(name, "name");
    }
  }
}
