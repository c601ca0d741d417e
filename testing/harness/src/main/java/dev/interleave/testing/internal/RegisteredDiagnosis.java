// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.internal;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * The report of Interleave's own diagnosis, if it is in this JVM: asked for by the name of its
 * MXBean, so that the harness needs no other module. Its report is an attribute {@code Report} or
 * an operation {@code report()}; the deadlocks it knows are an attribute {@code Deadlocks}, an
 * array or a collection with one element for each.
 */
public final class RegisteredDiagnosis {
  private static final String NAME = "dev.interleave:type=Diagnosis";

  private RegisteredDiagnosis() {}

  /**
   * Returns the report, or why it could not be had, or null where there is no such bean.
   *
   * @return the report
   */
  public static @Nullable String report() {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    try {
      ObjectName name = new ObjectName(NAME);
      if (!server.isRegistered(name)) {
        return null;
      }
      return String.valueOf(ask(server, name));
    } catch (MalformedObjectNameException e) {
      throw new AssertionError(NAME, e);
    } catch (JMException | RuntimeException e) {
      return "(no report of " + NAME + ": " + e + ")";
    }
  }

  /**
   * Returns the deadlocks it knows; none where there is no such bean, or none that can tell.
   *
   * @return each as text
   */
  public static List<String> deadlocks() {
    try {
      Object deadlocks =
          ManagementFactory.getPlatformMBeanServer()
              .getAttribute(new ObjectName(NAME), "Deadlocks");
      if (deadlocks instanceof Object[] array) {
        return Arrays.stream(array).map(String::valueOf).toList();
      }
      return deadlocks instanceof Collection<?> collection
          ? collection.stream().map(String::valueOf).toList()
          : List.of();
    } catch (MalformedObjectNameException e) {
      throw new AssertionError(NAME, e);
    } catch (JMException | RuntimeException e) {
      return List.of(); // what it cannot tell is no deadlock
    }
  }

  private static @Nullable Object ask(MBeanServer server, ObjectName name) throws JMException {
    for (MBeanAttributeInfo attribute : server.getMBeanInfo(name).getAttributes()) {
      if (attribute.getName().equals("Report")) {
        return server.getAttribute(name, "Report");
      }
    }
    return server.invoke(name, "report", new Object[0], new String[0]);
  }
}
