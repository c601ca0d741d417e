// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A provider whose sends within a conversation, and whose receives from a queue, go wrong as a test
 * wants, and that can vanish.
 */
final class FaultyFactory {
  final List<Connection> connections = new CopyOnWriteArrayList<>();
  private final @Nullable ConnectionFactory real;

  /** What becomes of a message that is sent. */
  volatile Sending sending = MessageProducer::send;

  /** How a listener gets the next invitation. */
  volatile Receiving receiving = MessageConsumer::receive;

  /** What happens after something of it was closed, in that thread. */
  volatile Runnable closed = () -> {};

  interface Receiving {
    @Nullable Message receive(MessageConsumer from) throws JMSException;
  }

  interface Sending {
    void send(MessageProducer to, Message message) throws JMSException;
  }

  FaultyFactory(@Nullable ConnectionFactory real) {
    this.real = real;
  }

  ConnectionFactory factory() {
    return wrap(ConnectionFactory.class, real);
  }

  /** Ends all connections without a word to their users, or to the other side. */
  void vanish() throws JMSException {
    for (Connection connection : connections) {
      connection.close();
    }
  }

  private <T> T wrap(Class<T> type, @Nullable Object target) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> call(target, method, arguments)));
  }

  private @Nullable Object call(
      @Nullable Object target, Method method, Object @Nullable [] arguments) throws Throwable {
    if (target instanceof MessageProducer to && arguments != null && isSend(method)) {
      sending.send(to, (Message) arguments[0]);
      return null;
    }
    if (target instanceof MessageConsumer from && isReceive(method)) {
      return receiving.receive(from);
    }
    Object result;
    try {
      result = method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      Throwable cause = e.getCause();
      throw cause == null ? e : cause;
    }
    if (method.getName().equals("close")) {
      closed.run();
    }
    if (result instanceof Connection made) {
      connections.add(made);
      return wrap(Connection.class, made);
    }
    return switch (result) {
      case Session made -> wrap(Session.class, made);
      case MessageProducer made -> wrap(MessageProducer.class, made);
      case MessageConsumer made -> wrap(MessageConsumer.class, made);
      case null, default -> result;
    };
  }

  private static boolean isReceive(Method method) {
    return method.getName().equals("receive") && method.getParameterCount() == 0;
  }

  private static boolean isSend(Method method) {
    return method.getName().equals("send") && method.getParameterCount() == 1;
  }
}
