// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RemoteExceptionTest {
  private static byte[] sent(Throwable thrown, int maxBytes) {
    Encoder out = new Encoder(maxBytes);
    ExceptionFrame.write(thrown, out);
    return out.toByteArray();
  }

  private static RemoteException received(byte[] bytes, String server) {
    Decoder in = new Decoder(bytes);
    ExceptionFrame frame = ExceptionFrame.read(in);
    in.requireEnd();
    return frame.toException(server);
  }

  private static RemoteException through(Throwable thrown, String server) {
    return received(sent(thrown, Encoder.DEFAULT_MAX_BYTES), server);
  }

  private static Throwable thrown(StackTraceElement... stack) {
    return stacked(new IllegalStateException("no such account"), stack);
  }

  private static <T extends Throwable> T stacked(T thrown, StackTraceElement... stack) {
    thrown.setStackTrace(stack);
    return thrown;
  }

  private static StackTraceElement frame(String type, String method, int line) {
    return new StackTraceElement(
        "app", null, null, "com.acme." + type, method, type + ".java", line);
  }

  private static RemoteException cause(Throwable e) {
    assertThat(e.getCause()).isInstanceOf(RemoteException.class);
    return (RemoteException) requireNonNull(e.getCause());
  }

  @Test
  void tellsClassMessageAndServer() {
    RemoteException e = through(new NumberFormatException("for \"x\""), "calc");
    assertThat(e).hasMessage("on calc: java.lang.NumberFormatException: for \"x\"");
    assertThat(e.server()).isEqualTo("calc");
    assertThat(e.remoteClass()).isEqualTo("java.lang.NumberFormatException");
    assertThat(e.remoteMessage()).contains("for \"x\"");
    assertThat(e.isA(NumberFormatException.class)).isTrue();
    assertThat(e.isA(IllegalArgumentException.class)).isTrue();
    assertThat(e.isA(Throwable.class)).isTrue();
    assertThat(e.isA(IllegalStateException.class)).isFalse();
  }

  /** C22: an exception with an empty message was reported as a success, one without lost. */
  @Test
  void emptyAndMissingMessagesAreDifferent() {
    assertThat(through(new IOException(""), "s").remoteMessage()).contains("");
    assertThat(through(new IOException(), "s").remoteMessage()).isEmpty();
    assertThat(through(new IOException(), "s")).hasMessage("on s: java.io.IOException");
    assertThat(through(new Throwable("t"), "s").remoteClass()).isEqualTo("java.lang.Throwable");
  }

  @Test
  void printsRemoteFramesAndThenTheCallSite() {
    StackTraceElement main = frame("Bank", "transfer", 20);
    StackTraceElement run = frame("Server", "run", 7);
    Throwable cause =
        stacked(new IOException("disk full"), frame("Accounts", "load", 55), main, run);
    Throwable thrown = thrown(frame("Bank", "withdraw", 31), main, run);
    thrown.initCause(cause);
    StringWriter text = new StringWriter();
    through(thrown, "bank").printStackTrace(new PrintWriter(text, true));
    List<String> lines = text.toString().replace("\t", "    ").lines().toList();
    String name = RemoteException.class.getName();
    assertThat(lines.subList(0, 4))
        .containsExactly(
            name + ": on bank: java.lang.IllegalStateException: no such account",
            "    at remote:bank//com.acme.Bank.withdraw(Bank.java:31)",
            "    at remote:bank//com.acme.Bank.transfer(Bank.java:20)",
            "    at remote:bank//com.acme.Server.run(Server.java:7)");
    int local = lines.indexOf("Caused by: " + name + ": on bank: java.io.IOException: disk full");
    assertThat(lines.subList(4, local))
        .allMatch(line -> line.startsWith("    at ") && !line.contains("remote:"))
        .anyMatch(line -> line.contains("RemoteExceptionTest.printsRemoteFrames"))
        .noneMatch(line -> line.contains("ExceptionFrame"));
    assertThat(lines.subList(local + 1, lines.size()))
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .isEqualTo("    at remote:bank//com.acme.Accounts.load(Accounts.java:55)"),
            line -> assertThat(line).isEqualTo("    ... " + (local - 4 + 2) + " more"));
  }

  @Test
  void causesAndSuppressedAreKept() {
    Throwable thrown =
        new IllegalStateException("outer", new IOException("inner", new Error("root")));
    thrown.addSuppressed(new ArithmeticException("while closing"));
    RemoteException e = through(thrown, "s");
    assertThat(cause(e).remoteClass()).isEqualTo("java.io.IOException");
    assertThat(cause(cause(e)).remoteClass()).isEqualTo("java.lang.Error");
    assertThat(cause(cause(e)).getCause()).isNull();
    assertThat(e.getSuppressed())
        .singleElement()
        .isInstanceOfSatisfying(
            RemoteException.class,
            other -> assertThat(other.remoteMessage()).contains("while closing"));
  }

  @Test
  void fromServerToServer() {
    RemoteException vault = through(thrown(frame("Vault", "open", 3)), "vault");
    RemoteException bank = through(vault, "bank");
    assertThat(bank)
        .hasMessage(
            "on bank: %s: on vault: java.lang.IllegalStateException: no such account"
                .formatted(RemoteException.class.getName()));
    assertThat(bank.getStackTrace()[0])
        .hasToString("remote:bank>vault//com.acme.Vault.open(Vault.java:3)");
  }

  @Test
  void circlesEnd() {
    Exception a = new Exception("a");
    Exception b = new Exception("b", a);
    a.initCause(b);
    b.addSuppressed(a);
    RemoteException e = through(a, "s");
    assertThat(cause(e).remoteMessage()).contains("b");
    assertThat(cause(cause(e)).remoteMessage()).contains("(the same exception as above)");
    assertThat(cause(cause(e)).getCause()).isNull();
    assertThat(cause(e).getSuppressed()).hasSize(1);
  }

  @Test
  void everythingIsBounded() {
    Throwable chain = new Exception("root");
    for (int i = 0; i < 1_000; i++) {
      chain = new Exception("link " + i, chain);
    }
    int length = 0;
    Throwable last = through(chain, "s");
    for (Throwable e = last; e != null; e = e.getCause()) {
      length++;
      last = e;
    }
    assertThat(length).isEqualTo(32);
    assertThat(last).hasMessageEndingWith("(not all of its causes were sent)");

    Exception wide = new Exception("wide");
    for (int i = 0; i < 1_000; i++) {
      wide.addSuppressed(new Exception("part"));
    }
    RemoteException parts = through(wide, "s");
    assertThat(parts.getSuppressed()).hasSize(31);
    assertThat(parts.remoteMessage()).contains("wide (not all of its causes were sent)");

    assertThat(through(new Exception("x".repeat(5_000)), "s").remoteMessage())
        .contains("x".repeat(4_096) + "... (5000 characters)");

    StackTraceElement[] deep =
        Stream.generate(() -> frame("Deep", "down", 1))
            .limit(1_000)
            .toArray(StackTraceElement[]::new);
    StackTraceElement[] stack = through(thrown(deep), "s").getStackTrace();
    assertThat(stack[127]).hasToString("remote:s//com.acme.Deep.down(Deep.java:1)");
    assertThat(stack[128]).hasToString("remote:s//omitted.872 frames(Unknown Source)");
    assertThat(stack[129].getClassLoaderName()).isNotEqualTo("remote:s");
  }

  @Test
  void aSmallFrameTakesWhatFits() {
    Throwable thrown = new IllegalStateException("m".repeat(1_000), new IOException("inner"));
    thrown.setStackTrace(deep()); // that of the test is as deep as whoever runs it makes it
    RemoteException shorter = received(sent(thrown, 5_000), "s");
    assertThat(shorter.remoteMessage()).contains("m".repeat(512) + "... (1000 characters)");
    assertThat(cause(shorter).remoteMessage()).contains("inner");
    RemoteException bare = received(sent(thrown, 300), "s");
    assertThat(bare.remoteClass()).isEqualTo("java.lang.IllegalStateException");
    assertThat(bare.remoteMessage())
        .contains("m".repeat(100) + "... (1000 characters) (not all of its causes were sent)");
    assertThat(bare.getCause()).isNull();
    Encoder tiny = new Encoder(20);
    tiny.writeByte(1);
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> ExceptionFrame.write(thrown, tiny))
        .withMessage("does not fit into the limit of 20 bytes");
    assertThat(tiny.size()).isEqualTo(1);
  }

  /** More than fits into 5,000 bytes. */
  private static StackTraceElement[] deep() {
    StackTraceElement[] stack = new StackTraceElement[100];
    for (int i = 0; i < stack.length; i++) {
      stack[i] = new StackTraceElement("com.acme.bank.AccountsOfCustomers", "at" + i, "A.java", i);
    }
    return stack;
  }

  /** Whose own code fails. */
  @SuppressWarnings("serial")
  private static final class Hostile extends RuntimeException {
    @Override
    public String getMessage() {
      throw new IllegalStateException("no message");
    }

    @Override
    public synchronized Throwable getCause() {
      throw new IllegalStateException("no cause");
    }

    @Override
    public StackTraceElement[] getStackTrace() {
      throw new IllegalStateException("no stack");
    }
  }

  @SuppressWarnings("serial")
  private static final class Stackless extends RuntimeException {
    @Override
    @SuppressWarnings("NullAway") // as others' code may do
    public StackTraceElement[] getStackTrace() {
      return null;
    }
  }

  @Test
  void exceptionsThatFailAreSentAllTheSame() {
    RemoteException e = through(new Hostile(), "s");
    assertThat(e.remoteClass()).isEqualTo(Hostile.class.getName());
    assertThat(e.remoteMessage()).contains("(getMessage() threw java.lang.IllegalStateException)");
    assertThat(e.getCause()).isNull();
    assertThat(through(new Stackless(), "s").remoteClass()).isEqualTo(Stackless.class.getName());
    assertThat(through(new Exception("a\uD800b"), "s").remoteMessage()).contains("a?b");
  }

  /** No class is looked up: one that does not exist here is as good as any. */
  @Test
  void classesAreOnlyNames() {
    Encoder out = new Encoder();
    out.writeUnsigned(1);
    out.writeString("com.acme.NotHere");
    out.writeString(null);
    out.writeUnsigned(0); // frames of its own
    out.writeUnsigned(0); // in common
    out.writeUnsigned(0); // omitted
    out.writeByte(0); // cause
    out.writeUnsigned(0); // suppressed
    RemoteException e = received(out.toByteArray(), "s");
    assertThat(e).hasMessage("on s: com.acme.NotHere");
    assertThat(e.isA(Exception.class)).isFalse();
  }

  @Test
  void goldenBytes() {
    Throwable thrown = thrown(frame("A", "b", 3));
    String java = "java.lang.";
    List<Byte> expected = new ArrayList<>();
    append(expected, 3);
    append(expected, java + "IllegalStateException");
    append(expected, java + "RuntimeException");
    append(expected, java + "Exception");
    append(expected, "no such account");
    append(expected, 1, 0, 0);
    append(expected, "com.acme.A");
    append(expected, "b");
    append(expected, "A.java");
    append(expected, 6, 0, 0, 0, 0);
    byte[] bytes = sent(thrown, 1_000);
    assertThat(bytes).containsExactly(expected.toArray(Byte[]::new));
  }

  private static void append(List<Byte> bytes, int... values) {
    for (int value : values) {
      bytes.add((byte) value);
    }
  }

  private static void append(List<Byte> bytes, String text) {
    bytes.add((byte) (text.length() + 1));
    for (byte b : text.getBytes(UTF_8)) {
      bytes.add(b);
    }
  }

  @Test
  void wrongBytes() {
    assertWrong("exception: an exception without a class", 0);
    assertWrong("exception: a frame or class without a name", 1, 0);
    assertWrong("exception: 9 is more than 8", 9);
    assertWrong("exception: 129 is more than 128", 1, 2, 'A', 0, 0x81, 1);
    assertWrong("exception: 1 is more than 0", 1, 2, 'A', 0, 0, 1);
    assertWrong("exception: 33 is more than 32", 1, 2, 'A', 0, 0, 0, 0, 0, 33);
    assertWrong("exception: a frame of a class loader", 1, 2, 'A', 0, 1, 2, 'x');
    Encoder many = new Encoder();
    for (int i = 0; i < 40; i++) {
      for (int b : new int[] {1, 2, 'A', 0, 0, 0, 0, 1}) {
        many.writeByte(b);
      }
    }
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> ExceptionFrame.read(new Decoder(many.toByteArray())))
        .withMessage("exception: more than 32 exceptions in one");
  }

  private static void assertWrong(String message, int... bytes) {
    Encoder out = new Encoder();
    for (int b : bytes) {
      out.writeByte(b);
    }
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> ExceptionFrame.read(new Decoder(out.toByteArray())))
        .withMessage(message);
  }

  @Test
  void isSerializableItself() throws IOException, ClassNotFoundException {
    RemoteException e = through(new IllegalStateException("x", new IOException("y")), "s");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(e);
    }
    @Nullable Object copy;
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      copy = in.readObject();
    }
    assertThat(copy)
        .isInstanceOfSatisfying(
            RemoteException.class,
            other -> {
              assertThat(other).hasMessage(e.getMessage());
              assertThat(other.isA(IllegalStateException.class)).isTrue();
              assertThat(other.getStackTrace()).isEqualTo(e.getStackTrace());
            });
  }
}
