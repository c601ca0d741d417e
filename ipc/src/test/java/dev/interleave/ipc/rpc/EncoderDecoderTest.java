// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EncoderDecoderTest {
  @ParameterizedTest
  @ValueSource(
      longs = {
        0,
        1,
        127,
        128,
        16_383,
        16_384,
        Integer.MAX_VALUE,
        1L << 62,
        Long.MAX_VALUE,
        -1,
        -64,
        -65,
        Long.MIN_VALUE
      })
  void numbersOfAllLengths(long value) {
    Encoder out = new Encoder();
    out.writeUnsigned(value);
    int unsigned = out.size();
    assertThat(unsigned).isEqualTo(value == 0 ? 1 : (70 - Long.numberOfLeadingZeros(value)) / 7);
    out.writeSigned(value);
    out.writeLong(value);
    out.writeInt((int) value);
    out.writeByte((int) value);
    Decoder in = new Decoder(out.toByteArray());
    assertThat(in.readUnsigned()).isEqualTo(value);
    assertThat(in.remaining()).isEqualTo(out.size() - unsigned);
    assertThat(in.readSigned()).isEqualTo(value);
    assertThat(in.readLong()).isEqualTo(value);
    assertThat(in.readInt()).isEqualTo((int) value);
    assertThat(in.readByte()).isEqualTo((byte) value);
    in.requireEnd();
  }

  @Test
  void stringsAreUtf8() {
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 10_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int length = random.nextInt(20); length > 0; length--) {
        int point = random.nextInt(1 << random.nextInt(1, 21));
        if (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE) {
          text.appendCodePoint(point);
        }
      }
      Encoder out = new Encoder();
      out.writeString(text.toString());
      byte[] utf8 = text.toString().getBytes(UTF_8);
      Decoder in = new Decoder(out.toByteArray());
      assertThat(in.readUnsigned()).isEqualTo(utf8.length + 1);
      assertThat(in.readBytes(utf8.length)).isEqualTo(utf8);
      assertThat(new Decoder(out.toByteArray()).readString()).isEqualTo(text.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\uD800", "a\uDC00", "\uD800\uD800\uDC00", "\uDC00\uD800", "ok\uDBFF"})
  void unpairedSurrogatesAreRefused(String text) {
    Encoder out = new Encoder();
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> out.writeString(text))
        .withMessageStartingWith("unpaired surrogate at index ");
    assertThat(out.size()).isZero();
  }

  @Test
  void growsUpToTheLimitAndNoFurther() {
    Encoder out = new Encoder(1_000);
    out.writeBytes(new byte[999]);
    out.writeByte(1);
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> out.writeByte(1))
        .withMessage("does not fit into the limit of 1000 bytes");
    assertThat(out.size()).isEqualTo(1_000);
    assertThat(out.maxBytes()).isEqualTo(1_000);
    assertThat(out).hasToString("Encoder[1000 of at most 1000 bytes]");
    out.truncate(997);
    assertThatExceptionOfType(CodecException.class).isThrownBy(() -> out.writeInt(1));
    assertThat(out.size()).isEqualTo(997);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> out.truncate(998))
        .withMessage("size: 998, written: 997");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Encoder(0))
        .withMessage("maxBytes is less than 1: 0");
  }

  @Test
  void resetLetsLargeArraysGo() {
    Encoder out = new Encoder();
    out.writeBytes(new byte[1 << 20]);
    out.reset();
    assertThat(out.size()).isZero();
    assertThat(out.array()).hasSize(64 << 10);
    out.writeInt(7);
    assertThat(out.toByteArray()).containsExactly(7, 0, 0, 0);
  }

  @Test
  void overwritesWhatIsWritten() {
    Encoder out = new Encoder();
    out.writeInt(0);
    out.writeByte(9);
    out.setInt(0, 0x04030201);
    assertThat(out.toByteArray()).containsExactly(1, 2, 3, 4, 9);
    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> out.setInt(2, 0));
  }

  @Test
  void bufferIsAView() {
    Encoder out = new Encoder();
    out.writeInt(1);
    ByteBuffer view = out.toByteBuffer();
    assertThat(view.remaining()).isEqualTo(4);
    assertThatExceptionOfType(ReadOnlyBufferException.class).isThrownBy(() -> view.put((byte) 0));
  }

  @Test
  void bufferIsCopiedWhenRead() {
    ByteBuffer shared = ByteBuffer.allocateDirect(8).putInt(0).putInt(0x01000000);
    shared.position(4);
    Decoder in = new Decoder(shared);
    shared.putInt(4, 0);
    assertThat(shared.position()).isEqualTo(4);
    assertThat(in.readInt()).isEqualTo(1);
    in.requireEnd();
  }

  @Test
  void partsAreReadByThemselves() {
    Decoder in = new Decoder(new byte[] {9, 1, 2, 3, 9}, 1, 3);
    Decoder slice = in.slice(2);
    assertThat(slice.readByte()).isEqualTo((byte) 1);
    assertThat(in.readByte()).isEqualTo((byte) 3);
    assertThat(slice).hasToString("Decoder[1 bytes left]");
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(slice::requireEnd)
        .withMessage("1 bytes left behind the value");
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> slice.slice(2))
        .withMessage("expected 2 more bytes, found 1");
    assertThatExceptionOfType(CodecException.class).isThrownBy(in::readByte);
    assertThatIllegalArgumentException().isThrownBy(() -> in.readBytes(-1));
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> new Decoder(new byte[3], 2, 2));
  }

  @Test
  void streams() throws IOException {
    Encoder encoder = new Encoder();
    try (OutputStream out = encoder.asOutputStream()) {
      out.write(1);
      out.write(new byte[] {2, 3, 4}, 1, 2);
    }
    Decoder decoder = new Decoder(encoder.toByteArray());
    try (InputStream in = decoder.asInputStream()) {
      assertThat(in.available()).isEqualTo(3);
      assertThat(in.read()).isEqualTo(1);
      assertThat(in.read(new byte[0])).isZero();
      assertThat(in.readAllBytes()).containsExactly(3, 4);
      assertThat(in.read()).isEqualTo(-1);
      assertThat(in.read(new byte[1])).isEqualTo(-1);
    }
    decoder.requireEnd();
  }
}
