// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.testing.Stress;
import dev.interleave.testing.StressReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

/** The picture on the page about testing; this test writes a new one to {@code target}. */
class ReportPictureTest {
  private static final Path MODULE = Path.of(System.getProperty("basedir", "")).toAbsolutePath();

  @Test
  void aReportBecomesAPicture() throws Exception {
    StressReport report =
        BrokenBufferFound.stress(() -> new BrokenBuffer<>(1)).run(Duration.ofSeconds(2));
    assertThat(report.count(Stress.outcome(1, 1))).isPositive();
    Path page = MODULE.resolve("target/testing-report.html");
    report.html(page);
    Path picture = MODULE.resolve("target/testing-report.svg");
    Files.writeString(picture, ReportPicture.of(Files.readString(page)));
    isPictureOfTheBrokenBuffer(picture);
  }

  @Test
  void thePictureOnThePageIsOne() throws Exception {
    isPictureOfTheBrokenBuffer(MODULE.resolve("../images/testing-report.svg").normalize());
  }

  private static void isPictureOfTheBrokenBuffer(Path picture) throws Exception {
    Element svg =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(picture.toFile())
            .getDocumentElement();
    assertThat(svg.getTagName()).isEqualTo("svg");
    assertThat(svg.getElementsByTagName("svg").getLength()).isEqualTo(3 + 1); // bars, lanes
    assertThat(svg.getTextContent())
        .contains("Stress of BrokenBuffer: FORBIDDEN outcome seen", "[1, 1]", "seed 42")
        .contains("1 delivered twice", "producer", "consumer a", "consumer b", "To repeat: ");
  }
}
