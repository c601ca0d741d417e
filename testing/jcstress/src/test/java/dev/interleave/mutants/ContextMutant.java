// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.mutants;

import dev.interleave.mutants.Mutant.Edit;

/** Mistakes that one could make in {@code Context}, and the jcstress test that finds each out. */
@SuppressWarnings("ImmutableEnumChecker") // the list of edits is a copy
enum ContextMutant implements Mistake.Named {
  CHANGED_IN_PLACE(
      "a context is changed instead of made anew",
      "ContextsAreBuiltApart",
      new Edit(
          "Table.java", "      Object[] next = table.clone();", "      Object[] next = table;")),

  CAPTURED_LATE(
      "a wrapped task runs in the context of whoever runs it",
      "WrappedTaskIsPublished",
      new Edit(
          "WrappedSupplier.java",
          "Object before = Switch.enter(context);",
          "Object before = Switch.enter(Context.CURRENT.get());")),

  RESTORED_IF_ALL_IS_WELL(
      "a task that throws does not restore the context of its thread",
      "FailedTaskLeavesNothing",
      new Edit(
          "WrappedRunnable.java",
          """
              try {
                task.run();
              } finally {
                Switch.leave(mine, before, task);
              }
          """,
          "    task.run();\n    Switch.leave(mine, before, task);\n")),

  CLEARED_INSTEAD_OF_RESTORED(
      "the end of a task leaves no context, whichever was there",
      "FailedTaskLeavesNothing",
      new Edit(
          "Switch.java", "Context.CURRENT.set((Context) before);", "Context.CURRENT.set(null);")),

  HANDED_OVER_AS_IT_IS(
      "a task gets the value that it should have a copy of",
      "CopyIsMadeBeforeTheTask",
      new Edit("Context.java", "    if (isShared()) {\n", "    if (isShared() || size > 0) {\n")),

  FIELDS_OF_ANOTHER_ADAPTER(
      "an adapter takes the fields that another one has made",
      "LogFieldsAreShared",
      new Edit("ContextMdcAdapter.java", "Fields made && made.by == this", "Fields made")),

  CLOSED_BY_ANYBODY(
      "a guard does not look who closes it",
      "StrangerCannotClose",
      new Edit("Scope.java", "Thread.currentThread() != owner", "owner == null")),

  LEFT_OPEN_IN_THE_SAME_CONTEXT(
      "a task whose context is there already does not look for scopes that it left open",
      "LeftScopeEnds",
      new Edit(
          "WrappedRunnable.java",
          "        Switch.stay(context, task);",
          "        if (context.isEmpty()) {\n          Switch.stay(context, task);\n        }")),

  LEFT_SCOPE_ENDS_IN_NOTHING(
      "a scope that was left open is ended by clearing the context",
      "LeftScopeEnds",
      new Edit("Scope.java", "    Switch.back(before);", "    Context.CURRENT.set(null);")),

  MIRROR_KEEPS_IT(
      "the end of a call leaves the mirrors as they are",
      "MirrorIsRestored",
      new Edit(
          "MirroredSwitch.java",
          "    Context.CURRENT.set(before);\n    restore();",
          "    Context.CURRENT.set(before);"));

  private final Mistake mistake;

  ContextMutant(String words, String test, Edit... edits) {
    mistake = Mistake.in("context", words, test, edits);
  }

  @Override
  public Mistake mistake() {
    return mistake;
  }
}
