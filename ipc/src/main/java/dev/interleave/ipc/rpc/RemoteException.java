// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a method threw in another thread or process. It tells all that is known of the exception
 * there, and is never an instance of its class: no class is loaded because a peer names it.
 *
 * <pre>{@code
 * dev.interleave.ipc.rpc.RemoteException: on bank: java.lang.IllegalStateException: no such account
 *     at remote:bank//com.acme.Bank.withdraw(Bank.java:31)
 *     at remote:bank//com.acme.Bank.transfer(Bank.java:20)
 *     at com.acme.Client.pay(Client.java:12)
 * Caused by: dev.interleave.ipc.rpc.RemoteException: on bank: java.io.IOException: disk full
 *     at remote:bank//com.acme.Accounts.load(Accounts.java:55)
 *     ... 2 more
 * }</pre>
 *
 * <p>The stack begins with the frames of the remote thread, marked as if {@code remote:} and the
 * name of the server were their class loader, and goes on with the frames of the thread that made
 * the call. If that server had the exception from another one, its name follows: {@code
 * remote:bank>vault}.
 *
 * <p>{@link #getCause()} and {@link #getSuppressed()} are remote exceptions too. All of it is
 * bounded by the side that sends: 32 exceptions, 128 frames and 4,096 characters of message each,
 * and less if that does not fit into a frame of the transport; what was cut says so. Causes that go
 * in a circle end where it closes. Messages are those of the peer: they may say anything.
 */
public final class RemoteException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String server;
  private final String remoteClass;
  private final @Nullable String remoteMessage;

  @SuppressWarnings("serial") // made by List.copyOf
  private final List<String> types;

  /**
   * @param types the names of the class of the remote exception and of its superclasses
   */
  RemoteException(
      String server,
      List<String> types,
      @Nullable String message,
      @Nullable RemoteException cause) {
    super("on " + server + ": " + types.get(0) + (message == null ? "" : ": " + message), cause);
    this.server = server;
    this.types = List.copyOf(types);
    remoteClass = types.get(0);
    remoteMessage = message;
  }

  /** The name of the server on which it was thrown. */
  public String server() {
    return server;
  }

  /** The name of the class of the exception there, such as {@code java.io.IOException}. */
  public String remoteClass() {
    return remoteClass;
  }

  /** Its message there; empty if it had none. */
  public Optional<String> remoteMessage() {
    return Optional.ofNullable(remoteMessage);
  }

  /**
   * Whether the exception there was an instance of a class that has the name of this one. At most
   * the first eight superclasses are known.
   */
  public boolean isA(Class<? extends Throwable> type) {
    return types.contains(Objects.requireNonNull(type, "type").getName())
        || type == Throwable.class;
  }

  /** Does nothing: the stack is that of the remote exception. */
  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized") // there is nothing to guard
  public Throwable fillInStackTrace() {
    return this;
  }
}
