// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * 0 for null, or the number of entries plus one; then each key and its value, sorted by the bytes
 * of the keys if the order is not kept.
 */
final class MapHandler extends Handler {
  private static final SequencedMap<@Nullable Object, @Nullable Object> EMPTY =
      Collections.unmodifiableSequencedMap(new LinkedHashMap<>());

  private final boolean sequenced;
  private final Handler key;
  private final Handler value;

  MapHandler(boolean sequenced, Handler key, Handler value) {
    this.sequenced = sequenced;
    this.key = key;
    this.value = value;
  }

  @Override
  void write(Encoder out, @Nullable Object object) {
    if (object == null) {
      out.writeByte(0);
      return;
    }
    if (!(object instanceof Map<?, ?> map)
        || (sequenced && !(object instanceof SequencedMap<?, ?>))) {
      throw CodecException.notA(name(), object);
    }
    int count = Elements.begin(out, map.size());
    out.enter();
    Entries entries = new Entries(out, sequenced ? 0 : count);
    int i = 0;
    String part = "";
    try {
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        int start = out.size();
        part = "].key";
        key.write(out, entry.getKey());
        entries.add(i, start, out.size());
        part = "].value";
        value.write(out, entry.getValue());
        part = "]";
        i++;
      }
    } catch (RuntimeException e) {
      throw CodecException.within("[" + i + part, e);
    }
    Elements.requireAll(count, i);
    entries.sort();
    out.exit();
  }

  @Override
  @Nullable Object read(Decoder in) {
    int count = Elements.begin(in);
    if (count <= 0) {
      return count < 0 ? null : sequenced ? EMPTY : Map.of();
    }
    in.enter();
    SequencedMap<@Nullable Object, @Nullable Object> map =
        LinkedHashMap.newLinkedHashMap(Math.min(count, Elements.AHEAD));
    Ascending ascending = new Ascending(in);
    for (int i = 0; i < count; i++) {
      String part = "].key";
      try {
        int start = in.position();
        Object k = key.read(in);
        if (!sequenced) {
          ascending.require(start);
        }
        part = "].value";
        Object v = value.read(in);
        part = "].key";
        int before = map.size();
        map.put(k, v);
        if (map.size() == before) {
          throw new CodecException("equals a key before it");
        }
      } catch (RuntimeException e) {
        throw CodecException.within("[" + i + part, e);
      }
    }
    in.exit();
    return sequenced ? Collections.unmodifiableSequencedMap(map) : Collections.unmodifiableMap(map);
  }

  private String name() {
    return sequenced ? "SequencedMap" : "Map";
  }

  @Override
  String schema(Schema schema) {
    return name() + '<' + key.schema(schema) + ", " + value.schema(schema) + '>';
  }
}
