// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.interleave.bench.Chart.Group;
import dev.interleave.bench.Chart.Panel;
import dev.interleave.bench.Chart.Scale;
import dev.interleave.bench.Chart.Series;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

class ChartSvgTest {
  private static Chart chart(Scale scale, Double... values) {
    List<Series> series =
        Stream.of("a < b", "c & d", "e", "f")
            .limit(values.length)
            .map(n -> new Series(n, 1))
            .toList();
    Group group = new Group("one, two", List.of(values));
    return new Chart(
        "Title", "how \"to\" read", "µs", scale, series, List.of(new Panel("P", List.of(group))));
  }

  /** The bars, without the squares of the legend. */
  private static List<Element> bars(Svg svg) {
    return svg.elements("rect").stream()
        .filter(r -> r.getAttribute("class").startsWith("s"))
        .filter(r -> !r.getAttribute("width").equals("12"))
        .toList();
  }

  private static double height(Element bar) {
    return Svg.number(bar, "height");
  }

  @Test
  void linearBarsAreAsHighAsTheirValues() {
    List<Element> bars = bars(Svg.parse(ChartSvg.draw(chart(Scale.LINEAR, 10.0, 40.0, 0.0))));
    assertThat(bars).hasSize(3);
    assertThat(height(bars.get(1))).isCloseTo(4 * height(bars.get(0)), within(0.5));
    assertThat(height(bars.get(2))).isZero();
  }

  @Test
  void ratioBarsRiseAboveAndHangBelowTheLineAtOneByTheSame() {
    Svg svg = Svg.parse(ChartSvg.draw(chart(Scale.RATIO, 4.0, 0.25, 1.0)));
    List<Element> bars = bars(svg);
    double line =
        svg.elements("line").stream()
            .filter(l -> l.getAttribute("class").equals("line"))
            .mapToDouble(l -> Svg.number(l, "y1"))
            .findFirst()
            .orElseThrow();
    assertThat(Svg.number(bars.get(0), "y") + height(bars.get(0))).isCloseTo(line, within(0.11));
    assertThat(Svg.number(bars.get(1), "y")).isCloseTo(line, within(0.11));
    assertThat(height(bars.get(0))).isCloseTo(height(bars.get(1)), within(0.11));
    assertThat(height(bars.get(2))).isZero();
    assertThat(svg.texts()).contains("1×", "2×", "4.0", "0.25", "1.0");
  }

  @Test
  void logarithmicBarsGrowByTheSameForTheSameFactor() {
    List<Element> bars = bars(Svg.parse(ChartSvg.draw(chart(Scale.LOG, 10.0, 100.0, 1000.0))));
    double first = height(bars.get(1)) - height(bars.get(0));
    assertThat(first).isPositive();
    assertThat(height(bars.get(2)) - height(bars.get(1))).isCloseTo(first, within(0.2));
  }

  @Test
  void everyBarStaysOnThePage() {
    Svg svg = Svg.parse(ChartSvg.draw(chart(Scale.LOG, 0.001, 1e6, 3.0, 70.0)));
    for (Element bar : bars(svg)) {
      assertThat(Svg.number(bar, "x")).isPositive();
      assertThat(Svg.number(bar, "x") + Svg.number(bar, "width")).isLessThan(svg.width());
      assertThat(Svg.number(bar, "y")).isPositive();
      assertThat(Svg.number(bar, "y") + height(bar)).isLessThan(svg.height());
    }
  }

  @Test
  void carriesTitleAxisLegendLabelsAndValues() {
    Svg svg = Svg.parse(ChartSvg.draw(chart(Scale.LINEAR, 12.4, 7.0)));
    assertThat(svg.texts())
        .contains("Title", "how \"to\" read", "µs", "P", "a < b", "c & d", "one", "two")
        .contains("12", "7.0");
  }

  @Test
  void leavesOutWhatIsMissing() {
    assertThat(bars(Svg.parse(ChartSvg.draw(chart(Scale.LINEAR, 10.0, Double.NaN))))).hasSize(1);
  }

  @Test
  void hasColoursForDarkPages() {
    assertThat(ChartSvg.draw(chart(Scale.LINEAR, 1.0)))
        .contains("@media (prefers-color-scheme: dark)");
  }

  @Test
  void refusesWhatItCannotDraw() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ChartSvg.draw(chart(Scale.LINEAR, Double.NaN)))
        .withMessageContaining("nothing to draw");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Series("s", 6))
        .withMessageContaining("6");
  }
}
