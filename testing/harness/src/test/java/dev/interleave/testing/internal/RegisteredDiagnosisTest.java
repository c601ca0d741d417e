// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RegisteredDiagnosisTest {

  @Test
  void thereIsNone() {
    assertThat(RegisteredDiagnosis.report()).isNull();
  }

  @Test
  void reportMayBeAnAttribute() throws Exception {
    assertThat(reportOf(new Attribute())).isEqualTo("an attribute");
  }

  @Test
  void reportMayBeAnOperation() throws Exception {
    assertThat(reportOf(new Operation())).isEqualTo("an operation");
  }

  @Test
  void reportThatFailsIsSaidToHaveFailed() throws Exception {
    assertThat(reportOf(new Failing())).contains("no report of", "out of order");
  }

  private static @Nullable String reportOf(Object bean) throws Exception {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    ObjectName name = new ObjectName("dev.interleave:type=Diagnosis");
    server.registerMBean(bean, name);
    try {
      return RegisteredDiagnosis.report();
    } finally {
      server.unregisterMBean(name);
    }
  }

  /** The report as an attribute. */
  public interface AttributeMXBean {
    String getReport();
  }

  /** The report as an operation. */
  public interface OperationMXBean {
    String report();
  }

  private static final class Attribute implements AttributeMXBean {
    @Override
    public String getReport() {
      return "an attribute";
    }
  }

  private static final class Operation implements OperationMXBean {
    @Override
    public String report() {
      return "an operation";
    }
  }

  private static final class Failing implements OperationMXBean {
    @Override
    public String report() {
      throw new IllegalStateException("out of order");
    }
  }
}
