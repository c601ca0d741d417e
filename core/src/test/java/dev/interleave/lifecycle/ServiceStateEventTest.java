// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import static dev.interleave.lifecycle.Bodies.PATIENCE;
import static dev.interleave.lifecycle.Bodies.soon;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceStateEventTest {
  @Test
  void changesAreRecorded(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("states.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("dev.interleave.ServiceState");
      recording.start();
      Service service = Service.builder("recorded", Bodies::obedient).build();
      service.start(soon());
      service.stop("enough", PATIENCE);
      recording.stop();
      recording.dump(file);
    }
    assertThat(RecordingFile.readAllEvents(file))
        .filteredOn(event -> event.getEventType().getName().equals("dev.interleave.ServiceState"))
        .extracting(event -> event.getString("to") + event.getString("reason"))
        .containsExactlyInAnyOrder("STARTING", "RUNNING", "STOPPINGenough", "STOPPEDenough");
  }
}
