// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import dev.interleave.testing.StressReport.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Counts outcomes. In most rounds all parts are small numbers, booleans or null, which lead to the
 * entry by a table; or else the outcome is one of the last few, which is found by comparing parts,
 * without a list or a hash. Confined to whoever holds it.
 */
final class Tally {
  /**
   * Outcomes beyond that nobody has listed are counted together: one that is unique in each round
   * must not fill the memory. Those that are listed, and violated invariants, are counted as what
   * they are however many there were before.
   */
  static final int MOST_OUTCOMES = 1_000;

  /**
   * Stands for the outcomes beyond, of each kind apart: what is forbidden is not to be taken for
   * the rest.
   */
  record Others(Kind kind) {
    @Override
    public String toString() {
      return "(others, beyond " + MOST_OUTCOMES + ")";
    }
  }

  private static final int RECENT = 4;

  // The codes of the parts of an outcome follow one another in the index of its entry.
  private static final int CODE_BITS = 4;
  private static final int MOST_CODED_PARTS = 3;
  private static final int CODE_OF_TRUE = 1;
  private static final int CODE_OF_FALSE = 2;
  private static final int CODE_OF_SMALLEST = 3;
  private static final int SMALLEST = -1;
  private static final int LARGEST = SMALLEST + (1 << CODE_BITS) - 1 - CODE_OF_SMALLEST;

  static final int CODE_OF_NULL = 0;

  /** In place of the code of what has none, and of the index of an outcome with such a part. */
  static final int NO_CODE = -1;

  /** The index of an outcome to which its parts are added: a one, then their codes. */
  static final int NO_PARTS = 1;

  private final Judge judge;
  private final Map<@Nullable Object, Entry> entries = new HashMap<>();
  private final @Nullable Entry[] recent = new Entry[RECENT];
  private @Nullable Entry[] coded = new Entry[0];
  private int replaced;
  private long forbidden;

  /** One outcome, how often it came, and what is known of the first round that had it. */
  static final class Entry {
    final @Nullable Object outcome;
    final Judge.Verdict verdict;
    private final boolean forbidden;
    private @Nullable Object[] parts = {};
    private long count;
    private long perturbedRound = -1;
    private @Nullable Throwable failure;
    private @Nullable Interleaving interleaving;

    Entry(@Nullable Object outcome, Judge.Verdict verdict) {
      this.outcome = outcome;
      this.verdict = verdict;
      this.forbidden = verdict.kind() == Kind.FORBIDDEN;
    }

    boolean isForbidden() {
      return forbidden;
    }

    boolean isExpected() {
      return verdict.kind() == Kind.EXPECTED;
    }

    /** Tells whether it was in no perturbed round yet. */
    boolean isNews() {
      return perturbedRound < 0;
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
    int index = NO_PARTS;
    for (int i = 0; i < size; i++) {
      index = add(index, code(parts[i]));
    }
    return count(index != NO_CODE ? coded(index, parts, size) : find(parts, size));
  }

  /**
   * Counts a round if the index tells its outcome and it is not the first with it, and returns the
   * entry it was counted in.
   */
  @Nullable Entry countCoded(int index) {
    Entry entry = index >= 0 && index < coded.length ? coded[index] : null;
    return entry == null ? null : count(entry);
  }

  private Entry count(Entry entry) {
    entry.count++;
    if (entry.forbidden) {
      forbidden++;
    }
    return entry;
  }

  /** Returns a small number for a part that is small itself; else {@link #NO_CODE}. */
  static int code(@Nullable Object part) {
    if (part == null) {
      return CODE_OF_NULL;
    }
    if (part instanceof Integer number) {
      return codeOfNumber(number);
    }
    if (part instanceof Boolean yes) {
      return yes ? CODE_OF_TRUE : CODE_OF_FALSE;
    }
    return part instanceof Long number ? codeOfNumber(number) : NO_CODE;
  }

  private static int codeOfNumber(long number) {
    return number >= SMALLEST && number <= LARGEST
        ? (int) number - SMALLEST + CODE_OF_SMALLEST
        : NO_CODE;
  }

  /** Returns what a code stands for. */
  static @Nullable Object decode(int code) {
    return switch (code) {
      case CODE_OF_NULL -> null;
      case CODE_OF_TRUE -> true;
      case CODE_OF_FALSE -> false;
      default -> (long) (code - CODE_OF_SMALLEST + SMALLEST);
    };
  }

  /** Returns the index of an outcome with one part more. */
  static int add(int index, int code) {
    return (index | code) < 0 || index >= 1 << (CODE_BITS * MOST_CODED_PARTS)
        ? NO_CODE
        : (index << CODE_BITS) | code;
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
      entryLike(entry).add(entry);
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

  private Entry coded(int index, @Nullable Object[] parts, int size) {
    Entry entry = index < coded.length ? coded[index] : null;
    return entry != null ? entry : code(index, entry(OutcomeValue.of(parts, size)));
  }

  private Entry code(int index, Entry entry) {
    if (index >= coded.length) {
      coded = Arrays.copyOf(coded, 2 * Integer.highestOneBit(index));
    }
    coded[index] = entry;
    return entry;
  }

  private Entry find(@Nullable Object[] parts, int size) {
    for (Entry entry : recent) {
      if (entry != null && entry.has(parts, size)) {
        return entry;
      }
    }
    Entry entry = entry(OutcomeValue.of(parts, size));
    entry.parts = Arrays.copyOf(parts, size);
    remember(entry, parts, size);
    recent[replaced] = entry;
    replaced = (replaced + 1) % RECENT;
    return entry;
  }

  private static void remember(Entry entry, @Nullable Object[] parts, int size) {
    for (int i = 0; i < size; i++) {
      if (entry.failure == null && parts[i] instanceof Failure failure) {
        entry.failure = failure.cause();
      }
    }
  }

  private Entry entryLike(Entry other) {
    return other.outcome instanceof Others
        ? entries.computeIfAbsent(other.outcome, key -> new Entry(key, other.verdict))
        : entry(other.outcome);
  }

  private Entry entry(@Nullable Object outcome) {
    Entry known = entries.get(outcome);
    if (known != null) {
      return known;
    }
    Judge.Verdict verdict = judge.judge(outcome);
    Object key =
        entries.size() < MOST_OUTCOMES || judge.isKnown(outcome)
            ? outcome
            : new Others(verdict.kind());
    return entries.computeIfAbsent(key, other -> new Entry(other, verdict));
  }
}
