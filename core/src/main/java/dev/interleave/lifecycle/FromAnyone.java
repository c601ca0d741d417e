// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import dev.interleave.diagnose.Owners;
import dev.interleave.diagnose.Resource;
import dev.interleave.diagnose.Wait;

/**
 * What a thread waits at until another one comes, whichever: so a wait for it is never part of a
 * deadlock, and is shown with all others that are blocked.
 */
abstract class FromAnyone implements Resource {
  private final String name;
  private final String kind;

  FromAnyone(String name, String kind) {
    this.name = name;
    this.kind = kind;
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final String kind() {
    return kind;
  }

  @Override
  public final Owners owners(Wait wait) {
    return Owners.anyone();
  }
}
