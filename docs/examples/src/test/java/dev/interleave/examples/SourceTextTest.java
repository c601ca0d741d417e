// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class SourceTextTest {
  @Test
  void setsOffTokensAndEscapesAll() {
    assertThat(SourceText.highlighted("@Override int a = 1 < 2 ? \"<i>\" : 'x'; // & so on"))
        .isEqualTo(
            "<span class=\"annotation\">@Override</span> <span class=\"keyword\">int</span>"
                + " a = 1 &lt; 2 ? <span class=\"string\">&quot;&lt;i&gt;&quot;</span> :"
                + " <span class=\"string\">'x'</span>;"
                + " <span class=\"comment\">// &amp; so on</span>");
  }

  @Test
  void aKeywordWithinAWordStringOrCommentIsNone() {
    assertThat(SourceText.highlighted("printf newest /* new */"))
        .isEqualTo("printf newest <span class=\"comment\">/* new */</span>");
  }

  @Test
  void theSourceOfAClassBeginsBehindItsImports() throws IOException {
    assertThat(SourceText.of(Example.class))
        .hasValueSatisfying(java ->
            assertThat(java)
                .startsWith("/**\n * A runnable example")
                .endsWith("}")
                .doesNotContain("import "));
    assertThat(SourceText.of(String.class)).isEmpty();
  }
}
