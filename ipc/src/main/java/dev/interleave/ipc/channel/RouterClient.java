// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.Polled;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Somebody registered at a {@link Router}: sends letters, and receives those for it, by asking for
 * them or, if it was registered with a listener, by that alone.
 *
 * <p>Closing it takes it out of the router: its name is free, and what it had not received is dead.
 *
 * <p>Thread-safe. No method accepts {@code null}.
 *
 * @param <M> the messages
 */
public final class RouterClient<M> implements Receiver<Letter<M>> {
  private final Router<M> router;
  private final Mailbox<M> mailbox;

  RouterClient(Router<M> router, Mailbox<M> mailbox) {
    this.router = router;
    this.mailbox = mailbox;
  }

  /** The name under which it is registered. */
  public String id() {
    return mailbox.id();
  }

  /** That of the router, and the id. */
  @Override
  public String name() {
    return mailbox.name();
  }

  /**
   * Sends a letter to one client.
   *
   * @return whether it is in the mailbox; if not, it is a dead letter
   * @throws ChannelTimeoutException if there was no room until the deadline, and the owner wants
   *     senders to wait
   * @throws MailboxFullException if there was no room, and the owner wants them to fail
   * @throws ChannelClosedException if this client or the router is or gets closed
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public boolean send(String to, M message, Deadline deadline)
      throws ChannelException, InterruptedException {
    return router.deliver(mailbox, new Address.To(to), message, deadline) == 1;
  }

  /**
   * Sends a letter to all others that are registered at this moment: to all of them or, if one has
   * no room and this call fails, to none.
   *
   * @return how many mailboxes it is in
   * @throws ChannelTimeoutException as {@link #send}
   * @throws MailboxFullException as {@link #send}
   * @throws ChannelClosedException as {@link #send}
   * @throws InterruptedException as {@link #send}
   */
  public int broadcast(M message, Deadline deadline) throws ChannelException, InterruptedException {
    return router.deliver(mailbox, new Address.All(), message, deadline);
  }

  /**
   * Sends a letter to all others that have subscribed to a topic, as {@link #broadcast} does to
   * all. If nobody has, it is a dead letter.
   *
   * @return how many mailboxes it is in
   * @throws ChannelTimeoutException as {@link #send}
   * @throws MailboxFullException as {@link #send}
   * @throws ChannelClosedException as {@link #send}
   * @throws InterruptedException as {@link #send}
   */
  public int publish(String topic, M message, Deadline deadline)
      throws ChannelException, InterruptedException {
    return router.deliver(mailbox, new Address.Topic(topic), message, deadline);
  }

  /** Receives what is published to the topic from now on. Idempotent; nothing if it is closed. */
  public void subscribe(String topic) {
    router.subscribe(mailbox, Objects.requireNonNull(topic, "topic"));
  }

  /** Receives nothing more of the topic. Idempotent. */
  public void unsubscribe(String topic) {
    router.unsubscribe(mailbox, Objects.requireNonNull(topic, "topic"));
  }

  /**
   * The next letter.
   *
   * @return null if the router is closed and all has been received
   * @throws IllegalStateException if it has a listener
   */
  @Override
  public @Nullable Letter<M> receive(Deadline deadline)
      throws ChannelException, InterruptedException {
    checkPull();
    return mailbox.receive(Objects.requireNonNull(deadline, "deadline"));
  }

  @Override
  public Polled tryReceive(Consumer<? super Letter<M>> handler) throws ChannelException {
    checkPull();
    return mailbox.tryReceive(Objects.requireNonNull(handler, "handler"));
  }

  private void checkPull() {
    if (mailbox.isListened()) {
      throw new IllegalStateException(name() + " has a listener, which gets all letters");
    }
  }

  /**
   * Leaves the router. Who waits to receive here gets a {@link ChannelClosedException}; what was
   * not received is dead. A listener ends with the letter that it has. Idempotent.
   */
  @Override
  public void close() {
    router.leave(mailbox);
  }

  @Override
  public boolean isClosed() {
    return mailbox.hasLeft();
  }

  @Override
  public ChannelStats stats() {
    return mailbox.stats();
  }

  /** For messages: the name, and how full its mailbox is. */
  @Override
  public String toString() {
    return "RouterClient[" + mailbox + "]";
  }
}
