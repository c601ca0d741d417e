// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import dev.interleave.lock.BiasedReadWriteLock.Preference;
import dev.interleave.testing.contract.NewReaders;
import dev.interleave.testing.contract.ReadWriteLockContract;
import dev.interleave.testing.contract.Upgrade;
import java.util.concurrent.locks.ReadWriteLock;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The kit that ReentrantReadWriteLock passes, run on every mode of ours. */
@Tag("kit")
class BiasedReadWriteLockContractTest {

  /** What all modes have in common. Side by side, as kits run: each test has locks of its own. */
  @Execution(ExecutionMode.CONCURRENT)
  abstract static class Mode extends ReadWriteLockContract {
    private final Preference preference;
    private final boolean biased;

    Mode(Preference preference, boolean biased) {
      this.preference = preference;
      this.biased = biased;
    }

    @Override
    protected ReadWriteLock create() {
      return BiasedReadWriteLock.builder()
          .name("contract")
          .preference(preference)
          .biased(biased)
          .build();
    }

    @Override
    protected Upgrade upgrade() {
      return Upgrade.throwing(LockUpgradeException.class);
    }

    @Override
    protected boolean fair() {
      return preference == Preference.FAIR;
    }

    @Override
    protected NewReaders newReaders() {
      // Under READERS they pass, but only until the writer has lost its patience.
      return preference == Preference.READERS
          ? NewReaders.UNSPECIFIED
          : NewReaders.QUEUE_BEHIND_WRITERS;
    }

    /** More than the 65,535 of ReentrantReadWriteLock before JDK 25. */
    @Override
    protected int readHolds() {
      return 200_000;
    }
  }

  /** A mode whose locks are biased from the first step on: reads have gone before. */
  abstract static class Armed extends Mode {
    Armed(Preference preference) {
      super(preference, true);
    }

    @Override
    protected ReadWriteLock create() {
      BiasedReadWriteLock lock = (BiasedReadWriteLock) super.create();
      for (int i = 0; i < BiasRule.ARM_AFTER; i++) {
        lock.read().close();
      }
      if (!lock.stats().biased()) {
        throw new AssertionError("not biased: " + lock.stats());
      }
      return lock;
    }
  }

  @Nested
  class Writers extends Mode {
    Writers() {
      super(Preference.WRITERS, true);
    }
  }

  @Nested
  class WritersArmed extends Armed {
    WritersArmed() {
      super(Preference.WRITERS);
    }
  }

  @Nested
  class WritersUnbiased extends Mode {
    WritersUnbiased() {
      super(Preference.WRITERS, false);
    }
  }

  @Nested
  class Readers extends Mode {
    Readers() {
      super(Preference.READERS, true);
    }
  }

  @Nested
  class ReadersUnbiased extends Mode {
    ReadersUnbiased() {
      super(Preference.READERS, false);
    }
  }

  @Nested
  class ReadersArmed extends Armed {
    ReadersArmed() {
      super(Preference.READERS);
    }
  }

  @Nested
  class Fair extends Mode {
    Fair() {
      super(Preference.FAIR, true);
    }
  }

  @Nested
  class FairUnbiased extends Mode {
    FairUnbiased() {
      super(Preference.FAIR, false);
    }
  }

  @Nested
  class FairArmed extends Armed {
    FairArmed() {
      super(Preference.FAIR);
    }
  }
}
