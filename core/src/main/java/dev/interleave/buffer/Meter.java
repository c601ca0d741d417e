// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import dev.interleave.diagnose.Owners;
import dev.interleave.diagnose.Resource;
import dev.interleave.diagnose.Wait;
import java.util.concurrent.atomic.LongAdder;

/**
 * What is counted of a buffer beside its fast path: its refusals, its drops, its waits; and what
 * the registry of blocked calls knows it by.
 */
final class Meter implements Resource {
  final LongAdder dropped = new LongAdder();
  final LongAdder rejected = new LongAdder();
  final WaitMeter producers;
  final WaitMeter consumers;
  private final String name;

  Meter(String name) {
    this.name = name;
    producers = new WaitMeter(this, "producer", "put");
    consumers = new WaitMeter(this, "consumer", "take");
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String kind() {
    return "buffer";
  }

  /** Whoever has the buffer may put and take. */
  @Override
  public Owners owners(Wait wait) {
    return Owners.anyone();
  }
}
