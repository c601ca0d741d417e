// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class SettingsTest {
  private final Properties properties = new Properties();

  private Settings parse(String... arguments) {
    return Settings.parse(arguments, properties);
  }

  @Test
  void wholeRunGoesIntoTheDocumentation() {
    Settings settings = parse();
    assertThat(settings.out()).isEqualTo(Path.of("docs/benchmarks"));
    assertThat(settings.rounds()).isEqualTo(3);
    assertThat(settings.timing()).isEqualTo(Settings.Timing.FULL);
    assertThat(settings.includes("anything")).isTrue();
  }

  @Test
  void partialRunDoesNotReplaceAWholeOne() {
    assertThat(parse("quick").out()).isEqualTo(Settings.SCRATCH);
    assertThat(parse("include=w10").out()).isEqualTo(Settings.SCRATCH);
    assertThat(parse("quick", "out=here").out()).isEqualTo(Path.of("here"));
  }

  @Test
  void readsArguments() {
    Settings settings = parse("quick", "include=w1/8[pv]", "rounds=7", "render");
    assertThat(settings.quick()).isTrue();
    assertThat(settings.render()).isTrue();
    assertThat(settings.rounds()).isEqualTo(7);
    assertThat(settings.timing()).isEqualTo(Settings.Timing.QUICK);
    assertThat(settings.includes("mix/RRWL/W1/8v")).isTrue();
    assertThat(settings.includes("mix/RRWL/w10/8v")).isFalse();
  }

  @Test
  void readsSystemPropertiesBelowArguments() {
    properties.setProperty("bench.quick", "true");
    properties.setProperty("bench.rounds", "5");
    assertThat(parse().quick()).isTrue();
    assertThat(parse().rounds()).isEqualTo(5);
    assertThat(parse("quick=false").quick()).isFalse();
    assertThat(parse("rounds=1").rounds()).isEqualTo(1);
  }

  @Test
  void rejectsWhatItDoesNotKnow() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parse("quik"))
        .withMessageContaining("quik");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parse("rounds=0"))
        .withMessageContaining("rounds");
    assertThatIllegalArgumentException().isThrownBy(() -> parse("rounds=x"));
    assertThatIllegalArgumentException().isThrownBy(() -> parse("include=["));
  }
}
