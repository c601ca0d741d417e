// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/** Runs a {@link ContractTest} for each kind of thread, and for each side if it asks for one. */
final class EachThreadKind implements TestTemplateInvocationContextProvider {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(EachThreadKind.class);

  @Override
  public boolean supportsTestTemplate(ExtensionContext context) {
    return true;
  }

  @Override
  public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(
      ExtensionContext context) {
    Stream<ThreadKind> kinds = Arrays.stream(ThreadKind.values());
    Class<?>[] parameters = context.getRequiredTestMethod().getParameterTypes();
    if (!Arrays.asList(parameters).contains(Side.class)) {
      return kinds.map(kind -> new Invocation(kind, null));
    }
    List<Side> sides = Side.of(context.getRequiredTestClass());
    return kinds.flatMap(kind -> sides.stream().map(side -> new Invocation(kind, side)));
  }

  private record Invocation(ThreadKind kind, @Nullable Side side)
      implements TestTemplateInvocationContext {

    @Override
    public String getDisplayName(int index) {
      return side == null ? kind.toString() : kind + ", " + side;
    }

    @Override
    public List<Extension> getAdditionalExtensions() {
      return List.of(new Arguments(kind, side));
    }
  }

  /** Makes the arguments of one invocation and closes the actors when the test is over. */
  private record Arguments(ThreadKind kind, @Nullable Side side)
      implements ParameterResolver, AfterTestExecutionCallback {

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      Class<?> type = parameter.getParameter().getType();
      return type == Actors.class || type == ThreadKind.class || type == Side.class;
    }

    @Override
    public @Nullable Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      Class<?> type = parameter.getParameter().getType();
      if (type == ThreadKind.class) {
        return kind;
      }
      if (type == Side.class) {
        return side;
      }
      return context
          .getStore(NAMESPACE)
          .getOrComputeIfAbsent(Actors.class, key -> new Actors(kind, patience(context)));
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
      Actors actors = context.getStore(NAMESPACE).remove(Actors.class, Actors.class);
      if (actors != null) {
        actors.close();
      }
    }

    private static Duration patience(ExtensionContext context) {
      return context.getRequiredTestInstance() instanceof Contract contract
          ? contract.patience()
          : Contract.DEFAULT_PATIENCE;
    }
  }
}
