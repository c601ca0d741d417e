// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.ipc.channel.SharedService.Bytes;
import dev.interleave.ipc.channel.SharedService.Element;
import dev.interleave.ipc.channel.SharedService.Op;
import dev.interleave.ipc.channel.SharedService.Pair;
import dev.interleave.ipc.rpc.Coder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A list at a {@link SharedObjectsHost}. Each method is one call, and atomic. What they throw, and
 * all else, is as {@link SharedObjects} says.
 */
public final class SharedList<E> {
  final SharedObjects objects;
  final String name;
  private final Coder<E> elements;

  SharedList(SharedObjects objects, String name, Coder<E> elements) {
    this.objects = objects;
    this.name = name;
    this.elements = elements;
  }

  /** Adds an element at the end; returns its place, from 0. */
  public int add(E element) {
    return (int) objects.change(Op.APPEND, name, Bytes.NONE, 0, encoded(element)).number();
  }

  /**
   * Replaces an element; returns the one before.
   *
   * @throws IndexOutOfBoundsException if there is no such place
   */
  public E set(int place, E element) {
    E before = value(objects.change(Op.SET_AT, name, Bytes.NONE, place, encoded(element)));
    return Objects.requireNonNull(before, "what was replaced");
  }

  /** Removes the first element, and returns it; null if there is none. */
  public @Nullable E takeFirst() {
    return value(objects.change(Op.TAKE_FIRST, name, Bytes.NONE, 0, null));
  }

  /** How many elements there are. */
  public int size() {
    return objects.size(name);
  }

  /** Removes all; returns how many there were. */
  public int clear() {
    return (int) objects.change(Op.CLEAR, name, Bytes.NONE, 0, null).number();
  }

  /** All elements at one moment; unmodifiable. */
  public List<E> snapshot() {
    List<E> all = new ArrayList<>();
    for (Pair pair : objects.content(name)) {
      all.add(SharedMap.decoded(elements, pair.value()));
    }
    return Collections.unmodifiableList(all);
  }

  /** The name, and those of both sides. */
  @Override
  public String toString() {
    return "SharedList[" + name + " of " + objects + ']';
  }

  byte[] encoded(E element) {
    return elements.toBytes(Objects.requireNonNull(element, "element"));
  }

  private @Nullable E value(Element element) {
    Bytes value = element.value();
    return value == null ? null : SharedMap.decoded(elements, value);
  }
}
