// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import dev.interleave.Guard;
import java.util.Iterator;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The outcomes of a {@link Batch} that runs, one by one: as they come, or in the order of the
 * inputs.
 *
 * <pre>{@code
 * try (Outcomes<Path, String> digests = batch.asCompleted(files.iterator(), this::digest)) {
 *   for (Outcome<Path, String> digest : digests) {
 *     …
 *   }
 * } // one that is left early cancels the rest
 * }</pre>
 *
 * <p>Each item that was taken from the inputs has one outcome, also if the batch ends early: then
 * those that were under way come as cancelled or not started, and {@link #stopped()} says why there
 * are no more. An outcome is handed out once, by whatever method.
 *
 * <p>For the thread that began the batch, or one at a time to which it is handed on safely: not
 * thread-safe. The work goes on meanwhile, and the deadline ends it, whatever that thread does.
 *
 * @param <T> the items
 * @param <R> the results
 */
public final class Outcomes<T, R extends @Nullable Object>
    implements Iterable<Outcome<T, R>>, Guard {
  private final BatchRun<T, R> run;
  private boolean closed;

  Outcomes(BatchRun<T, R> run) {
    this.run = run;
  }

  /**
   * The next outcome: waits for it.
   *
   * @return null if there are no more
   * @throws InterruptedException if the thread is interrupted, before or during the call. The batch
   *     has been stopped then; further calls hand out what became of the items that were under way.
   * @throws RuntimeException what the inputs or the listener throw; the batch has been stopped
   */
  public @Nullable Outcome<T, R> takeOrNull() throws InterruptedException {
    if (closed) {
      return null;
    }
    if (Thread.interrupted()) {
      InterruptedException e = new InterruptedException();
      run.stop(e);
      throw e;
    }
    return ended(run.take());
  }

  private @Nullable Outcome<T, R> ended(@Nullable Outcome<T, R> outcome) {
    if (outcome == null) {
      closed = true;
      run.end();
    }
    return outcome;
  }

  /**
   * Those that have not been handed out, by this or another iterator. {@code hasNext} waits. If the
   * thread is interrupted then, the batch is stopped, the iterator goes on with what became of the
   * items that were under way, and the thread stays interrupted.
   */
  @Override
  public Iterator<Outcome<T, R>> iterator() {
    return new Iterator<>() {
      private @Nullable Outcome<T, R> ahead;

      @Override
      public boolean hasNext() {
        if (ahead == null && !closed) {
          ahead = ended(takeUninterrupted());
        }
        return ahead != null;
      }

      @Override
      public Outcome<T, R> next() {
        if (!hasNext() || ahead == null) {
          throw run.noMore();
        }
        Outcome<T, R> outcome = ahead;
        ahead = null;
        return outcome;
      }
    };
  }

  private @Nullable Outcome<T, R> takeUninterrupted() {
    if (run.stopped() == null) {
      try {
        return takeOrNull();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // the run has been stopped
      }
    }
    return run.takeStopped();
  }

  /**
   * Those that have not been handed out, as a sequential stream, like {@link #iterator}. To close
   * it closes this.
   */
  public Stream<Outcome<T, R>> stream() {
    int ordered = Spliterator.ORDERED | Spliterator.NONNULL;
    return StreamSupport.stream(Spliterators.spliteratorUnknownSize(iterator(), ordered), false)
        .onClose(this::close);
  }

  /**
   * Why the batch ended before the end was seen, by {@link #takeOrNull} or an iterator; empty if it
   * did not, or has not yet.
   */
  public Optional<Throwable> stopped() {
    return Optional.ofNullable(run.stopped());
  }

  /**
   * Cancels what is under way, without waiting for it; nothing more is handed out. Idempotent, and
   * without effect when all has been handed out.
   */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      run.stop(new CancellationException(run.name() + " was closed"));
      run.end();
    }
  }
}
