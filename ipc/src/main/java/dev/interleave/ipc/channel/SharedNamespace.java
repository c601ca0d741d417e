// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import java.util.Collections;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Objects at a {@link SharedObjectsHost} that belong together: those whose names begin with that of
 * the namespace and a slash. All is as {@link SharedObjects} says.
 */
public final class SharedNamespace {
  private final SharedObjects objects;
  private final String prefix;

  SharedNamespace(SharedObjects objects, String name) {
    this.objects = objects;
    if (Objects.requireNonNull(name, "name").isBlank()) {
      throw new IllegalArgumentException("the name of a namespace is blank: \"" + name + '"');
    }
    prefix = name + '/';
  }

  /** As {@link SharedObjects#map}, within this. */
  public <K, V> SharedMap<K, V> map(String name, Class<K> keys, Class<V> values) {
    return objects.map(prefix + name, keys, values);
  }

  /** As {@link SharedObjects#list}, within this. */
  public <E> SharedList<E> list(String name, Class<E> elements) {
    return objects.list(prefix + name, elements);
  }

  /** As {@link SharedObjects#counter}, within this. */
  public SharedCounter counter(String name) {
    return objects.counter(prefix + name);
  }

  /** As {@link SharedObjects#value}, within this. */
  public <T> SharedValue<T> value(String name, Class<T> type) {
    return objects.value(prefix + name, type);
  }

  /** As {@link SharedObjects#namespace}, within this. */
  public SharedNamespace namespace(String name) {
    return objects.namespace(prefix + name);
  }

  /** The names of all objects in this, sorted. */
  public Set<String> names() {
    Set<String> names = new TreeSet<>();
    objects.names(prefix).forEach(name -> names.add(name.substring(prefix.length())));
    return Collections.unmodifiableSet(names);
  }

  /** The name, and those of both sides. */
  @Override
  public String toString() {
    return "SharedNamespace[" + prefix + " of " + objects + ']';
  }
}
