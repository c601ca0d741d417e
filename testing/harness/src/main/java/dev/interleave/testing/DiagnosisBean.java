// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * What the MXBean {@code dev.interleave:type=Diagnosis} has to tell, found by its name so that the
 * harness needs none of the modules that offer it.
 *
 * <p>Its operation {@code report()} returns the whole picture as text, its attribute {@code
 * Deadlocks} an array or a list with one element per deadlock. Either may be missing.
 */
final class DiagnosisBean {
  static final String NAME = "dev.interleave:type=Diagnosis";

  private DiagnosisBean() {}

  /** Returns its report, or why there is none, or null if there is no such bean. */
  static @Nullable String report() {
    try {
      return String.valueOf(server().invoke(name(), "report", null, null));
    } catch (InstanceNotFoundException e) {
      return null;
    } catch (JMException | RuntimeException e) {
      return "(no report of " + NAME + ": " + e + ")";
    }
  }

  /** Returns the deadlocks it knows, as text; none if there is no such bean. */
  static List<String> deadlocks() {
    try {
      Object deadlocks = server().getAttribute(name(), "Deadlocks");
      List<String> texts = new ArrayList<>();
      if (deadlocks instanceof Object[] array) {
        Arrays.stream(array).map(String::valueOf).forEach(texts::add);
      } else if (deadlocks instanceof Collection<?> collection) {
        collection.stream().map(String::valueOf).forEach(texts::add);
      }
      return texts;
    } catch (JMException | RuntimeException e) {
      return List.of(); // no bean, or none that can tell
    }
  }

  private static MBeanServer server() {
    return ManagementFactory.getPlatformMBeanServer();
  }

  private static ObjectName name() throws JMException {
    return new ObjectName(NAME);
  }
}
