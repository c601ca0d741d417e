// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.NullMarked;

/** A read-write lock: the threads that hold it, as often as they do. */
@NullMarked
final class ReadWriteLockReference implements Reference {
  private final List<String> readers = new ArrayList<>();
  private final List<String> writers = new ArrayList<>();

  @Override
  public Call random(Random random) {
    return Reference.pick(
        random,
        new Call("readLock"),
        new Call("tryReadLock"),
        new Call("timedTryReadLock"),
        new Call("readUnlock"),
        new Call("readUnlock"),
        new Call("writeLock"),
        new Call("tryWriteLock"),
        new Call("timedTryWriteLock"),
        new Call("writeUnlock"),
        new Call("writeUnlock"));
  }

  @Override
  public List<Outcome> outcomes(String thread, Call call) {
    boolean othersWrite = writers.stream().anyMatch(writer -> !writer.equals(thread));
    boolean holds = writers.contains(thread) || readers.contains(thread);
    boolean write = writers.contains(thread) || (writers.isEmpty() && readers.isEmpty());
    return switch (call.name()) {
      case "readLock" -> othersWrite ? List.of() : List.of(DONE);
      case "tryReadLock" -> List.of(othersWrite ? FALSE : TRUE);
      case "timedTryReadLock" ->
          othersWrite ? List.of(FALSE) : holds ? List.of(TRUE) : List.of(TRUE, FALSE);
      case "writeLock" -> write ? List.of(DONE) : List.of();
      case "tryWriteLock", "timedTryWriteLock" -> List.of(write ? TRUE : FALSE);
      case "readUnlock" -> unlock(readers, thread);
      default -> unlock(writers, thread);
    };
  }

  /** New readers may wait behind a writer. */
  @Override
  public boolean mayWaitBehind(String thread, Call call, Call other) {
    return List.of("readLock", "timedTryReadLock").contains(call.name())
        && List.of("writeLock", "timedTryWriteLock").contains(other.name())
        && !readers.contains(thread)
        && !writers.contains(thread);
  }

  private static List<Outcome> unlock(List<String> holders, String thread) {
    return List.of(
        holders.contains(thread) ? DONE : Outcome.threw(IllegalMonitorStateException.class));
  }

  @Override
  public void apply(String thread, Call call, Outcome outcome) {
    if (outcome.equals(DONE) || outcome.equals(TRUE)) {
      List<String> holders = call.name().contains("ead") ? readers : writers;
      if (call.name().endsWith("Unlock")) {
        holders.remove(thread);
      } else {
        holders.add(thread);
      }
    }
  }

  @Override
  public Reference copy() {
    ReadWriteLockReference copy = new ReadWriteLockReference();
    copy.readers.addAll(readers);
    copy.writers.addAll(writers);
    return copy;
  }

  @Override
  public Outcome invent(Call call, Random random) {
    return switch (call.name()) {
      case "readLock", "writeLock" -> DONE;
      case "readUnlock", "writeUnlock" ->
          Reference.pick(random, DONE, Outcome.threw(IllegalMonitorStateException.class));
      default -> Reference.pick(random, TRUE, FALSE);
    };
  }
}
