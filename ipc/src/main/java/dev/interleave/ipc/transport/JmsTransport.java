// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import dev.interleave.Deadline;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import java.util.Objects;

/**
 * Between machines, through a message broker that speaks Jakarta Messaging 3: the address is a
 * queue. Who listens consumes from it, who connects sends to it; so neither knows where the other
 * one is, and the broker need not know this library.
 *
 * <pre>{@code
 * ConnectionFactory broker = new ActiveMQConnectionFactory("tcp://broker:61616");
 * Transport transport = new JmsTransport(broker, "desk");
 * RpcServer.builder(transport).register(Calculator.class, calculator).start(); // on each machine
 * }</pre>
 *
 * <h2>A connection</h2>
 *
 * <p>It is a conversation with an id of its own. Who connects sends a request to the queue, with
 * the id, and a temporary queue for the answer; a listener that takes it answers with a temporary
 * queue of its own; the connecting side confirms. From then on frames go to and fro over these two,
 * several in one message if they come fast, not persistent. Each side has a connection to the
 * broker for each conversation, closed with it. A request that nobody answers expires at the broker
 * with {@link TransportOptions#handshakeTimeout()}, or the deadline if that is sooner; so the
 * clocks of the machines must not be further apart than that. What is sent in a conversation
 * expires after that time and the {@linkplain TransportOptions#peerTimeout() peer timeout}: who has
 * not taken it by then is dead.
 *
 * <h2>Many listeners</h2>
 *
 * <p>Any number of listeners, in any number of processes, may listen at one queue; each
 * <em>connection</em> goes to one of them, as the broker spreads them. Its frames stay together: a
 * cancel finds its request, an idempotency key the server that remembers it. So the queue spreads
 * clients over servers, not the calls of one client; whoever wants these spread has several
 * clients. A listener whose {@linkplain TransportOptions#backlog() backlog} is full takes its
 * consumer off the queue, so that requests go to others meanwhile. If a server goes its clients
 * connect again (if their {@code RpcClient} is told to), and are spread over the others.
 *
 * <h2>What differs from other kinds</h2>
 *
 * <ul>
 *   <li>{@link #listen()} never finds the address in use. When the broker goes, the listener stays,
 *       and connects again with growing pauses of up to a second, for as long as it is open.
 *   <li>{@link #connect} cannot know that nobody listens: it waits for an answer until the
 *       handshake timeout, and then throws {@link NoListenerException}.
 *   <li>The broker does not say that the other side died. Each side says that it lives when it has
 *       sent nothing for a fourth of {@link TransportOptions#peerTimeout()}, the shorter one of
 *       both; who is not heard of for that whole time is taken for dead, {@link PeerDiedException},
 *       and told so, in case it lives. So a death is known after the peer timeout, and no earlier;
 *       a close in order, at once.
 *   <li>When the connection to the broker breaks, it is known as soon as the provider says so, and
 *       ends the conversation with {@code PeerDiedException}; whether the other side lives, and
 *       what it has received last, is not known then.
 * </ul>
 *
 * <h2>Who guarantees what</h2>
 *
 * <p>Each message is numbered. One that the broker delivers twice is dropped, so are those a
 * provider sends again when it fails over on its own; if one is missing, the conversation ends for
 * both sides with {@link CorruptFrameException}. So as long as a conversation lives no frame is
 * lost, doubled or overtaken, and it does not outlive the loss of one. That is all this layer
 * knows: it does not connect again, nor send again. What to do about a call whose conversation has
 * ended is for {@code RpcClient} to decide, who knows which calls may be repeated: those marked as
 * safe, and those with an idempotency key, whose reply the server remembers.
 *
 * <h2>Bounds</h2>
 *
 * <p>The other side may send as much as this one has room for, half of {@link
 * TransportOptions#bufferBytes()}, and more when that has been received; so neither side, nor the
 * broker, holds more of a conversation than that. A call that sends hands over to the provider
 * itself as long as next to nothing is under way, and leaves it to a thread of the connection
 * otherwise: no caller waits for a broker that takes nothing, and an interrupt closes nothing. A
 * provider that waits for the broker at each send can keep a caller beyond its deadline, but not
 * more than once a second: after a slow send that thread does it.
 *
 * <p>The provider has to be told who may use it, how to encrypt, and not to hide from the factory's
 * connections that the broker went; {@link TransportOptions#tls()} is refused here. Whoever may use
 * the broker's queues can connect. Immutable and thread-safe; the factory has to be, which the
 * specification asks of it. Source of the pattern: Hohpe and Woolf, Enterprise Integration Patterns
 * (2003), Request-Reply, Return Address, Correlation Identifier, Competing Consumers.
 */
public final class JmsTransport implements Transport {
  private final ConnectionFactory factory;
  private final String queue;
  private final TransportOptions options;
  private final String name;

  /**
   * With default options.
   *
   * @param queue the name of the queue, as the provider takes it; the broker has it or makes it
   * @throws IllegalArgumentException if the name is blank
   */
  public JmsTransport(ConnectionFactory factory, String queue) {
    this(factory, queue, TransportOptions.defaults());
  }

  /**
   * With these options.
   *
   * @param queue the name of the queue, as the provider takes it; the broker has it or makes it
   * @throws IllegalArgumentException if the name is blank, or the options ask for TLS
   */
  public JmsTransport(ConnectionFactory factory, String queue, TransportOptions options) {
    this.factory = Objects.requireNonNull(factory, "factory");
    this.queue = Objects.requireNonNull(queue, "queue");
    if (queue.isBlank()) {
      throw new IllegalArgumentException("queue is blank: \"" + queue + '"');
    }
    name = WireKind.JMS.scheme + ':' + queue;
    this.options = options.requireNoTls(name);
  }

  ConnectionFactory factory() {
    return factory;
  }

  String queue() {
    return queue;
  }

  /** {@code jms:} and the name of the queue. */
  @Override
  public String name() {
    return name;
  }

  @Override
  public TransportOptions options() {
    return options;
  }

  /**
   * Begins to listen, beside whoever does so already. Waits for the broker for as long as the
   * provider does.
   *
   * @throws TransportFailedException if the broker is not there, or refuses
   */
  @Override
  public Listener listen() throws TransportException {
    JmsListener listener = new JmsListener(this);
    try {
      listener.start();
    } catch (JMSException | RuntimeException e) {
      listener.close();
      throw new TransportFailedException(name + ": " + e.getMessage(), e);
    }
    return listener;
  }

  /**
   * Connects to one of those who listen.
   *
   * @throws NoListenerException if nobody has answered within the handshake timeout: nobody
   *     listens, or those who do have no room, as far as can be told
   * @throws HandshakeException if the two sides do not fit
   * @throws TransportTimeoutException if the deadline passes first
   * @throws TransportFailedException if the broker is not there, or refuses
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  @Override
  public Connection connect(Deadline deadline) throws TransportException, InterruptedException {
    Handover handover = new Handover();
    JmsOpening opening = JmsOpening.connecting(this, deadline, handover);
    opening.start();
    return handover.await(name, opening.name(), deadline, opening::cancel);
  }

  /** For messages: the name. */
  @Override
  public String toString() {
    return name;
  }
}
