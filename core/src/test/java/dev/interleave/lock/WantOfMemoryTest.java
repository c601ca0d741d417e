// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.interleave.lock.BiasedReadWriteLock.Preference;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.ThreadKind;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Want of memory or stack leaves no hold behind, and nobody next. */
class WantOfMemoryTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ReadWriteSync sync = new ReadWriteSync("prices", Preference.WRITERS, true);
  private final NoMemory map = new NoMemory();

  /** For what there is no memory. */
  private enum Full {
    NOTHING,
    /** To look somebody up by a number of one's own. */
    NUMBERS,
    /** To take somebody out. */
    REMOVALS,
    ANYTHING
  }

  /** The readers that find no slot. */
  private static final class NoMemory extends ConcurrentHashMap<Object, ReaderTable.Hold> {
    private static final long serialVersionUID = 1L;

    private transient Full full = Full.ANYTHING;

    private void want(Full of) {
      if (full == Full.ANYTHING || full == of) {
        throw new OutOfMemoryError("simulated");
      }
    }

    @Override
    public ReaderTable.@Nullable Hold get(Object key) {
      want(key instanceof Long ? Full.NUMBERS : Full.ANYTHING);
      return super.get(key);
    }

    @Override
    public ReaderTable.@Nullable Hold put(Object key, ReaderTable.Hold value) {
      want(Full.ANYTHING);
      return super.put(key, value);
    }

    @Override
    public ReaderTable.@Nullable Hold remove(Object key) {
      want(Full.REMOVALS);
      return super.remove(key);
    }
  }

  private static Field field(Class<?> type, String name) throws NoSuchFieldException {
    Field field = type.getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }

  private ReaderTable tableWithoutMemory(boolean overflowed) throws ReflectiveOperationException {
    ReaderTable table = (ReaderTable) field(ReadWriteSync.class, "table").get(sync);
    field(ReaderTable.class, "overflow").set(table, map);
    field(ReaderTable.class, "overflowed").set(table, overflowed);
    return table;
  }

  /** Makes the calling thread find no slot. */
  private static void takeSlots(ReaderTable table, Thread thread) {
    long[] cells = table.slotsMade().cells;
    long stranger = ReaderSlots.freeWord(thread.threadId() + 1);
    int home = ReaderSlots.home(thread.threadId());
    for (int i = 0; i < ReaderSlots.WINDOW; i++) {
      int slot = ReaderSlots.inWindow(home, i);
      assertThat(ReaderSlots.take(cells, slot, 0, stranger | ReaderSlots.COUNTED)).isTrue();
    }
  }

  /** The calling thread holds the read lock by the map; the actor returned, by the count alone. */
  private Actor readWithoutSlotAfterAnother(Actors actors) throws Exception {
    map.full = Full.NOTHING;
    takeSlots(tableWithoutMemory(true), Thread.currentThread());
    Actor first = actors.actor("first");
    first.run(() -> sync.lockRead(first.thread(), null));
    sync.lockRead(Thread.currentThread(), null);
    return first;
  }

  @ParameterizedTest
  @EnumSource
  void aReaderThatCannotBeRecordedIsNotCounted(ThreadKind kind) throws Exception {
    Thread me = Thread.currentThread();
    takeSlots(tableWithoutMemory(false), me);
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor first = actors.actor("first");
      first.run(() -> sync.lockRead(first.thread(), null));
      assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> sync.lockRead(me, null));
      first.run(() -> Readers.leave(sync));
    }
    map.full = Full.NOTHING;
    assertThat(sync.readHolds(me)).isZero();
    assertThat(sync.tryWriteBarging(me)).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void aWriterThatCannotSeeWhetherItReadsIsNotNext(ThreadKind kind) throws Exception {
    Thread me = Thread.currentThread();
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor reader = actors.actor("reader");
      reader.run(() -> sync.lockRead(reader.thread(), null));
      tableWithoutMemory(true);
      assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> sync.lockWrite(me));
      map.full = Full.NOTHING;
      assertThat(Readers.canRead(sync, 0)).isTrue();
      reader.run(() -> Readers.leave(sync));
    }
    assertThat(sync.tryWriteBarging(me)).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void aReaderCanLeave(ThreadKind kind) throws Exception {
    Thread me = Thread.currentThread();
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor first = readWithoutSlotAfterAnother(actors);
      sync.lockRead(me, null);
      assertThat(map).hasSize(1);

      map.full = Full.NUMBERS;
      sync.unlockReadSlow(me);
      assertThat(sync.readHolds(me)).isOne();
      sync.unlockReadSlow(me);
      assertThat(sync.readHolds(me)).isZero();
      first.run(() -> Readers.leave(sync));
    }
    assertThat(map).isEmpty();
    assertThat(sync.tryWriteBarging(me)).isTrue();
  }

  /** It was not released and yet counted no more: then a writer was in, and it came in besides. */
  @ParameterizedTest
  @EnumSource
  void aReaderThatCannotBeTakenOutHoldsNoMore(ThreadKind kind) throws Exception {
    Thread me = Thread.currentThread();
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor first = readWithoutSlotAfterAnother(actors);

      map.full = Full.REMOVALS;
      assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> sync.unlockReadSlow(me));
      assertThat(sync.readHolds(me)).isZero();
      assertThat(sync.holders()).hasSize(1);
      map.full = Full.NOTHING;
      sync.lockRead(me, null);
      sync.unlockReadSlow(me);
      assertThat(map).isEmpty();

      first.run(() -> Readers.leave(sync));
      first.run(() -> assertThat(sync.tryWriteBarging(first.thread())).isTrue());
      assertThat(sync.tryReadBarging(me)).isFalse();
    }
  }

  /** Want of stack can leave it so. Readers then trusted what they read during each write. */
  @Test
  void aVersionThatWasLeftOddHealsWithTheNextWrite() throws Exception {
    Thread me = Thread.currentThread();
    field(ReadWriteSync.class, "version").set(sync, 3L);
    assertThat(sync.tryOptimisticRead()).isZero();
    sync.lockWrite(me);
    assertThat(sync.tryOptimisticRead()).isZero();
    sync.unlockWrite(me);
    long stamp = sync.tryOptimisticRead();
    assertThat(stamp).isNotZero();
    assertThat(sync.validate(stamp)).isTrue();
  }
}
