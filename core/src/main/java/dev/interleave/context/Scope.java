// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import dev.interleave.Guard;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An open scope of one thread. What is current while it is the innermost one is a context of its
 * own that stands for the one it was opened for, so the open scopes of a thread are a chain that
 * starts at what is current, without a further thread-local. A call in between breaks the chain.
 *
 * <p>The guard is another object, so that a scope which is current can be told to be lost: its
 * guard is unreachable.
 */
final class Scope {
  /**
   * Whether there ever was a scope; only then calls look for those that were left open. Not
   * volatile: what a thread looks for are scopes that it has opened itself.
   */
  static boolean used;

  private final Thread owner = Thread.currentThread();
  private final Context installed;
  private final @Nullable Context beneath;
  private final @Nullable Object before;
  private final @Nullable Throwable opened;

  /** Whether nobody has a guard for this. */
  private final boolean pushed;

  private boolean ended;
  private @Nullable Reference<?> tracked;

  private Scope(Context origin, @Nullable Throwable opened, boolean pushed) {
    this.opened = opened;
    this.pushed = pushed;
    installed = new Context(origin, this);
    beneath = Context.CURRENT.get();
    before = Switch.enter(installed);
  }

  static Guard open(Context origin) {
    used = true;
    ContextLeakDetector.lookForLost();
    if (!ContextLeakDetector.isSample()) {
      return new Handle(new Scope(origin, null, false));
    }
    Scope scope = new Scope(origin, new Throwable("opened by " + Thread.currentThread()), false);
    Handle handle = new Handle(scope);
    scope.tracked = ContextLeakDetector.track(handle, scope);
    return handle;
  }

  /** Opens one for those who have no place to keep a guard, and nest their calls by themselves. */
  static void push(Context origin) {
    used = true;
    var unused = new Scope(origin, null, true); // what is current keeps it
  }

  /**
   * Closes what was pushed last.
   *
   * @param before what was current then; null if that is not known
   * @throws IllegalStateException if nothing was pushed since the innermost call began, or not when
   *     that was current; nothing has changed. Or as closing it throws it
   */
  static void pop(@Nullable Context before) {
    Context current = Context.CURRENT.get();
    while (current != null && current.scope != null && !current.scope.pushed) {
      current = current.scope.beneath;
    }
    Scope last = current == null ? null : current.scope;
    if (last == null) {
      throw new IllegalStateException(
          "there is nothing to go back to: none was entered since the innermost call began");
    }
    Context known = last.beneath == null ? Context.empty() : last.beneath.origin;
    if (before != null && before != known && known.isShared()) {
      throw new IllegalStateException(
          "the last one was entered from " + known + ", not from " + before);
    }
    last.close();
  }

  /** What the one who opened it closes. */
  private record Handle(Scope scope) implements Guard {
    @Override
    public void close() {
      try {
        scope.close();
      } finally {
        Reference.reachabilityFence(this); // not lost as long as it is being closed
      }
    }

    @Override
    public String toString() {
      return scope.toString();
    }
  }

  private void close() {
    if (Thread.currentThread() != owner) {
      throw new IllegalMonitorStateException(
          this + " can only be closed by the thread that has opened it");
    }
    if (ended) {
      return;
    }
    List<Scope> inner = openedAfter();
    if (inner == null) {
      throw new IllegalStateException(
          this + " is closed within a call that began after it was opened, and stays open");
    }
    String still = inner.toString();
    inner.forEach(Scope::end);
    end();
    if (!inner.isEmpty()) {
      throw new IllegalStateException(
          this + " was closed before, and has ended, those opened after it: " + still);
    }
  }

  /** Those opened after this one, the last one first; null if this is beneath a call. */
  private @Nullable List<Scope> openedAfter() {
    List<Scope> inner = new ArrayList<>(0);
    Context current = Context.CURRENT.get();
    while (current != installed) {
      if (current == null || current.scope == null) {
        return null;
      }
      inner.add(current.scope);
      current = current.scope.beneath;
    }
    return inner;
  }

  private void end() {
    ended = true;
    if (tracked != null) {
      ContextLeakDetector.untrack(tracked);
    }
    Switch.back(before);
  }

  /**
   * Ends the scopes that were opened in a call and not closed.
   *
   * @param mine what the call has made current
   * @return them, to be reported; null for none
   */
  static @Nullable List<Scope> endLeftBehind(@Nullable Context mine) {
    Context current = Context.CURRENT.get();
    if (current == mine || current == null || current.scope == null) {
      return null;
    }
    List<Scope> left = new ArrayList<>();
    while (current != mine && current != null && current.scope != null) {
      current.scope.end();
      left.add(current.scope);
      current = Context.CURRENT.get();
    }
    return left;
  }

  static void report(List<Scope> left, Object task) {
    for (Scope scope : left) {
      ContextLeakDetector.report(scope.leak(Shown.of(task)));
    }
  }

  /** What is left behind if it is never closed. */
  @SuppressWarnings("ReferenceEquality") // as in Context.with
  ContextLeak leak(@Nullable String task) {
    List<String> locals = new ArrayList<>();
    Table.forEach(
        installed.table,
        (local, value) -> {
          if (beneath == null || local.in(beneath) != value) {
            locals.add(local.name() + "=" + local.show(value));
          }
        });
    return new ContextLeak(task, owner.getName(), owner.threadId(), locals, opened);
  }

  @Override
  public String toString() {
    return "Scope[" + installed + " of thread \"" + owner.getName() + "\"]";
  }
}
