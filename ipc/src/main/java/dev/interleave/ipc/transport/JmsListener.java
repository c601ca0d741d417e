// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import dev.interleave.Deadline;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread takes invitations from a queue, as long as there are not too many connections that are
 * not accepted; each is answered on a thread of its own. When the broker goes, it comes back to it.
 */
final class JmsListener implements Listener {
  private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
  private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(1);

  private final JmsTransport transport;
  private final Reception reception;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  private volatile @Nullable Connection broker;

  // The thread's own.
  private @Nullable Post post;
  private boolean told;

  /** Where invitations come from. */
  private record Post(Session session, Queue queue, MessageConsumer consumer) {
    Post again() throws JMSException {
      return new Post(session, queue, session.createConsumer(queue));
    }
  }

  JmsListener(JmsTransport transport) {
    this.transport = transport;
    reception = new Reception(transport.name(), transport.options().backlog());
    thread =
        Thread.ofPlatform()
            .daemon()
            .name("interleave listener " + transport.name())
            .unstarted(this::takeIn);
  }

  void start() throws JMSException {
    post = open();
    thread.start();
  }

  private Post open() throws JMSException {
    Connection made = transport.factory().createConnection();
    broker = made;
    if (isClosed()) { // either this sees it, or close sees the connection
      JmsWire.closeQuietly(made, name());
      throw new JMSException(name() + " is closed");
    }
    Session session = made.createSession(false, Session.AUTO_ACKNOWLEDGE);
    Queue queue = session.createQueue(transport.queue());
    Post opened = new Post(session, queue, session.createConsumer(queue));
    made.setExceptionListener(e -> {
      LOG.debug("{}: the broker is gone", name(), e);
      JmsWire.closeQuietly(made, name()); // so that whoever waits for a message wakes
    });
    made.start();
    return opened;
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  // ------------------------------------------------------------------ the thread

  private void takeIn() {
    @Nullable Post from = post;
    for (int failures = 0; !isClosed(); ) {
      try {
        from = from == null ? open() : from;
        if (failures > 0) {
          LOG.info("{} listens again", name());
        }
        failures = 0;
        takeFrom(from);
      } catch (JMSException | RuntimeException e) {
        tell(e);
      } catch (InterruptedException e) { // not by close; who did that does not own this thread
        LOG.warn("{}: its thread was interrupted; it listens on", name(), e);
      }
      from = null;
      JmsWire.forgetInterrupt();
      Connection lost = broker;
      if (lost != null) {
        JmsWire.closeQuietly(lost, name());
      }
      pause(failures++);
    }
  }

  /** Until the broker goes, or this is closed. */
  private void takeFrom(Post first) throws JMSException, InterruptedException {
    @Nullable Post from = first;
    while (!isClosed()) {
      JmsWire.forgetInterrupt();
      if (!reception.tryTakePlace()) {
        from.consumer.close(); // what it has fetched ahead goes to other listeners
        reception.takePlace();
        from = null;
      }
      Message message = null;
      try {
        if (isClosed()) {
          return;
        }
        from = from == null ? first.again() : from;
        message = from.consumer.receive();
      } finally {
        if (message == null) {
          reception.freePlace();
        }
      }
      if (message == null) {
        throw new JMSException(name() + ": the broker has ended it");
      }
      takeIn(message);
    }
  }

  private void takeIn(Message message) throws JMSException {
    JmsLetter letter;
    try {
      letter = JmsLetter.of(message);
    } catch (JMSException | RuntimeException e) {
      reception.freePlace();
      throw e;
    }
    if (letter == null || letter.head().kind() != JmsHead.CONNECT) {
      reception.failed(new HandshakeException(name() + ": what lay in the queue is no invitation"));
      return;
    }
    try {
      JmsOpening.accepting(transport, letter, reception).start();
    } catch (OutOfMemoryError e) { // of threads, too
      reception.failed(new TransportFailedException(name() + ": " + e.getMessage(), e));
    }
  }

  private void tell(Exception e) {
    if (isClosed()) {
      LOG.debug("{}: closed", name(), e);
    } else if (told) {
      LOG.debug("{}: the broker is gone, or does not come back yet", name(), e);
    } else {
      told = true;
      LOG.warn("{}: the broker is gone; will come back to it; said once", name(), e);
    }
  }

  /** Random, so that the listeners of a broker that comes back do not all come at once. */
  private void pause(int failures) {
    long most = Math.min(LONGEST_PAUSE, FIRST_PAUSE << Math.min(failures, 10));
    JmsWire.forgetInterrupt();
    try {
      boolean unused =
          closed.await(ThreadLocalRandom.current().nextLong(most) + 1, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      LOG.debug("{}: a pause is cut short", name(), e); // by somebody who knows this thread
    }
  }

  @Override
  public String name() {
    return transport.name();
  }

  @Override
  public Transport transport() {
    return transport;
  }

  @Override
  public dev.interleave.ipc.transport.Connection accept(Deadline deadline)
      throws TransportException, InterruptedException {
    return reception.accept(deadline);
  }

  @Override
  public long refused() {
    return reception.refused();
  }

  @Override
  public void close() {
    if (isClosed()) {
      return;
    }
    closed.countDown();
    reception.freePlace(); // whoever waits for one looks whether it is closed
    Connection open = broker;
    if (open != null) {
      JmsWire.closeQuietly(open, name());
    }
    reception.close();
  }

  /** For messages: the name. */
  @Override
  public String toString() {
    return "listener at " + transport.name();
  }
}
