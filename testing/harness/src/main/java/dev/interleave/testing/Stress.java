// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static java.util.Objects.requireNonNull;

import dev.interleave.testing.StressReport.Kind;
import dev.interleave.testing.contract.ThreadKind;
import dev.interleave.testing.internal.SyncPoints;
import dev.interleave.testing.internal.Terminal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets a few actors loose on a fresh subject, over and over, and judges what comes out of each
 * round.
 *
 * {@snippet lang="java" :
 * StressReport report =
 *     Stress.on(Counter::new) // a fresh subject per round
 *         .actor("a", Counter::increment)
 *         .actor("b", Counter::increment)
 *         .arbiter(Counter::get) // the outcome of the round
 *         .expect(2, "both counted")
 *         .forbid(1, "lost update")
 *         .seed(42)
 *         .run(Duration.ofSeconds(5));
 * report.assertHolds();
 * }
 *
 * <h2>Rounds</h2>
 *
 * <p>In a round every actor acts once, each in a thread of its own and all at about the same time;
 * an actor may wait for another. What is done to make and {@linkplain #setup set up} the subject
 * happens-before the actors, and all they do happens-before the invariants and the arbiter.
 * Subjects are made and judged in the actors' threads, many at a time and in no order: the code for
 * it must not depend on the thread it runs in, and what it shares besides the subject must be
 * thread-safe.
 *
 * <p>Most rounds are <em>bare</em>: actors go through many of them in step, at some ten nanoseconds
 * each. About an eighth of the time goes to <em>perturbed</em> rounds, which stand alone, are
 * recorded, and in which the actors are held up, woken or interrupted at sync points ({@link
 * Perturbation}). The begin and the end of an actor are sync points; code under test has more if it
 * calls {@link #sync()}.
 *
 * <h2>Outcomes</h2>
 *
 * <p>The outcome of a round is what its actors {@linkplain #actorReturning return} and what the
 * {@linkplain #arbiter arbiter} says: a single value as it is, several as a list, the results in
 * the order of the actors before the arbiter's ({@link #outcome}); with neither, the outcome is
 * "completed", which is expected. Nothing that is thrown is lost: {@link Thrown} stands in the
 * place of the result, or, if the actor returns none, is added where it would stand. A {@link
 * Violated} invariant is the outcome of its round, whatever else was in it.
 *
 * <p>Values are compared by {@code equals}; integral numbers by value whatever their type, in lists
 * too, and arrays like lists. They must not change after the round. An outcome that is not listed
 * is forbidden, unless {@link #unlisted} says otherwise. Beyond a thousand outcomes that are not
 * listed, others that are not are counted together.
 *
 * <p>An interrupt that an actor leaves behind ends with its round, one of the setup or of the
 * arbiter with that. Actors must not interrupt each other's threads: in a bare round the other may
 * be in the next one already. {@link Perturbation#INTERRUPT} does it in time.
 *
 * <p>A round that does not end makes the run end as hung: the report then has the stacks of the
 * actors, all threads of the JVM, and the report of Interleave's own diagnosis if that is loaded.
 * The actors are interrupted, and those that do not end within two seconds ({@link #abandonAfter})
 * are abandoned; sooner if all that are left have taken notice, and wait all the same.
 *
 * <h2>Seeds</h2>
 *
 * <p>The decisions of a perturbed round are a function of the seed and the number of the round, so
 * {@code seed(s)} makes the same decisions in the same order, and {@code seed(s).replay(n)} repeats
 * those of one round. This makes a failure likely to come again, not certain: the scheduler has its
 * say. The system property {@code interleave.seed}, either {@code s} or {@code s:n}, overrides
 * both.
 *
 * <p>A description is for one thread and one run. Arguments must not be null unless said so.
 *
 * @param <S> the type of the subject
 */
public final class Stress<S> {
  /** Overrides the seed: a number, or a number, a colon and the perturbed round to repeat. */
  static final String SEED_PROPERTY = "interleave.seed";

  private static final Duration DEFAULT_HANG = Duration.ofSeconds(10);
  private static final Duration LONGEST_GRACE = Duration.ofSeconds(2);

  private final Supplier<? extends S> subjects;
  private final List<StressActor<S>> actors = new ArrayList<>();
  private final List<Plan.Invariant<S>> invariants = new ArrayList<>();
  private final Map<@Nullable Object, Judge.Verdict> listed = new LinkedHashMap<>();
  private @Nullable String name;
  private @Nullable Action<? super S> setup;
  private @Nullable Call<? super S> arbiter;
  private Kind unlisted = Kind.FORBIDDEN;
  private ThreadKind kind = ThreadKind.PLATFORM;
  private OptionalLong seed = OptionalLong.empty();
  private OptionalLong replay = OptionalLong.empty();
  private Set<Perturbation> perturbations =
      EnumSet.complementOf(EnumSet.of(Perturbation.INTERRUPT));
  private long rounds = Long.MAX_VALUE;
  private Duration hangAfter = DEFAULT_HANG;
  private @Nullable Duration abandonAfter;
  private boolean failFast;
  private @Nullable Consumer<? super String> progress = Terminal.progressLine();
  private boolean run;

  /**
   * What an actor does, or the setup.
   *
   * @param <S> the type of the subject
   */
  @FunctionalInterface
  public interface Action<S> {
    /**
     * Acts.
     *
     * @param subject the subject of the round
     * @throws Exception whatever it throws is the outcome of an actor, and ends the run if a setup
     *     does
     */
    void run(S subject) throws Exception;
  }

  /**
   * What an actor that returns something does, or the arbiter.
   *
   * @param <S> the type of the subject
   */
  @FunctionalInterface
  public interface Call<S> {
    /**
     * Acts.
     *
     * @param subject the subject of the round
     * @return a part of the outcome
     * @throws Exception whatever it throws is the outcome
     */
    @Nullable Object call(S subject) throws Exception;
  }

  /**
   * What has to hold after each round.
   *
   * @param <S> the type of the subject
   */
  @FunctionalInterface
  public interface Check<S> {
    /**
     * Looks.
     *
     * @param subject the subject of the round
     * @return whether it holds
     * @throws Exception whatever it throws is the outcome
     */
    boolean holds(S subject) throws Exception;
  }

  /**
   * The outcome of an actor, invariant or arbiter that threw something.
   *
   * @param who the name of the actor; {@code "invariant "} and its name; or {@code "arbiter"}
   * @param type the class of what it threw, exactly
   */
  public record Thrown(String who, Class<? extends Throwable> type) {
    /** Makes one, to list it. */
    public Thrown {
      requireNonNull(who, "who");
      requireNonNull(type, "type");
    }

    @Override
    public String toString() {
      return who + " threw " + type.getName();
    }
  }

  /**
   * The outcome of an actor that was interrupted ({@link Perturbation#INTERRUPT}) and ended as if
   * nothing had happened: without an exception and with its interrupt status clear.
   *
   * @param actor the name of the actor
   */
  public record Swallowed(String actor) {
    /** Makes one, to list it. */
    public Swallowed {
      requireNonNull(actor, "actor");
    }

    @Override
    public String toString() {
      return actor + " swallowed an interrupt";
    }
  }

  /**
   * The outcome of a round after which an invariant did not hold; always forbidden.
   *
   * @param invariant the name of the invariant
   */
  public record Violated(String invariant) {
    /** Made by the run. */
    public Violated {
      requireNonNull(invariant, "invariant");
    }

    @Override
    public String toString() {
      return invariant + " is violated";
    }
  }

  /** The outcome of a round in which nothing says anything. */
  enum Nothing {
    COMPLETED;

    @Override
    public String toString() {
      return "completed";
    }
  }

  private Stress(Supplier<? extends S> subjects) {
    this.subjects = requireNonNull(subjects, "subjects");
  }

  /**
   * Begins a description.
   *
   * @param subjects makes the subject of each round; called by several threads, and must not return
   *     null. If it throws, the run ends with that.
   * @param <S> the type of the subject
   * @return a description without any actor
   */
  public static <S> Stress<S> on(Supplier<? extends S> subjects) {
    return new Stress<>(subjects);
  }

  /**
   * Makes an outcome of several parts, to list it: the results of the actors that return one, then
   * the arbiter's. The same as a list, but parts may be null. A single part is the outcome as it
   * is.
   *
   * @param parts the parts, at least one
   * @return the outcome
   * @throws IllegalArgumentException if there are no parts
   */
  public static @Nullable Object outcome(@Nullable Object... parts) {
    if (parts.length == 0) {
      throw new IllegalArgumentException("parts: none");
    }
    if (parts.length == 1) {
      return parts[0];
    }
    return Collections.unmodifiableList(new ArrayList<>(Arrays.asList(parts)));
  }

  /**
   * A sync point: in a perturbed round the calling actor may be held up here, woken or interrupted,
   * and the interleaving shows that it came by. Anywhere else, such as outside a run or in a thread
   * that is not an actor's, it does nothing, at the cost of a few nanoseconds.
   */
  public static void sync() {
    SyncPoints.reach(null);
  }

  /**
   * A sync point with a label, which stands in the interleaving.
   *
   * @param label what the actor is about to do
   */
  public static void sync(String label) {
    SyncPoints.reach(requireNonNull(label, "label"));
  }

  /**
   * Names the run in its report; the class of the subject unless called.
   *
   * @param name the name
   * @return this
   */
  public Stress<S> named(String name) {
    change();
    this.name = notBlank("name", name);
    return this;
  }

  /**
   * Prepares the subject of each round before the actors begin.
   *
   * @param setup what to do; if it throws, the run ends with that
   * @return this
   */
  public Stress<S> setup(Action<? super S> setup) {
    change();
    requireNonNull(setup, "setup");
    if (this.setup != null) {
      throw new IllegalStateException("setup: already given");
    }
    this.setup = setup;
    return this;
  }

  /**
   * Adds an actor whose result, if it has one, does not matter.
   *
   * @param name its name, unlike that of any other
   * @param action what it does, once per round
   * @return this
   */
  public Stress<S> actor(String name, Action<? super S> action) {
    return add(new StressActor<>(name, requireNonNull(action, "action"), null));
  }

  /**
   * Adds an actor whose result is a part of the outcome.
   *
   * @param name its name, unlike that of any other
   * @param call what it does, once per round; may return null
   * @return this
   */
  public Stress<S> actorReturning(String name, Call<? super S> call) {
    return add(new StressActor<>(name, null, requireNonNull(call, "call")));
  }

  /**
   * Says what the outcome of a round is, when all actors are done.
   *
   * @param arbiter looks at the subject; may return null
   * @return this
   */
  public Stress<S> arbiter(Call<? super S> arbiter) {
    change();
    requireNonNull(arbiter, "arbiter");
    if (this.arbiter != null) {
      throw new IllegalStateException("arbiter: already given");
    }
    this.arbiter = arbiter;
    return this;
  }

  /**
   * Adds what has to hold after each round, whatever its outcome. Checked before the arbiter.
   *
   * @param name its name, unlike that of any other
   * @param check looks at the subject
   * @return this
   */
  public Stress<S> invariant(String name, Check<? super S> check) {
    change();
    notBlank("name", name);
    requireNonNull(check, "check");
    if (invariants.stream().anyMatch(other -> other.name().equals(name))) {
      throw new IllegalArgumentException("name: there is an invariant \"" + name + "\" already");
    }
    invariants.add(new Plan.Invariant<>(name, check));
    return this;
  }

  /**
   * Lists an outcome as right.
   *
   * @param outcome the outcome; may be null
   * @param description what it means
   * @return this
   */
  public Stress<S> expect(@Nullable Object outcome, String description) {
    return list(outcome, Kind.EXPECTED, description);
  }

  /**
   * Lists an outcome as allowed but worth a look.
   *
   * @param outcome the outcome; may be null
   * @param description what it means
   * @return this
   */
  public Stress<S> interesting(@Nullable Object outcome, String description) {
    return list(outcome, Kind.INTERESTING, description);
  }

  /**
   * Lists an outcome as wrong.
   *
   * @param outcome the outcome; may be null
   * @param description what it means
   * @return this
   */
  public Stress<S> forbid(@Nullable Object outcome, String description) {
    return list(outcome, Kind.FORBIDDEN, description);
  }

  /**
   * Says what to think of outcomes that are not listed. Those with a {@link Thrown} or {@link
   * Swallowed} in them stay forbidden.
   *
   * @param kind their kind; forbidden unless called
   * @return this
   */
  public Stress<S> unlisted(Kind kind) {
    change();
    this.unlisted = requireNonNull(kind, "kind");
    return this;
  }

  /**
   * Fixes the seed; drawn at random and printed in the report unless called.
   *
   * @param seed any number
   * @return this
   */
  public Stress<S> seed(long seed) {
    change();
    this.seed = OptionalLong.of(seed);
    return this;
  }

  /**
   * Makes all rounds perturbed ones with the decisions of a single one. Of use with the {@link
   * #seed} it came with.
   *
   * @param round the number of the round, as the report has it; not negative
   * @return this
   */
  public Stress<S> replay(long round) {
    change();
    this.replay = OptionalLong.of(notNegative("round", round));
    return this;
  }

  /**
   * Chooses what perturbed rounds may do to the actors. With none, they are only recorded.
   *
   * @param perturbations what may be done; all but {@link Perturbation#INTERRUPT} unless called
   * @return this
   */
  public Stress<S> perturb(Perturbation... perturbations) {
    change();
    Set<Perturbation> chosen = EnumSet.noneOf(Perturbation.class);
    Collections.addAll(chosen, perturbations);
    this.perturbations = chosen;
    return this;
  }

  /**
   * Chooses the kind of the actors' threads.
   *
   * <p>Virtual threads make way for each other only where they wait. Actors that spin for one
   * another keep as many processors busy as there are of them, and hang if there are not so many.
   *
   * @param kind the kind; platform unless called
   * @return this
   */
  public Stress<S> threads(ThreadKind kind) {
    change();
    this.kind = requireNonNull(kind, "kind");
    return this;
  }

  /**
   * Makes the actors virtual threads.
   *
   * @return this
   */
  public Stress<S> onVirtualThreads() {
    return threads(ThreadKind.VIRTUAL);
  }

  /**
   * Limits the number of rounds.
   *
   * @param rounds how many at most; positive
   * @return this
   */
  public Stress<S> rounds(long rounds) {
    change();
    if (rounds <= 0) {
      throw new IllegalArgumentException("rounds: " + rounds);
    }
    this.rounds = rounds;
    return this;
  }

  /**
   * Says how long nothing may move before the run is taken for hung: no actor goes on to its next
   * round, no subject is made or judged.
   *
   * @param limit how long; positive, 10 seconds unless called
   * @return this
   */
  public Stress<S> hangAfter(Duration limit) {
    change();
    this.hangAfter = positive("limit", limit);
    return this;
  }

  /**
   * Says how long a run that cannot go on waits for its actors to end once it has interrupted them;
   * those that have not ended then are named and left behind. With no time at all it tells the end
   * soonest, but not who would have answered the interrupt: enough where the process ends with it.
   *
   * @param grace how long; not negative. Unless called, 2 seconds, or the limit of {@link
   *     #hangAfter} if that is less
   * @return this
   */
  public Stress<S> abandonAfter(Duration grace) {
    change();
    if (requireNonNull(grace, "grace").isNegative()) {
      throw new IllegalArgumentException("grace: " + grace);
    }
    this.abandonAfter = grace;
    return this;
  }

  /**
   * Ends the run once a forbidden outcome has been seen. If it was seen in bare rounds only, up to
   * one second of the time left goes to finding its interleaving in perturbed ones.
   *
   * @return this
   */
  public Stress<S> failFast() {
    change();
    this.failFast = true;
    return this;
  }

  /**
   * Says where to report progress to, about twice a second, from the thread that called run. Unless
   * called, it is a line on the terminal that the JVM runs in, and nothing where there is none.
   * What it throws ends the run.
   *
   * @param progress takes one line of text
   * @return this
   */
  public Stress<S> progress(Consumer<? super String> progress) {
    change();
    this.progress = requireNonNull(progress, "progress");
    return this;
  }

  /**
   * Runs until the {@linkplain #rounds number of rounds} is reached.
   *
   * @return what came out
   * @throws IllegalStateException if the number of rounds is not limited, or as {@link
   *     #run(Duration)} does
   * @throws InterruptedException if the caller is interrupted; the actors are ended then
   */
  public StressReport run() throws InterruptedException {
    if (rounds == Long.MAX_VALUE) {
      throw new IllegalStateException("rounds: no limit; give one, or a time to run(Duration)");
    }
    return start(Long.MAX_VALUE);
  }

  /**
   * Runs until the time is up, or the {@linkplain #rounds number of rounds} is reached. Rounds that
   * are under way then are finished; those that are run and not yet judged may be left out. Some
   * rounds are always run, perturbed ones among them.
   *
   * @param time how long; positive
   * @return what came out
   * @throws IllegalArgumentException if the system property {@code interleave.seed} is not a seed
   * @throws IllegalStateException if there is no actor, or this was run before; also with whatever
   *     was thrown where subjects are made or set up
   * @throws InterruptedException if the caller is interrupted; the actors are ended then, and those
   *     that take no notice are named in its message
   */
  public StressReport run(Duration time) throws InterruptedException {
    return start(nanos(positive("time", time)));
  }

  private StressReport start(long nanos) throws InterruptedException {
    change();
    if (actors.isEmpty()) {
      throw new IllegalStateException("actors: there is none");
    }
    SeedProperty property = SeedProperty.read(System.getProperty(SEED_PROPERTY));
    run = true;
    return new StressEngine<>(plan(nanos, property)).run();
  }

  private Plan<S> plan(long nanos, @Nullable SeedProperty property) {
    return new Plan<>(
        name,
        subjects,
        setup,
        List.copyOf(actors),
        arbiter,
        List.copyOf(invariants),
        new Judge(new LinkedHashMap<>(listed), unlisted),
        kind,
        property != null
            ? property.seed()
            : seed.orElseGet(() -> new SplittableRandom().nextLong()),
        property != null ? property.round() : replay,
        perturbations,
        nanos,
        rounds,
        nanos(hangAfter),
        abandonAfter != null
            ? nanos(abandonAfter)
            : Math.min(nanos(hangAfter), nanos(LONGEST_GRACE)),
        failFast,
        progress);
  }

  private Stress<S> add(StressActor<S> actor) {
    change();
    String name = notBlank("name", actor.name());
    if (actors.stream().anyMatch(other -> other.name().equals(name))) {
      throw new IllegalArgumentException("name: there is an actor \"" + name + "\" already");
    }
    actors.add(actor);
    return this;
  }

  private Stress<S> list(@Nullable Object outcome, Kind kind, String description) {
    change();
    requireNonNull(description, "description");
    Object normal = OutcomeValue.normal(outcome);
    if (listed.containsKey(normal)) {
      throw new IllegalArgumentException("outcome: " + outcome + " is listed already");
    }
    listed.put(normal, new Judge.Verdict(kind, description));
    return this;
  }

  private void change() {
    if (run) {
      throw new IllegalStateException("run before: describe it anew");
    }
  }

  private static String notBlank(String argument, String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException(argument + ": \"" + value + "\"");
    }
    return value;
  }

  private static long notNegative(String argument, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(argument + ": " + value);
    }
    return value;
  }

  private static Duration positive(String argument, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException(argument + ": " + value);
    }
    return value;
  }

  private static long nanos(Duration duration) {
    try {
      return duration.toNanos();
    } catch (ArithmeticException centuries) {
      return Long.MAX_VALUE;
    }
  }
}
