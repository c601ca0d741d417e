// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static java.util.Objects.requireNonNull;

import dev.interleave.testing.contract.ThreadKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What came out of a {@link Stress} run: how often there was which outcome, what is wrong with it,
 * and how to see it again. Immutable, unless an outcome is an object that is not.
 */
public final class StressReport {
  private final String name;
  private final List<String> actors;
  private final ThreadKind kind;
  private final long seed;
  private final Duration elapsed;
  private final long perturbedRounds;
  private final List<Outcome> outcomes;
  private final @Nullable Hang hang;

  /** What to think of an outcome. */
  public enum Kind {
    /** It is right. */
    EXPECTED,
    /** It is allowed, and worth a look. */
    INTERESTING,
    /** It is wrong: a run that has seen it does not hold. */
    FORBIDDEN
  }

  /**
   * One outcome, seen or listed.
   *
   * @param value the outcome; integral numbers as {@code Long}, arrays as lists
   * @param kind what to think of it
   * @param description what it means
   * @param count in how many rounds it was seen; 0 if it was only listed
   * @param perturbedRound the first perturbed round it was seen in, if there was one; for {@link
   *     Stress#replay(long)}
   * @param failure what was thrown in the first round that had this outcome, if it is about that
   * @param interleaving what happened in the perturbed round, except for expected outcomes
   */
  public record Outcome(
      @Nullable Object value,
      Kind kind,
      String description,
      long count,
      OptionalLong perturbedRound,
      @Nullable Throwable failure,
      @Nullable Interleaving interleaving) {
    /** Made by the run. */
    public Outcome {
      requireNonNull(kind, "kind");
      requireNonNull(description, "description");
      requireNonNull(perturbedRound, "perturbedRound");
    }
  }

  /**
   * A round that did not end.
   *
   * @param after how long nothing had moved
   * @param stuck the names of the actors that did not wait for the others: those that hang
   * @param actors what each actor did, with its stack
   * @param threads all threads of the JVM, virtual ones included
   * @param diagnosis the report of Interleave's own diagnosis, if it is in this JVM
   * @param interleaving what happened in the round before, if it was a perturbed one
   * @param abandoned the names of the actors that an interrupt did not end within the time of
   *     {@link Stress#abandonAfter}; less if all that are left have taken notice of it, and wait
   *     all the same
   */
  public record Hang(
      Duration after,
      List<String> stuck,
      List<String> actors,
      String threads,
      @Nullable String diagnosis,
      @Nullable Interleaving interleaving,
      List<String> abandoned) {
    /** Made by the run. */
    public Hang {
      requireNonNull(after, "after");
      stuck = List.copyOf(stuck);
      actors = List.copyOf(actors);
      requireNonNull(threads, "threads");
      abandoned = List.copyOf(abandoned);
    }
  }

  StressReport(
      String name,
      List<String> actors,
      ThreadKind kind,
      long seed,
      Duration elapsed,
      long perturbedRounds,
      List<Outcome> outcomes,
      @Nullable Hang hang) {
    this.name = name;
    this.actors = List.copyOf(actors);
    this.kind = kind;
    this.seed = seed;
    this.elapsed = elapsed;
    this.perturbedRounds = perturbedRounds;
    this.outcomes =
        outcomes.stream()
            .sorted(
                Comparator.comparing(Outcome::kind)
                    .thenComparingLong(Outcome::count)
                    .reversed()
                    .thenComparing(outcome -> String.valueOf(outcome.value())))
            .toList();
    this.hang = hang;
  }

  /**
   * Returns the name of the run.
   *
   * @return the name
   */
  public String name() {
    return name;
  }

  /**
   * Returns the names of the actors, in the order they were declared.
   *
   * @return the names
   */
  public List<String> actors() {
    return actors;
  }

  /**
   * Returns the kind of the actors' threads.
   *
   * @return the kind
   */
  public ThreadKind threads() {
    return kind;
  }

  /**
   * Returns the seed of the run.
   *
   * @return the seed
   */
  public long seed() {
    return seed;
  }

  /**
   * Returns how long the run took.
   *
   * @return the time
   */
  public Duration elapsed() {
    return elapsed;
  }

  /**
   * Returns how many rounds were run and judged.
   *
   * @return the number of rounds
   */
  public long rounds() {
    return outcomes.stream().mapToLong(Outcome::count).sum();
  }

  /**
   * Returns how many of the rounds were perturbed.
   *
   * @return the number of rounds
   */
  public long perturbedRounds() {
    return perturbedRounds;
  }

  /**
   * Returns all outcomes that were seen or listed: the forbidden ones first, then the interesting,
   * then the expected; in each kind the most frequent first.
   *
   * @return the outcomes
   */
  public List<Outcome> outcomes() {
    return outcomes;
  }

  /**
   * Returns how often an outcome was seen.
   *
   * @param outcome the outcome, compared as when it is listed
   * @return in how many rounds
   */
  public long count(@Nullable Object outcome) {
    Object normal = OutcomeValue.normal(outcome);
    return outcomes.stream()
        .filter(one -> Objects.equals(one.value(), normal))
        .mapToLong(Outcome::count)
        .sum();
  }

  /**
   * Returns how the run ended if it hung.
   *
   * @return the hang, or null
   */
  public @Nullable Hang hang() {
    return hang;
  }

  /**
   * Tells whether no forbidden outcome was seen and nothing hung.
   *
   * @return whether the run holds
   */
  public boolean holds() {
    return hang == null && seenForbidden().isEmpty();
  }

  /**
   * Fails if a forbidden outcome was seen or a round hung.
   *
   * @throws AssertionError with the whole report, caused by what an actor threw if that is what is
   *     forbidden
   */
  public void assertHolds() {
    if (!holds()) {
      Throwable cause =
          seenForbidden().stream()
              .map(Outcome::failure)
              .filter(Objects::nonNull)
              .findFirst()
              .orElse(null);
      throw new AssertionError(toString(), cause);
    }
  }

  /**
   * Writes the report as one HTML page that needs nothing else: a histogram of the outcomes, and
   * the interleavings of those that are not expected as diagrams.
   *
   * @param file where to; folders are made, a file is overwritten
   * @throws IOException if it cannot be written
   */
  public void html(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Files.writeString(file, new ReportPage(this).toString());
  }

  /** Returns the report as text: a table of the outcomes, then the details of what is wrong. */
  @Override
  public String toString() {
    return new ReportText(this).toString();
  }

  List<Outcome> seenForbidden() {
    return outcomes.stream()
        .filter(outcome -> outcome.kind() == Kind.FORBIDDEN && outcome.count() > 0)
        .toList();
  }

  /** Returns the sentence that says it all. */
  String verdict() {
    if (hang != null) {
      return "HUNG";
    }
    return holds() ? "holds" : "FORBIDDEN outcome seen";
  }

  /** Returns what went into the run, in words. */
  String facts() {
    double seconds = elapsed.toNanos() / 1e9;
    return String.format(
        Locale.ROOT,
        "%,d rounds (%,d perturbed) in %.1f s, %,.0f per second; %s threads; seed %d",
        rounds(),
        perturbedRounds,
        seconds,
        rounds() / Math.max(seconds, 1e-9),
        kind,
        seed);
  }

  /** Returns the first perturbed round in which something was wrong. */
  OptionalLong roundToRepeat() {
    if (hang != null) {
      Interleaving last = hang.interleaving();
      return last == null ? OptionalLong.empty() : OptionalLong.of(last.round());
    }
    return seenForbidden().stream()
        .map(Outcome::perturbedRound)
        .filter(OptionalLong::isPresent)
        .findFirst()
        .orElse(OptionalLong.empty());
  }

  /** Returns how to see again what is wrong. */
  String howToRepeat() {
    OptionalLong round = roundToRepeat();
    if (round.isEmpty()) {
      return "Seen in bare rounds only, which no seed can repeat: run again, with more time, or"
          + " with sync points in the code under test.";
    }
    return String.format(
        "To repeat: .seed(%1$d).replay(%2$d) or -D%3$s=%1$d:%2$d",
        seed, round.getAsLong(), Stress.SEED_PROPERTY);
  }
}
