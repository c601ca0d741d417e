// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import dev.interleave.Deadline;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The connection that another thread makes, for the one who waits for it. */
final class Handover implements Opening.Taker {
  private final CompletableFuture<RingConnection> future = new CompletableFuture<>();

  @Override
  public boolean ready(RingConnection connection) {
    return future.complete(connection);
  }

  @Override
  public void failed(TransportException why) {
    future.completeExceptionally(why);
  }

  /**
   * Waits for it.
   *
   * @param transport for messages
   * @param connection its name
   * @param cancel called if it will not be waited for any longer
   */
  RingConnection await(String transport, String connection, Deadline deadline, Runnable cancel)
      throws TransportException, InterruptedException {
    Wait wait =
        Waits.enter(
            new TransportResource(connection, "connection"),
            "a connection",
            deadline.isNone() ? Wait.Exit.INTERRUPT : Wait.Exit.TIMEOUT);
    TransportWaitEvent event = TransportWaits.begin(transport, "a connection");
    try {
      return future.get(
          Math.min(deadline.remainingNanos(), Deadline.MAX_NANOS), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw rethrown(e);
    } catch (TimeoutException e) {
      throw new TransportTimeoutException(transport + ": no connection", e);
    } catch (InterruptedException e) {
      throw Waits.causedBy(wait, e);
    } finally {
      wait.leave();
      if (event != null) {
        event.commit();
      }
      if (future.cancel(false)) { // nobody waits for it any more
        cancel.run();
      }
    }
  }

  /** What the other thread saw, with the stack of this one added. */
  private static TransportException rethrown(ExecutionException e) {
    if (e.getCause() instanceof TransportException why) {
      why.addSuppressed(e);
      return why;
    }
    throw new AssertionError(e);
  }
}
