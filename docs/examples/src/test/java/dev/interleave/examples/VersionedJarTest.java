// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.interleave.context.Context;
import dev.interleave.context.ContextLocal;
import dev.interleave.context.ScopedValueBridge;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The jar of core has classes for later JDKs: here it is on the class path as its users have it, if
 * this is part of a build that has packaged it.
 */
class VersionedJarTest {
  private static final int SCOPED_VALUES = 25;

  private static URI whereItIs() throws URISyntaxException {
    return ScopedValueBridge.class.getProtectionDomain().getCodeSource().getLocation().toURI();
  }

  @Test
  void scopedValuesAreBoundByTheJarOnAJdkThatHasThem() throws Exception {
    assumeTrue(whereItIs().getPath().endsWith(".jar"), () -> "no jar: compiled only");
    boolean later = Runtime.version().feature() >= SCOPED_VALUES;
    assertThat(ScopedValueBridge.isSupported()).isEqualTo(later);
    ContextLocal<String> tenant = ContextLocal.named("tenant");
    if (!later) {
      assertThatExceptionOfType(UnsupportedOperationException.class)
          .isThrownBy(() -> ScopedValueBridge.builder().pair(tenant, "none").build())
          .withMessageContaining("JDK 25");
      return;
    }
    Class<?> type = Class.forName("java.lang.ScopedValue"); // compiled for a JDK without it
    Object bound = type.getMethod("newInstance").invoke(null);
    ScopedValueBridge bridge = ScopedValueBridge.builder().pair(tenant, bound).build();
    List<Object> seen = new ArrayList<>();
    bridge.call(
        Context.empty().with(tenant, "acme"),
        () -> {
          seen.add(type.getMethod("get").invoke(bound));
          seen.add(bridge.capture(Context.empty()).get(tenant));
          return "";
        });
    assertThat(seen).containsExactly("acme", "acme");
    assertThat(type.getMethod("isBound").invoke(bound)).isEqualTo(false);
  }
}
