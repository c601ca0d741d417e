// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Remembers what a pool tells. */
final class Told implements PoolListener {
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  final BlockingQueue<InFlight> stuck = new LinkedBlockingQueue<>();

  @Override
  public void rejected(String task, String why) {
    lines.add("rejected " + task + ": " + why);
  }

  @Override
  public void timedOut(String task, boolean begun) {
    lines.add("timed out " + task + (begun ? ", begun" : ", not begun"));
  }

  @Override
  public void failed(String task, Throwable thrown) {
    lines.add("failed " + task + ": " + thrown.getMessage());
  }

  @Override
  public void stuck(InFlight task) {
    stuck.add(task);
  }

  @Override
  public void starved(String report) {
    lines.add("starved " + report);
  }

  @Override
  public void broken(Throwable cause) {
    lines.add("broken " + cause.getMessage());
  }

  /** The next thing told; waits for it. */
  String next() throws InterruptedException {
    return Objects.requireNonNull(
        lines.poll(Blocker.PATIENCE.toSeconds(), TimeUnit.SECONDS), "nothing was told");
  }

  InFlight nextStuck() throws InterruptedException {
    return Objects.requireNonNull(
        stuck.poll(Blocker.PATIENCE.toSeconds(), TimeUnit.SECONDS), "no stuck task was told");
  }

  void assertNothingMore() {
    assertThat(lines).isEmpty();
  }
}
