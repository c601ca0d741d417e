// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How many slots a lock has, and whether its threads spin, follows from how many processors the JVM
 * sees when it starts: from nine on several slots share a bit, and with one nobody spins. So the
 * lock is tried in JVMs that are told that there are so many, {@link SharedBits}.
 */
@Tag("kit")
class ProcessorsTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 16, 64})
  void aLockIsOneWithAnyNumberOfProcessors(int processors, @TempDir Path folder) throws Exception {
    List<String> flags = List.of("-XX:ActiveProcessorCount=" + processors);
    assertThat(OtherJvm.run(SharedBits.class, folder, flags))
        .contains(SharedBits.passed(processors));
  }
}
