// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class MarkdownTableTest {
  @Test
  void writesHeaderAndRows() {
    MarkdownTable table = new MarkdownTable(List.of("lock", "M ops/s"));
    assertThat(table.isEmpty()).isTrue();
    table.row(List.of("a|b", "12"));
    assertThat(table.isEmpty()).isFalse();
    assertThat(table).hasToString("| lock | M ops/s |\n|---|--:|\n| a\\|b | 12 |\n\n");
  }

  @Test
  void rejectsRowsOfAnotherWidth() {
    MarkdownTable table = new MarkdownTable(List.of("a", "b"));
    assertThatIllegalArgumentException().isThrownBy(() -> table.row(List.of("1")));
  }
}
