// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.lang.reflect.Constructor;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Hands the flaw of a run, a constant of some enum, to the constructor of its kit. */
final class FlawParameter implements ParameterResolver {
  private static final String NAME = "flaw";

  /** The parameters of a run with this flaw. */
  static Map<String, String> of(Enum<?> flaw) {
    return Map.of(NAME, flaw.name());
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getDeclaringExecutable() instanceof Constructor
        && parameter.getParameter().getType().isEnum();
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    String flaw = context.getConfigurationParameter(NAME).orElseThrow();
    for (Object constant : parameter.getParameter().getType().getEnumConstants()) {
      if (((Enum<?>) constant).name().equals(flaw)) {
        return constant;
      }
    }
    throw new IllegalArgumentException("no such flaw: " + flaw);
  }
}
