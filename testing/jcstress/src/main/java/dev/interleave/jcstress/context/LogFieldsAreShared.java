// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.context;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.context.Context;
import dev.interleave.context.ContextLocal;
import dev.interleave.context.MdcBridge;
import java.util.Map;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;

/** Two threads log in one context, by two adapters: each event has the fields of its own, all. */
@JCStressTest
@Outcome(id = "2, 1", expect = ACCEPTABLE, desc = "Each has its own fields.")
@Outcome(expect = FORBIDDEN, desc = "Fields of the other one, or not all.")
@State
public class LogFieldsAreShared {
  private static final ContextLocal<Integer> FIRST = ContextLocal.named("first");
  private static final ContextLocal<Integer> SECOND = ContextLocal.named("second");
  private static final MDCAdapter BOTH =
      MdcBridge.over(new NOPMDCAdapter()).field("first", FIRST).field("second", SECOND).build();
  private static final MDCAdapter ONE =
      MdcBridge.over(new NOPMDCAdapter()).field("first", FIRST).build();

  private final Context context = Context.empty().with(FIRST, 1).with(SECOND, 2);

  public LogFieldsAreShared() {}

  private int fields(MDCAdapter adapter) {
    return context.supply(() -> {
      Map<String, String> fields = adapter.getCopyOfContextMap();
      return fields == null ? 0 : fields.size();
    });
  }

  @Actor
  public void both(II_Result r) {
    int first = fields(BOTH);
    r.r1 = Math.min(first, fields(BOTH));
  }

  @Actor
  public void one(II_Result r) {
    int first = fields(ONE);
    r.r2 = Math.max(first, fields(ONE));
  }
}
