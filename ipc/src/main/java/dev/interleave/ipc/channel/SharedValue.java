// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.Deadline;
import dev.interleave.ipc.channel.SharedService.Bytes;
import dev.interleave.ipc.channel.SharedService.Element;
import dev.interleave.ipc.channel.SharedService.Op;
import dev.interleave.ipc.channel.SharedService.Step;
import dev.interleave.ipc.rpc.Coder;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A value at a {@link SharedObjectsHost}, or none yet. Each method but {@link #update} is one call,
 * and atomic. What they throw, and all else, is as {@link SharedObjects} says.
 */
public final class SharedValue<T> {
  final SharedObjects objects;
  final String name;
  private final Coder<T> coder;

  SharedValue(SharedObjects objects, String name, Coder<T> coder) {
    this.objects = objects;
    this.name = name;
    this.coder = coder;
  }

  /** What it is; null if it is not set. */
  public @Nullable T get() {
    return value(objects.read(name, Bytes.NONE));
  }

  /** What it is, and its version, for {@link #replace}; null if it is not set. */
  public @Nullable VersionedValue<T> getVersioned() {
    Element element = objects.read(name, Bytes.NONE);
    T value = value(element);
    return value == null ? null : new VersionedValue<>(value, element.version());
  }

  /** Sets it; returns what it was, or null if it was not set. */
  public @Nullable T set(T value) {
    return value(objects.change(Op.PUT, name, Bytes.NONE, 0, encoded(value)));
  }

  /** Sets it if it still has that version; false if it was changed. */
  public boolean replace(long version, T value) {
    Step step = new Step(Op.PUT, name, Bytes.NONE, 0, new Bytes(encoded(value)));
    return objects.changeIf(SharedMap.positive(version), step).done();
  }

  /**
   * Replaces it by what a function makes of it, by {@link SharedObjects#atomically}: the function
   * may run many times.
   *
   * @param function gets null if it is not set
   * @return what it is then
   */
  public T update(Deadline deadline, Function<@Nullable T, ? extends T> function) {
    Objects.requireNonNull(function, "function");
    return objects.<T>atomically(
        deadline,
        tx -> {
          T next = function.apply(tx.get(this));
          tx.set(this, next);
          return next;
        });
  }

  /** The name, and those of both sides. */
  @Override
  public String toString() {
    return "SharedValue[" + name + " of " + objects + ']';
  }

  byte[] encoded(T value) {
    return coder.toBytes(Objects.requireNonNull(value, "value"));
  }

  @Nullable T value(Element element) {
    Bytes value = element.value();
    return value == null ? null : SharedMap.decoded(coder, value);
  }
}
