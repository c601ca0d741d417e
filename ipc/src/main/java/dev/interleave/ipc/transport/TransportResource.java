// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import dev.interleave.diagnose.Owners;
import dev.interleave.diagnose.Resource;
import dev.interleave.diagnose.Wait;

/** What a blocked call waits for, as the registry of waits sees it. */
// Without equality by value: identity counts, and the connections of a JVM have different names.
record TransportResource(String name, String kind) implements Resource {
  /** The other end, which may be in another process. */
  @Override
  public Owners owners(Wait wait) {
    return Owners.anyone();
  }
}
