// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** A fingerprint, then what the handler of the type writes. */
final class CompactCoder<T> implements Coder<T> {
  private final Type type;
  private final String name;
  private final Handler handler;
  private final String schema;
  private final int fingerprint;

  /**
   * @param name begins the path of errors
   */
  CompactCoder(Type type, String name, Handler handler) {
    this.type = type;
    this.name = name;
    this.handler = handler;
    schema = Schema.of(handler);
    fingerprint = Schema.fingerprint(schema);
  }

  @Override
  public Type type() {
    return type;
  }

  @Override
  public String schema() {
    return schema;
  }

  @Override
  public int fingerprint() {
    return fingerprint;
  }

  @Override
  public void encode(@Nullable T value, Encoder out) {
    int start = out.size();
    int depth = out.depth();
    boolean done = false;
    try {
      out.writeInt(fingerprint);
      handler.write(out, value);
      done = true;
    } catch (CodecException e) {
      throw e.within(name);
    } finally {
      if (!done) {
        out.truncate(start);
        out.setDepth(depth);
      }
    }
  }

  @Override
  @SuppressWarnings("unchecked") // the handler was made for the type
  public @Nullable T decode(Decoder in) {
    int depth = in.depth();
    try {
      int theirs = in.readInt();
      if (theirs != fingerprint) {
        throw new CodecException(
            "the peer has another version of the type: fingerprint %08x, here %08x of %s"
                .formatted(theirs, fingerprint, Schema.shortened(schema)));
      }
      return (T) handler.read(in);
    } catch (CodecException e) {
      throw e.within(name);
    } finally {
      in.setDepth(depth);
    }
  }

  @Override
  public String toString() {
    return "Coder[" + schema + ']';
  }
}
