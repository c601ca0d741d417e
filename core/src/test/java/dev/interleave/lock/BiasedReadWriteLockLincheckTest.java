// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.lock.BiasedReadWriteLock.Preference;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("lincheck")
@Timeout(value = 10, unit = TimeUnit.MINUTES) // the thorough form
class BiasedReadWriteLockLincheckTest {
  private static final boolean THOROUGH = Boolean.getBoolean("interleave.thorough");

  public static final class Jdk extends LockedRegisterLincheck {
    public Jdk() {
      super(new ReentrantReadWriteLock());
    }
  }

  public static final class Fresh extends LockedRegisterLincheck {
    public Fresh() {
      super(new BiasedReadWriteLock());
    }
  }

  public static final class Armed extends LockedRegisterLincheck {
    public Armed() {
      super(armed(Preference.WRITERS));
    }
  }

  public static final class ArmedReaders extends LockedRegisterLincheck {
    public ArmedReaders() {
      super(armed(Preference.READERS));
    }
  }

  public static final class ArmedFair extends LockedRegisterLincheck {
    public ArmedFair() {
      super(armed(Preference.FAIR));
    }
  }

  public static final class Unchecked extends LockedRegisterLincheck {
    public Unchecked() {
      super(new UncheckedReaderLincheckLock());
    }
  }

  @ParameterizedTest
  @ValueSource(classes = {Jdk.class, Fresh.class, Armed.class, ArmedReaders.class, ArmedFair.class})
  void noScheduleBreaksARegister(Class<?> register) {
    modelChecking().check(register);
  }

  @ParameterizedTest
  @ValueSource(classes = {Jdk.class, Fresh.class, Armed.class, ArmedReaders.class, ArmedFair.class})
  void noRaceBreaksARegister(Class<?> register) {
    stress().check(register);
  }

  @ParameterizedTest
  @ValueSource(classes = {Unchecked.class})
  void modelCheckingFindsTheMissingCheck(Class<?> register) {
    assertThatThrownBy(() -> modelChecking().iterations(50).check(register))
        .hasMessageContaining("Invalid execution results");
  }

  private static ModelCheckingOptions modelChecking() {
    return new ModelCheckingOptions()
        .iterations(THOROUGH ? 20 : 5)
        .invocationsPerIteration(THOROUGH ? 1_000 : 300)
        .threads(2)
        .actorsPerThread(3)
        .actorsBefore(0)
        .actorsAfter(0)
        .sequentialSpecification(RegisterLincheckModel.class);
  }

  private static StressOptions stress() {
    return new StressOptions()
        .iterations(THOROUGH ? 20 : 5)
        .invocationsPerIteration(THOROUGH ? 1_000 : 300)
        .threads(2)
        .actorsPerThread(3)
        .actorsBefore(0)
        .actorsAfter(0)
        .sequentialSpecification(RegisterLincheckModel.class);
  }

  private static BiasedReadWriteLock armed(Preference preference) {
    BiasedReadWriteLock lock = BiasedReadWriteLock.builder().preference(preference).build();
    for (int i = 0; i < BiasRule.ARM_AFTER; i++) {
      lock.read().close();
    }
    if (!lock.stats().biased()) {
      throw new IllegalStateException("not biased: " + lock);
    }
    return lock;
  }
}
