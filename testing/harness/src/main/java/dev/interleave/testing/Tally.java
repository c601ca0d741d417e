// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import dev.interleave.testing.StressReport.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Counts outcomes. In most rounds the outcome is one of the last few, which is found by comparing
 * parts, without a list or a hash. Confined to whoever holds it.
 */
final class Tally {
  /** Outcomes beyond are counted as one: an outcome that is unique must not fill the memory. */
  static final int MOST_OUTCOMES = 1_000;

  static final Object OTHERS =
      new Object() {
        @Override
        public String toString() {
          return "(others, beyond " + MOST_OUTCOMES + ")";
        }
      };

  private static final int RECENT = 4;

  private final Judge judge;
  private final Map<@Nullable Object, Entry> entries = new HashMap<>();
  private final @Nullable Entry[] recent = new Entry[RECENT];
  private long forbidden;

  /** One outcome, how often it came, and what is known of the first round that had it. */
  static final class Entry {
    final @Nullable Object outcome;
    final Judge.Verdict verdict;
    private @Nullable Object[] parts = {};
    private long count;
    private long perturbedRound = -1;
    private @Nullable Throwable failure;
    private @Nullable Interleaving interleaving;

    Entry(@Nullable Object outcome, Judge.Verdict verdict) {
      this.outcome = outcome;
      this.verdict = verdict;
    }

    boolean isForbidden() {
      return verdict.kind() == Kind.FORBIDDEN;
    }

    boolean lacksInterleaving() {
      return interleaving == null && verdict.kind() != Kind.EXPECTED;
    }

    void seenIn(long round, @Nullable Interleaving how) {
      perturbedRound = round;
      interleaving = how;
    }

    private boolean has(@Nullable Object[] other, int count) {
      if (parts.length != count) {
        return false;
      }
      for (int i = 0; i < count; i++) {
        if (!Objects.equals(parts[i], other[i])) {
          return false;
        }
      }
      return true;
    }

    private void add(Entry other) {
      count += other.count;
      failure = failure == null ? other.failure : failure;
      boolean earlier =
          perturbedRound < 0
              || (other.perturbedRound >= 0 && other.perturbedRound < perturbedRound);
      if (other.perturbedRound >= 0 && earlier) {
        perturbedRound = other.perturbedRound;
        interleaving = other.interleaving;
      }
    }

    StressReport.Outcome toOutcome() {
      return new StressReport.Outcome(
          outcome,
          verdict.kind(),
          verdict.description(),
          count,
          perturbedRound < 0 ? OptionalLong.empty() : OptionalLong.of(perturbedRound),
          failure,
          interleaving);
    }
  }

  Tally(Judge judge) {
    this.judge = judge;
  }

  /** Counts a round, and returns the entry it was counted in. */
  Entry count(@Nullable Object[] parts, int size) {
    Entry entry = recent[0];
    if (entry == null || !entry.has(parts, size)) {
      entry = find(parts, size);
    }
    entry.count++;
    if (entry.isForbidden()) {
      forbidden++;
    }
    return entry;
  }

  long forbidden() {
    return forbidden;
  }

  /** Tells whether a forbidden outcome came in a round whose interleaving is known. */
  boolean hasInterleaving() {
    return entries.values().stream()
        .anyMatch(entry -> entry.isForbidden() && entry.interleaving != null);
  }

  void addAll(Tally other) {
    for (Entry entry : other.entries.values()) {
      entry(entry.outcome).add(entry);
    }
    forbidden += other.forbidden;
  }

  List<StressReport.Outcome> outcomes() {
    List<StressReport.Outcome> outcomes = new ArrayList<>();
    entries.values().forEach(entry -> outcomes.add(entry.toOutcome()));
    judge
        .listed()
        .forEach((outcome, verdict) -> {
          if (!entries.containsKey(outcome)) {
            outcomes.add(new Entry(outcome, verdict).toOutcome());
          }
        });
    return outcomes;
  }

  private Entry find(@Nullable Object[] parts, int size) {
    int place = 1;
    while (place < RECENT - 1 && !isAt(place, parts, size)) {
      place++;
    }
    Entry entry = recent[place];
    if (entry == null || !entry.has(parts, size)) {
      entry = entry(OutcomeValue.of(parts, size));
      entry.parts = java.util.Arrays.copyOf(parts, size);
      remember(entry, parts, size);
    }
    System.arraycopy(recent, 0, recent, 1, place);
    recent[0] = entry;
    return entry;
  }

  private boolean isAt(int place, @Nullable Object[] parts, int size) {
    Entry entry = recent[place];
    return entry != null && entry.has(parts, size);
  }

  private static void remember(Entry entry, @Nullable Object[] parts, int size) {
    for (int i = 0; i < size; i++) {
      if (entry.failure == null && parts[i] instanceof Failure failure) {
        entry.failure = failure.cause();
      }
    }
  }

  private Entry entry(@Nullable Object outcome) {
    Entry known = entries.get(outcome);
    if (known != null) {
      return known;
    }
    Object key = entries.size() < MOST_OUTCOMES ? outcome : OTHERS;
    return entries.computeIfAbsent(key, key2 -> new Entry(key2, judge.judge(key2)));
  }
}
