// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static java.util.Objects.requireNonNull;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.jcstress.ipc.Ends;
import java.nio.ByteBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** A call with a key is asked for again when it ends: it does not run again, and is replied to. */
@JCStressTest
@Outcome(id = "true, 1", expect = ACCEPTABLE, desc = "The reply of the first.")
@Outcome(expect = FORBIDDEN, desc = "It would run twice, or is never replied to.")
@State
public class AskedAgainAgainstEnd {
  private static final ServerMethod METHOD = Request.method(Calls.Shared.SERVER, "get");

  private final Replays replays = new Replays(1);
  private final Ends ends = new Ends();
  private final ServerLink link = new ServerLink(Calls.Shared.SERVER, ends.there);
  private final Replays.Replay first;
  private final ByteBuffer reply;

  public AskedAgainAgainstEnd() {
    first = requireNonNull(replays.begin(METHOD, "key", link, 1));
    Encoder out = new Encoder();
    out.writeByte(Frames.REPLY);
    out.writeUnsigned(1);
    out.writeLong(5);
    reply = out.toByteBuffer();
  }

  @Actor
  public void ends() {
    first.ended(reply, null);
  }

  @Actor
  public void asksAgain(LL_Result r) {
    r.r1 = replays.begin(METHOD, "key", link, 2) == null;
  }

  @Arbiter
  public void counts(LL_Result r) {
    r.r2 = Request.received(ends);
  }
}
