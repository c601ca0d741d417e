// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

/** Two users for whom threads work, each by a context, and for whom a thread works now. */
final class Users {
  static final ContextLocal<String> USER = ContextLocal.named("user");
  static final Context ANN = Context.empty().with(USER, "ann");
  static final Context BOB = Context.empty().with(USER, "bob");
  static final String NOBODY = "nobody";

  private Users() {}

  /** The calling thread's, or {@link #NOBODY}. */
  static String user() {
    return USER.orElse(NOBODY);
  }
}
