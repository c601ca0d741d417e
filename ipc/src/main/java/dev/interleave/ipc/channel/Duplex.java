// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.Polled;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A bounded two-way passage for messages inside a process: two {@link Channel}s back to back, with
 * two ends that are always the same two objects.
 *
 * <pre>{@code
 * Duplex<Question, Answer> desk = Duplex.create("desk", 10);
 * Endpoint<Question, Answer> customer = desk.first();
 * Endpoint<Answer, Question> clerk = desk.second();
 * }</pre>
 *
 * <p>Each direction has its own room and its own end. {@link Endpoint#closeSend()} ends one of
 * them; {@link Endpoint#close()} ends the one and breaks the other, so that the other side receives
 * what was sent, and then the end, and can send no more.
 *
 * <p>In errors and reports the directions are {@code desk-1to2} and {@code desk-2to1}.
 *
 * <p>Thread-safe; for the rest see {@link Channel}. For ends in two processes see {@link
 * FrameChannel}.
 *
 * @param <A> what the first end sends and the second receives
 * @param <B> what the second end sends and the first receives
 */
public final class Duplex<A, B> {
  private final String name;
  private final Endpoint<A, B> first;
  private final Endpoint<B, A> second;

  private Duplex(String name, int capacity) {
    this.name = Objects.requireNonNull(name, "name");
    Channel<A> there = Channel.create(name + "-1to2", capacity);
    Channel<B> back = Channel.create(name + "-2to1", capacity);
    first = new End<>(name + "-1", there, back);
    second = new End<>(name + "-2", back, there);
  }

  /**
   * A duplex.
   *
   * @param name in errors and reports
   * @param capacity how many messages each direction may hold, at least 1
   * @throws IllegalArgumentException if the capacity is less than 1
   */
  public static <A, B> Duplex<A, B> create(String name, int capacity) {
    return new Duplex<>(name, capacity);
  }

  /** The name given to {@link #create}. */
  public String name() {
    return name;
  }

  /** The one end. */
  public Endpoint<A, B> first() {
    return first;
  }

  /** The other end. */
  public Endpoint<B, A> second() {
    return second;
  }

  private record End<S, R>(String name, Channel<S> out, Channel<R> in) implements Endpoint<S, R> {
    @Override
    public void send(S message, Deadline deadline) throws ChannelException, InterruptedException {
      out.sender().send(message, deadline);
    }

    @Override
    public boolean trySend(S message) throws ChannelException {
      return out.sender().trySend(message);
    }

    @Override
    public @Nullable R receive(Deadline deadline) throws ChannelException, InterruptedException {
      return in.receiver().receive(deadline);
    }

    @Override
    public Polled tryReceive(Consumer<? super R> handler) throws ChannelException {
      return in.receiver().tryReceive(handler);
    }

    @Override
    public void closeSend() {
      out.sender().close();
    }

    @Override
    public void close() {
      out.sender().close();
      in.receiver().close();
    }

    @Override
    public boolean isClosed() {
      return in.receiver().isClosed();
    }

    @Override
    public ChannelStats stats() {
      ChannelStats into = in.receiver().stats();
      return new ChannelStats(
          out.sender().stats().sent(), into.received(), into.discarded(), into.waiting());
    }

    /** For messages: the name, and the state of both directions. */
    @Override
    public String toString() {
      return "Endpoint[" + name + ", sends to " + out + ", receives from " + in + "]";
    }
  }

  /** For messages: the name, and the state of both directions. */
  @Override
  public String toString() {
    return "Duplex[" + name + ", " + first + "]";
  }
}
