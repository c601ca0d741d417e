// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;
import static org.junit.jupiter.params.provider.EnumSource.Mode.EXCLUDE;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReadWriteLock;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every test of the kits can fail, and does so on the lock whose flaw it is there to find. */
@Tag("kit")
class KitCatchesFlawsTest {

  @Test
  void lockWithoutFlawPassesAndEveryTestCatchesSomeFlaw() {
    KitRun run = KitRun.all(Kit.class, FlawParameter.of(Flaw.NONE));
    assertThat(run.failed()).isEmpty();
    assertThat(run.aborted()).containsExactlyInAnyOrder("conditionsAreRefusedIfUnsupported");

    Chances.assertNoneIsIdle(
        methods(run.tests()),
        Arrays.stream(Flaw.values()).flatMap(flaw -> methods(flaw.caughtBy()).stream()));
  }

  @ParameterizedTest
  @Execution(CONCURRENT) // most of them wait for a hang to be noticed
  @EnumSource(mode = EXCLUDE, names = "NONE")
  void flawIsCaught(Flaw flaw) {
    Chances.assertCaught(Kit.class, flaw.caughtBy(), FlawParameter.of(flaw));
  }

  @Test
  void whatIsAnnouncedIsNoFlaw() {
    List<String> tests = List.of("newReaderQueuesOrPassesAsSpecified");
    Map<String, String> passing = FlawParameter.of(Flaw.READERS_PASS_WRITERS);
    KitRun run = KitRun.some(PassingKit.class, tests, passing);
    assertThat(run.tests()).containsExactlyElementsOf(tests);
    assertThat(run.failed()).isEmpty();
    assertThat(run.aborted()).isEmpty();
  }

  /** A test that runs for each side need be seen failing on one of them only. */
  private static Set<String> methods(Iterable<String> tests) {
    Set<String> methods = new TreeSet<>();
    tests.forEach(test -> methods.add(test.split("/", 2)[0]));
    return methods;
  }

  @ExtendWith(FlawParameter.class)
  static class Kit extends ReadWriteLockContract {
    private static final ReadWriteLock SHARED =
        new FlawedReadWriteLock(Flaw.LOCKS_SHARE_THEIR_STATE);

    private final Flaw flaw;

    Kit(Flaw flaw) {
      this.flaw = flaw;
    }

    @Override
    protected ReadWriteLock create() {
      return flaw == Flaw.LOCKS_SHARE_THEIR_STATE ? SHARED : new FlawedReadWriteLock(flaw);
    }

    @Override
    protected Upgrade upgrade() {
      return Upgrade.throwing(IllegalStateException.class);
    }

    @Override
    protected boolean fair() {
      return true;
    }

    @Override
    protected NewReaders newReaders() {
      return flaw == Flaw.READERS_QUEUE_THOUGH_THEY_SHOULD_PASS
          ? NewReaders.PASS_WRITERS
          : NewReaders.QUEUE_BEHIND_WRITERS;
    }

    @Override
    protected boolean conditions() {
      return flaw != Flaw.CONDITIONS_DESPITE_ALL;
    }

    @Override
    protected Duration patience() {
      return flaw == Flaw.NONE ? super.patience() : Duration.ofMillis(400);
    }

    @Override
    protected Duration stressTime() {
      return Duration.ofMillis(flaw == Flaw.NONE ? 50 : 200);
    }
  }

  static class PassingKit extends Kit {
    PassingKit(Flaw flaw) {
      super(flaw);
    }

    @Override
    protected NewReaders newReaders() {
      return NewReaders.PASS_WRITERS;
    }

    @Override
    protected Duration patience() {
      return Contract.DEFAULT_PATIENCE;
    }
  }
}
