// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.jms;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import org.jspecify.annotations.Nullable;

/**
 * Request and reply as one writes it against the API: a queue for requests, a temporary queue for
 * the replies, the correlation id in between, a thread that waits on each side.
 */
final class BarePair implements Pair {
  private final Connection client;
  private final Connection server;
  private final Session session;
  private final MessageProducer producer;
  private final MessageConsumer replies;
  private final TemporaryQueue replyTo;
  private final byte[] bytes = new byte[64];
  private final boolean lean;

  /** The server's, if it is lean: for the one client that there is. */
  private @Nullable MessageProducer toClient;

  /**
   * Connects both.
   *
   * @param lean whether without what can be done without: ids and times of messages, an
   *     acknowledgement for each, and a producer that is told each time where to send to
   * @param listening whether the server replies at once, on the provider's thread that has the
   *     request, and has none of its own
   */
  BarePair(ConnectionFactory factory, String queue, boolean lean, boolean listening)
      throws JMSException {
    this.lean = lean;
    int acknowledge = lean ? Session.DUPS_OK_ACKNOWLEDGE : Session.AUTO_ACKNOWLEDGE;
    server = factory.createConnection();
    Session serving = server.createSession(false, acknowledge);
    MessageConsumer requests = serving.createConsumer(serving.createQueue(queue));
    MessageProducer answers = producer(serving, null, lean);
    if (listening) {
      byte[] copy = new byte[64];
      requests.setMessageListener(request -> answer(serving, request, answers, copy));
    } else {
      Thread.ofPlatform().daemon().name("server").start(() -> serve(serving, requests, answers));
    }
    server.start();
    client = factory.createConnection();
    session = client.createSession(false, acknowledge);
    producer = producer(session, session.createQueue(queue), lean);
    replyTo = session.createTemporaryQueue();
    replies = session.createConsumer(replyTo);
    client.start();
  }

  private static MessageProducer producer(Session session, @Nullable Destination to, boolean lean)
      throws JMSException {
    MessageProducer made = session.createProducer(to);
    made.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
    if (lean) {
      made.setDisableMessageID(true);
      made.setDisableMessageTimestamp(true);
    }
    return made;
  }

  private void serve(Session session, MessageConsumer requests, MessageProducer answers) {
    byte[] bytes = new byte[64];
    try {
      Message request;
      while ((request = requests.receive()) != null) {
        answer(session, request, answers, bytes);
      }
    } catch (JMSException e) {
      throw new IllegalStateException(e);
    }
  }

  private void answer(Session session, Message request, MessageProducer answers, byte[] bytes) {
    try {
      ((BytesMessage) request).readBytes(bytes);
      BytesMessage reply = session.createBytesMessage();
      reply.writeBytes(bytes);
      reply.setJMSCorrelationID(request.getJMSCorrelationID());
      if (lean) {
        if (toClient == null) {
          toClient = producer(session, request.getJMSReplyTo(), true);
        }
        toClient.send(reply);
      } else {
        answers.send(request.getJMSReplyTo(), reply);
      }
    } catch (JMSException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void roundTrip(long number) throws JMSException {
    BytesMessage request = session.createBytesMessage();
    request.writeLong(number);
    request.writeBytes(bytes, 8, 56);
    request.setJMSReplyTo(replyTo);
    String id = Long.toString(number);
    request.setJMSCorrelationID(id);
    producer.send(request);
    BytesMessage reply = (BytesMessage) replies.receive();
    if (!id.equals(reply.getJMSCorrelationID()) || reply.readLong() != number) {
      throw new IllegalStateException("another reply than to " + number);
    }
  }

  @Override
  public void close() throws JMSException {
    client.close();
    server.close();
  }
}
