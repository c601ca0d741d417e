// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.nio.ByteBuffer;

/**
 * The protocol: one frame of the transport is one message. It begins with its kind, a byte; kinds
 * of 128 and more may be ignored by who does not know them, any other unknown kind ends the
 * connection, as does a message that cannot be read. Numbers are as an {@link Encoder} writes them:
 * u is of variable length.
 *
 * <pre>
 * HELLO    magic int, version byte, name string, codec string;
 *          by a server: u how many SERVICEs follow
 * SERVICE  name string, u how many methods, each: signature string, int arguments, int result
 * REQUEST  u id, u method, u remaining nanoseconds + 1 (0: no deadline), byte lane,
 *          string key or null, u how many headers, each: name string,
 *          text string; then the arguments
 * REPLY    u id, then the result
 * ERROR    u id, byte code, string message; for REMOTE instead of that the exception
 * CANCEL   u id
 * GOODBYE  string reason
 * </pre>
 *
 * <p>A client begins with HELLO, the server answers with its own, and all that it serves. A method
 * has the number of its place in that list, counted from 0 through all services. Ids are chosen by
 * the client, from 1 upwards, and never used twice.
 */
final class Frames {
  static final int MAGIC = 0x43505249; // "IRPC"
  static final int VERSION = 1;

  static final int HELLO = 1;
  static final int SERVICE = 2;
  static final int REQUEST = 3;
  static final int REPLY = 4;
  static final int ERROR = 5;
  static final int CANCEL = 6;
  static final int GOODBYE = 7;

  /** From here on a kind may be ignored. */
  static final int IGNORABLE = 128;

  /** No peer announces more: what is read into is bounded by this. */
  static final int MAX_SERVICES = 4096;

  static final int MAX_METHODS = 4096;
  static final int MAX_HEADERS = 64;

  private static final int MAX_REASON = 512;

  private Frames() {}

  /** Why there is no reply; the number is its place. */
  enum Code {
    REMOTE(0),
    UNKNOWN_METHOD(1),
    BAD_ARGUMENT(2),
    BAD_RESULT(3),
    REJECTED(4);

    private static final Code[] ALL = values();

    private final int wire;

    Code(int wire) {
      this.wire = wire;
    }

    void write(Encoder out) {
      out.writeByte(wire);
    }

    static Code read(Decoder in) {
      int wire = in.readByte();
      for (Code code : ALL) {
        if (code.wire == wire) {
          return code;
        }
      }
      throw new CodecException("unknown code of an error: " + wire);
    }
  }

  /** What the first message of each side says. */
  record Hello(String name, String codec) {
    void write(Encoder out) {
      out.writeByte(HELLO);
      out.writeInt(MAGIC);
      out.writeByte(VERSION);
      out.writeString(name);
      out.writeString(codec);
    }

    /**
     * Reads what is behind the kind.
     *
     * @throws ServiceMismatchException if it is another protocol or version
     */
    static Hello read(Decoder in) {
      if (in.readInt() != MAGIC) {
        throw new ServiceMismatchException("the other side does not speak this protocol", null);
      }
      int version = in.readByte();
      if (version != VERSION) {
        throw new ServiceMismatchException(
            "the other side speaks version " + version + " of the protocol, this one " + VERSION,
            null);
      }
      return new Hello(text(in), text(in));
    }
  }

  static int kind(Decoder in) {
    return in.readByte() & 0xFF;
  }

  static String text(Decoder in) {
    String text = in.readString();
    if (text == null) {
      throw new CodecException("null for a text that has to be there");
    }
    return text;
  }

  /** What a peer gives as its reason: bounded, and in one line. */
  static String reason(Decoder in) {
    String text = text(in).replaceAll("\\p{Cntrl}", "\uFFFD");
    return text.length() <= MAX_REASON ? text : text.substring(0, MAX_REASON) + "...";
  }

  /** A number that is to be small. */
  static int number(Decoder in, int max, String what) {
    long number = in.readUnsigned();
    if (number < 0 || number > max) {
      throw new CodecException(
          what + " is not in 0 to " + max + ": " + Long.toUnsignedString(number));
    }
    return (int) number;
  }

  static ByteBuffer error(long id, Code code, String message) {
    Encoder out = new Encoder();
    out.writeByte(ERROR);
    out.writeUnsigned(id);
    code.write(out);
    out.writeString(shortened(message));
    return out.toByteBuffer();
  }

  static ByteBuffer cancel(long id) {
    Encoder out = new Encoder();
    out.writeByte(CANCEL);
    out.writeUnsigned(id);
    return out.toByteBuffer();
  }

  static ByteBuffer goodbye(String reason) {
    Encoder out = new Encoder();
    out.writeByte(GOODBYE);
    out.writeString(shortened(reason));
    return out.toByteBuffer();
  }

  /** Fits into any frame, and has UTF-8. */
  private static String shortened(String text) {
    String mended = Utf8.mended(text);
    return mended.codePointCount(0, mended.length()) <= MAX_REASON
        ? mended
        : mended.substring(0, mended.offsetByCodePoints(0, MAX_REASON - 3)) + "...";
  }
}
