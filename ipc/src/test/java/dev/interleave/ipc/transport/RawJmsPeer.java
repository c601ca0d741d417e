// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.UUID;

/** The connecting side of a conversation over a broker, which says what a test wants. */
final class RawJmsPeer implements AutoCloseable {
  private final Connection connection;
  private final Session session;
  private final MessageConsumer consumer;
  private final TemporaryQueue inbox;
  private final UUID conversation = UUID.randomUUID();
  private MessageProducer producer;

  RawJmsPeer(ConnectionFactory factory, String queue) throws JMSException {
    connection = factory.createConnection();
    session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    inbox = session.createTemporaryQueue();
    consumer = session.createConsumer(inbox);
    producer = session.createProducer(session.createQueue(queue));
    connection.start();
  }

  /** Shakes hands. */
  void connect(TransportOptions options) throws JMSException {
    invite(Hello.of(WireKind.JMS, options).encode(), true);
    JmsLetter answer = hear(JmsHead.ACCEPT);
    producer = session.createProducer(answer.replyTo());
    say(JmsHead.CONFIRM, 0, 0, ByteBuffer.allocate(0));
  }

  void invite(ByteBuffer hello, boolean withAddress) throws JMSException {
    send(JmsHead.CONNECT, 0, Long.MAX_VALUE, hello, withAddress);
  }

  void say(byte kind, long sequence, long limit, ByteBuffer payload) throws JMSException {
    send(kind, sequence, limit, payload, false);
  }

  private void send(byte kind, long sequence, long limit, ByteBuffer payload, boolean withAddress)
      throws JMSException {
    ByteBuffer bytes = ByteBuffer.allocate(JmsHead.BYTES + payload.remaining());
    new JmsHead(kind, conversation, sequence, 0, limit).encode(bytes);
    bytes.put(payload);
    sendRaw(bytes.array(), withAddress);
  }

  void sendRaw(byte[] bytes, boolean withAddress) throws JMSException {
    BytesMessage message = session.createBytesMessage();
    message.writeBytes(bytes);
    if (withAddress) {
      message.setJMSReplyTo(inbox);
    }
    producer.send(message);
  }

  void sendText(String text) throws JMSException {
    producer.send(session.createTextMessage(text));
  }

  /** The next message of this kind; others are passed over. */
  JmsLetter hear(byte kind) throws JMSException {
    while (true) {
      Message message = consumer.receive(TransportContract.PATIENCE.toMillis());
      JmsLetter letter = JmsLetter.of(Objects.requireNonNull(message, "nothing came"));
      if (letter != null && letter.head().kind() == kind) {
        return letter;
      }
    }
  }

  @Override
  public void close() throws JMSException {
    connection.close();
  }
}
