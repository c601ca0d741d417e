// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** As a list, but without equal elements; sorted by their bytes if the order is not kept. */
final class SetHandler extends Handler {
  private final boolean sequenced;
  private final Handler element;

  SetHandler(boolean sequenced, Handler element) {
    this.sequenced = sequenced;
    this.element = element;
  }

  @Override
  void write(Encoder out, @Nullable Object value) {
    if (value == null) {
      out.writeByte(0);
      return;
    }
    if (!(value instanceof Set<?> set) || (sequenced && !(value instanceof SequencedSet<?>))) {
      throw CodecException.notA(name(), value);
    }
    int count = Elements.begin(out, set.size());
    out.enter();
    Entries entries = new Entries(out, sequenced ? 0 : count);
    int i = 0;
    try {
      for (Object e : set) {
        int start = out.size();
        element.write(out, e);
        entries.add(i++, start, out.size());
      }
    } catch (RuntimeException e) {
      throw CodecException.within("[" + i + ']', e);
    }
    Elements.requireAll(count, i);
    entries.sort();
    out.exit();
  }

  @Override
  @Nullable Object read(Decoder in) {
    int count = Elements.begin(in);
    if (count <= 0) {
      return count < 0 ? null : sequenced ? EMPTY : Set.of();
    }
    in.enter();
    SequencedSet<@Nullable Object> set =
        LinkedHashSet.newLinkedHashSet(Math.min(count, Elements.AHEAD));
    Ascending ascending = new Ascending(in);
    for (int i = 0; i < count; i++) {
      try {
        int start = in.position();
        Object value = element.read(in);
        if (!sequenced) {
          ascending.require(start);
        }
        if (!set.add(value)) {
          throw new CodecException("equals an element before it");
        }
      } catch (RuntimeException e) {
        throw CodecException.within("[" + i + ']', e);
      }
    }
    in.exit();
    return sequenced ? Collections.unmodifiableSequencedSet(set) : Collections.unmodifiableSet(set);
  }

  private static final SequencedSet<@Nullable Object> EMPTY =
      Collections.unmodifiableSequencedSet(new LinkedHashSet<>());

  private String name() {
    return sequenced ? "SequencedSet" : "Set";
  }

  @Override
  String schema(Schema schema) {
    return name() + '<' + element.schema(schema) + '>';
  }
}
