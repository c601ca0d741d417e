// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Those who failed the handshake with a listener: counted, and the first is told of. */
final class Refusals {
  private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

  private final LongAdder count = new LongAdder();
  private final AtomicBoolean told = new AtomicBoolean();

  void add(Exception why) {
    count.increment();
    if (told.compareAndSet(false, true)) { // who floods this floods no log
      LOG.warn("Somebody who connected is refused, others will only be counted", why);
    } else {
      LOG.debug("Somebody who connected is refused", why);
    }
  }

  long count() {
    return count.sum();
  }
}
