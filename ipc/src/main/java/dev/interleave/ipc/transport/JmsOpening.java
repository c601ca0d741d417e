// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import dev.interleave.Deadline;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the thread of a conversation over a broker does: it invites, or answers an invitation, hands
 * the connection over, and then works for it until it is over.
 *
 * <p>Three steps, so that nobody is left with half a conversation: the one who listens has it only
 * when its answer is confirmed, as the invitation may come from somebody who has long gone, or may
 * have been delivered to two.
 */
final class JmsOpening implements Runnable, JmsWire.Receiver {
  private static final Logger LOG = LoggerFactory.getLogger(Transport.class);

  private final JmsTransport transport;
  private final @Nullable JmsLetter invitation;
  private final UUID conversation;
  private final Deadline deadline;

  /** As long as an invitation may lie in the queue. */
  private final Deadline life;

  private final Opening.Taker taker;
  private final String name;

  /** What ends the waiting of this thread: the answer, or its confirmation. */
  private final CompletableFuture<JmsLetter> first = new CompletableFuture<>();

  /** There is a link, or there will be none. */
  private final CountDownLatch settled = new CountDownLatch(1);

  private volatile @Nullable JmsLink link;

  private volatile @Nullable Exception brokenBy;

  private JmsOpening(
      JmsTransport transport,
      @Nullable JmsLetter invitation,
      UUID conversation,
      Deadline patience,
      Opening.Taker taker) {
    this.transport = transport;
    this.invitation = invitation;
    this.conversation = conversation;
    deadline = Deadline.after(transport.options().handshakeTimeout());
    life = deadline.min(patience);
    this.taker = taker;
    name = ConnectionNames.next(transport.name());
  }

  /** For who will wait no longer than that, and then {@linkplain #cancel cancels} it. */
  static JmsOpening connecting(JmsTransport transport, Deadline patience, Opening.Taker taker) {
    return new JmsOpening(transport, null, UUID.randomUUID(), patience, taker);
  }

  /** For who has found an invitation in the queue. */
  static JmsOpening accepting(JmsTransport transport, JmsLetter invitation, Opening.Taker taker) {
    return new JmsOpening(
        transport, invitation, invitation.head().conversation(), Deadline.none(), taker);
  }

  String name() {
    return name;
  }

  void start() {
    Thread.ofPlatform().daemon().name("interleave " + name).start(this);
  }

  /** Nobody wants it any more. */
  void cancel() {
    first.completeExceptionally(new TransportClosedException(name + " was given up"));
  }

  // ------------------------------------------------------------------ the thread of the provider

  @Override
  public void letter(JmsLetter letter) {
    JmsHead head = letter.head();
    if (!head.conversation().equals(conversation)) {
      LOG.debug("{}: a message of another conversation is ignored", name);
      return;
    }
    if (head.kind() == expected()) {
      if (!first.complete(
          letter)) { // two listeners have got it; the other one will not be confirmed
        LOG.debug("{}: a second answer is ignored", name);
      }
      return;
    }
    JmsLink to = awaitLink();
    if (to != null) {
      to.letter(letter);
    }
  }

  private byte expected() {
    return invitation == null ? JmsHead.ACCEPT : JmsHead.CONFIRM;
  }

  /** For a moment: what follows the confirmation may come before the link is made. */
  private @Nullable JmsLink awaitLink() {
    try {
      settled.await();
      return link;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the provider's; a gap in the numbers will show it
      return null;
    }
  }

  @Override
  public void broken(Exception why) {
    first.completeExceptionally(why);
    brokenBy = why;
    JmsLink to = link;
    if (to != null) {
      to.broken(why);
    }
  }

  // ------------------------------------------------------------------ the thread of this

  @Override
  public void run() {
    JmsWire wire;
    try {
      wire = new JmsWire(transport.factory(), name);
    } catch (Throwable e) {
      taker.failed(new TransportFailedException(name + ": " + e.getMessage(), e));
      return;
    }
    JmsLink made;
    try {
      made = open(wire);
    } catch (Throwable e) {
      settled.countDown(); // before the close, which waits for who waits for it
      wire.close();
      taker.failed(asTransportException(e));
      return;
    }
    try {
      JmsWire.forgetInterrupt();
      if (!taker.ready(made.connection())) {
        boolean unused = made.connection().closeLater();
      }
      made.pump();
    } catch (Throwable e) {
      LOG.error("{} breaks", name, e);
      made.connection()
          .peerFailed(() -> new TransportFailedException(name + ": " + e.getMessage(), e));
    } finally {
      made.closing();
      wire.close();
      made.ended();
    }
  }

  private TransportException asTransportException(Throwable e) {
    if (e instanceof TransportException known) {
      return known;
    }
    String why = e instanceof InterruptedException ? "its thread was interrupted" : e.getMessage();
    return new TransportFailedException(name + ": " + why, e);
  }

  private JmsLink open(JmsWire wire) throws JMSException, TransportException, InterruptedException {
    wire.start(this);
    Hello mine = Hello.of(WireKind.JMS, transport.options());
    JmsLetter from = invitation == null ? invite(wire, mine) : answer(wire, invitation, mine);
    Hello theirs = hello(from);
    Peer peer = new Peer(transport.name(), theirs.pid());
    Agreement agreed = fit(Agreement.of(mine, theirs), theirs);
    JmsLink made =
        new JmsLink(
            name,
            peer,
            wire,
            conversation,
            agreed,
            theirs.bufferBytes(),
            from.head().limit(),
            transport.options());
    link = made;
    Exception why = brokenBy;
    if (why != null) { // either this sees it, or who says so sees the link
      made.broken(why);
    }
    settled.countDown();
    return made;
  }

  private Agreement fit(Agreement agreed, Hello theirs) throws HandshakeException {
    if (agreed.maxFrame() > theirs.bufferBytes() / 4) {
      throw new HandshakeException(
          name
              + ": the other side holds "
              + theirs.bufferBytes()
              + " bytes, and takes frames of "
              + theirs.maxFrame());
    }
    return agreed;
  }

  /** The answer to an invitation, which it has confirmed. */
  private JmsLetter invite(JmsWire wire, Hello mine)
      throws JMSException, TransportException, InterruptedException {
    Late late =
        e ->
            new NoListenerException(
                name + ": nobody has answered within " + transport.options().handshakeTimeout(), e);
    if (first.isDone()) { // given up, or broken, while the provider connected
      return await(late);
    }
    wire.invite(
        wire.queue(transport.queue()),
        message(JmsHead.CONNECT, mine),
        conversation,
        life.remaining());
    JmsLetter answer = await(late);
    Hello unused = hello(answer); // does it fit? else there is nothing to confirm
    address(wire, returnAddress(answer));
    wire.send(message(JmsHead.CONFIRM, null), JmsHead.BYTES);
    return answer;
  }

  /** The invitation, when the answer to it is confirmed. Whether it fits or not, both see it. */
  private JmsLetter answer(JmsWire wire, JmsLetter from, Hello mine)
      throws JMSException, TransportException, InterruptedException {
    Destination to = returnAddress(from);
    wire.invite(to, message(JmsHead.ACCEPT, mine), conversation, life.remaining());
    Hello unused = hello(from);
    address(wire, to);
    JmsLetter confirmation =
        await(late ->
            new HandshakeException(name + ": who connects does not confirm it in time", late));
    assert confirmation.head().kind() == JmsHead.CONFIRM;
    return from;
  }

  /** Whom no message reaches for the peer timeout is dead; clocks may differ as in a handshake. */
  private void address(JmsWire wire, Destination to) throws JMSException {
    TransportOptions options = transport.options();
    wire.address(to, options.peerTimeout().plus(options.handshakeTimeout()));
  }

  private interface Late {
    TransportException exception(TimeoutException cause);
  }

  private JmsLetter await(Late late) throws TransportException, InterruptedException {
    JmsWire.forgetInterrupt();
    try {
      return first.get(
          Math.min(deadline.remainingNanos(), Deadline.MAX_NANOS), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw late.exception(e);
    } catch (ExecutionException e) {
      throw asTransportException(e.getCause() == null ? e : e.getCause());
    }
  }

  private byte[] message(byte kind, @Nullable Hello hello) {
    ByteBuffer bytes = ByteBuffer.allocate(JmsHead.BYTES + (hello == null ? 0 : Hello.BYTES));
    long peerTimeout = transport.options().peerTimeout().toNanos();
    new JmsHead(kind, conversation, 0, 0, peerTimeout).encode(bytes);
    if (hello != null) {
      bytes.put(hello.encode());
    }
    return bytes.array();
  }

  private Hello hello(JmsLetter from) throws HandshakeException {
    ByteBuffer payload = from.payload().duplicate().order(ByteOrder.LITTLE_ENDIAN);
    if (payload.remaining() != Hello.BYTES) {
      throw new HandshakeException(name + ": the other side speaks something else");
    }
    return Hello.decode(payload, WireKind.JMS, name);
  }

  private Destination returnAddress(JmsLetter from) throws HandshakeException {
    Destination to = from.replyTo();
    if (to == null) {
      throw new HandshakeException(name + ": the other side does not say where it is");
    }
    return to;
  }
}
