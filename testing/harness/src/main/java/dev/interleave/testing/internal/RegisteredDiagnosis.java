// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.internal;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * The report of Interleave's own diagnosis, if it is in this JVM: asked for by the name of its
 * MXBean, so that the harness needs no other module. Its report is an attribute {@code Report} or
 * an operation {@code report()}.
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

  private static @Nullable Object ask(MBeanServer server, ObjectName name) throws JMException {
    for (MBeanAttributeInfo attribute : server.getMBeanInfo(name).getAttributes()) {
      if (attribute.getName().equals("Report")) {
        return server.getAttribute(name, "Report");
      }
    }
    return server.invoke(name, "report", new Object[0], new String[0]);
  }
}
