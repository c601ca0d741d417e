// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DocsLinksTest {
  static List<Page> pages() {
    return Page.all();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void linksWithinTheRepositoryLeadSomewhere(Page page) {
    assertThat(page.localLinks()).allMatch(Files::exists);
  }

  @Test
  void linksAreFound() {
    Path file = Path.of("docs", "page.md");
    String text = "[a](b.md), ![c](d/e.svg), [f](../g.md#h), [i](#j), [k](https://example.org/l)";
    assertThat(new Page(file, text).localLinks())
        .containsExactly(Path.of("docs", "b.md"), Path.of("docs", "d", "e.svg"), Path.of("g.md"));
    assertThat(Page.all())
        .extracting(Page::name)
        .contains("README.md", "CONTRIBUTING.md", "docs/lock.md", "docs/lift-out.md");
  }
}
