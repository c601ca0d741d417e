// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import java.util.concurrent.atomic.LongAdder;

/** What is counted of a buffer beside its fast path: its refusals, its drops, its waits. */
final class Meter {
  final LongAdder dropped = new LongAdder();
  final LongAdder rejected = new LongAdder();
  final WaitMeter producers;
  final WaitMeter consumers;
  private final String name;

  Meter(String name) {
    this.name = name;
    producers = new WaitMeter(name, "producer");
    consumers = new WaitMeter(name, "consumer");
  }

  String name() {
    return name;
  }
}
