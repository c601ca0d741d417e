// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One side's connection to the broker for one conversation: a temporary queue to receive from, by a
 * thread of the provider, and a producer to the other side's. A session is for one thread at a
 * time, so there are two; who sends is for the user of this class to order.
 *
 * <p>Messages are acknowledged lazily, which saves one to the broker for each: they are numbered,
 * and one that comes twice is dropped.
 */
final class JmsWire implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Transport.class);

  private final String name;
  private final Connection connection;
  private final Session sending;
  private final Session receiving;
  private final TemporaryQueue inbox;

  /** Set by {@link #address}. */
  private @Nullable MessageProducer producer;

  /** Who is told of what comes, by threads of the provider. */
  interface Receiver {
    /** One at a time, in order. */
    void letter(JmsLetter letter);

    /** The broker is gone, and nothing more will come. */
    void broken(Exception why);
  }

  JmsWire(ConnectionFactory factory, String name) throws JMSException {
    this.name = name;
    connection = factory.createConnection();
    try {
      sending = connection.createSession(false, Session.DUPS_OK_ACKNOWLEDGE);
      receiving = connection.createSession(false, Session.DUPS_OK_ACKNOWLEDGE);
      inbox = receiving.createTemporaryQueue();
    } catch (JMSException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Begins to receive. */
  void start(Receiver receiver) throws JMSException {
    connection.setExceptionListener(receiver::broken);
    receiving.createConsumer(inbox).setMessageListener(message -> hand(message, receiver));
    connection.start();
  }

  private void hand(Message message, Receiver receiver) {
    try {
      JmsLetter letter = JmsLetter.of(message);
      if (letter == null) {
        LOG.debug("{}: somebody else's message is ignored", name);
      } else {
        receiver.letter(letter);
      }
    } catch (JMSException | RuntimeException e) { // or the provider would deliver it again
      receiver.broken(e);
    }
  }

  /**
   * Where {@link #send} sends to, and how long the broker keeps what it cannot deliver: a broker
   * that makes queues by itself makes that of somebody who has died anew, and would keep it.
   */
  void address(Destination to, Duration life) throws JMSException {
    MessageProducer made = sending.createProducer(to);
    made.setTimeToLive(life.toMillis());
    made.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
    made.setDisableMessageID(true);
    made.setDisableMessageTimestamp(true);
    producer = made;
  }

  /** Sends the first bytes of the array, which is the caller's again. */
  void send(byte[] bytes, int length) throws JMSException {
    MessageProducer to = producer;
    if (to == null) {
      throw new IllegalStateException(name + " has no address");
    }
    BytesMessage message = sending.createBytesMessage();
    message.writeBytes(bytes, 0, length);
    to.send(message);
  }

  /** Sends an invitation, or the answer to one: with this inbox as the return address. */
  void invite(Destination to, byte[] bytes, UUID conversation, Duration life) throws JMSException {
    try (MessageProducer once = sending.createProducer(to)) {
      BytesMessage message = sending.createBytesMessage();
      message.writeBytes(bytes);
      message.setJMSReplyTo(inbox);
      message.setJMSCorrelationID(conversation.toString());
      once.send(
          message,
          DeliveryMode.NON_PERSISTENT,
          Message.DEFAULT_PRIORITY,
          Math.max(1, life.toMillis()));
    }
  }

  Destination queue(String queue) throws JMSException {
    return sending.createQueue(queue);
  }

  /**
   * Hands over to the broker what was sent, and deletes the inbox; for the conversation's thread.
   */
  @Override
  public void close() {
    forgetInterrupt();
    closeQuietly(connection, name);
  }

  /**
   * Whether a provider failed as it was interrupted, or says so: what it was to do may be done. It
   * has taken the interrupt from the thread, or not.
   */
  static boolean isByInterrupt(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof InterruptedException) {
        return true;
      }
    }
    return false;
  }

  /**
   * In a thread of the transport's own, which nobody interrupts but a provider that leaves it so:
   * it would not sleep any more, and all that the provider is asked would fail.
   */
  static void forgetInterrupt() {
    boolean unused = Thread.interrupted();
  }

  /** With a connection go its sessions, consumers and temporary queues. */
  static void closeQuietly(Connection connection, String name) {
    try {
      connection.close();
    } catch (JMSException | RuntimeException e) {
      LOG.debug("{}: its connection to the broker could not be closed", name, e);
    }
  }
}
