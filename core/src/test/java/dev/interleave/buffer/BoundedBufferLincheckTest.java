// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What does not wait, in a buffer of capacity 2. */
@Tag("lincheck")
@Timeout(value = 10, unit = TimeUnit.MINUTES) // the thorough form
class BoundedBufferLincheckTest {
  private static final boolean THOROUGH = Boolean.getBoolean("interleave.thorough");

  public static final class Ring extends BufferLincheck {
    public Ring() {
      super(new BoundedBuffer<>(2));
    }
  }

  /** Far from where it began, so that slots have been used before. */
  public static final class UsedRing extends BufferLincheck {
    public UsedRing() {
      super(used(new BoundedBuffer<>(2)));
    }
  }

  public static final class Locked extends BufferLincheck {
    public Locked() {
      super(BoundedBuffer.<Integer>builder(2).resizable(true).build());
    }
  }

  public static final class FlagBeside extends BufferLincheck {
    public FlagBeside() {
      this(new FlagBesideQueue(2));
    }

    private FlagBeside(FlagBesideQueue queue) {
      super(queue, queue::close, queue::isClosed);
    }
  }

  public static final class Hasty extends HastyLincheck {
    public Hasty() {
      super(new HastyRing());
    }
  }

  @ParameterizedTest
  @ValueSource(classes = {Ring.class, UsedRing.class, Locked.class})
  void noScheduleBreaksIt(Class<?> buffer) {
    modelChecking().check(buffer);
  }

  @ParameterizedTest
  @ValueSource(classes = {Ring.class, UsedRing.class, Locked.class})
  void noRaceBreaksIt(Class<?> buffer) {
    stress().check(buffer);
  }

  @ParameterizedTest
  @ValueSource(classes = {FlagBeside.class, Hasty.class})
  void brokenTwinsAreFound(Class<?> queue) {
    assertThatThrownBy(
            () -> modelChecking().iterations(100).invocationsPerIteration(300).check(queue))
        .hasMessageContaining("Invalid execution results");
  }

  private static ModelCheckingOptions modelChecking() {
    return new ModelCheckingOptions()
        .iterations(THOROUGH ? 30 : 4)
        .invocationsPerIteration(THOROUGH ? 1_000 : 100)
        .threads(2)
        .actorsPerThread(3)
        .actorsBefore(1)
        .actorsAfter(1)
        .sequentialSpecification(BufferLincheckModel.class);
  }

  private static StressOptions stress() {
    return new StressOptions()
        .iterations(THOROUGH ? 30 : 3)
        .invocationsPerIteration(THOROUGH ? 2_000 : 200)
        .threads(2)
        .actorsPerThread(3)
        .actorsBefore(1)
        .actorsAfter(1)
        .sequentialSpecification(BufferLincheckModel.class);
  }

  private static BoundedBuffer<Integer> used(BoundedBuffer<Integer> buffer) {
    for (int i = 0; i < 3; i++) {
      buffer.add(0);
      buffer.remove();
    }
    return buffer;
  }
}
